"""Arguments as the command line calls them: `images` is `--images`, `resume=True` is `--resume`.

Everything below the command line names an argument as Python does; here alone dashes come before.
"""

from __future__ import annotations

import re
from functools import cache

__all__ = ["as_options", "is_argument", "option_of"]

# In Python a search is told to go on by `resume=True`; another value is one to be filled in.
# What stands in quotes is the user's own and stays: the first alternative takes it whole.
_GIVEN = re.compile(r"(?<!\w)'[^']*'|(?<![\w/.=-])([a-z_]+)=(True|False|None|\.\.\.|[A-Z][\w.]*)")
# The keywords that options of another name stand for.
_OTHERWISE = {"energy_table": "--energy", "sort_filters": "--keep-filter-order"}


@cache
def _options() -> dict[str, str]:
    """The option of every argument of every command, by the argument's name."""
    from typer.main import get_command

    from lightsim.cli import app

    commands = getattr(get_command(app), "commands", {}).values()
    found = {
        name: parameter.opts[0]
        for command in commands
        for parameter in command.params
        if parameter.opts[0].startswith("--")
        # An option may be called by a word that Python keeps for itself (`from`).
        for name in (parameter.name, parameter.opts[0][2:].replace("-", "_"))
    }
    return found | _OTHERWISE


def option_of(argument: str) -> str:
    """The option of an argument; what is none stays as it is."""
    return _options().get(argument, argument)


def is_argument(text: str) -> bool:
    """Whether a text is the name of an argument that has an option."""
    return text.isidentifier() and text in _options()


def as_options(text: str) -> str:
    """A text in which `name: ...` and `name=VALUE` are written as options."""
    place, colon, rest = text.partition(": ")
    if not colon:
        return _GIVEN.sub(_option, text)
    return f"{option_of(place)}: {_GIVEN.sub(_option, rest)}"


def _option(match: re.Match[str]) -> str:
    name, value = match[1], match[2]
    option = option_of(name) if name else name
    if option == name:
        return match[0]
    if value in ("None", "False"):
        return f"no {option}"
    return option if value in ("True", "...") else f"{option} {value}"
