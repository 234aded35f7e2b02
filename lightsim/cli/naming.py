"""Arguments as the command line calls them: `images` is `--images`, `resume=True` is `--resume`.

Everything below the command line names an argument as Python does; here alone dashes come before.
"""

from __future__ import annotations

import re
from functools import cache

__all__ = ["as_options", "option_of"]

# In Python a search is told to go on by `resume=True`; another value is one to be filled in.
_GIVEN = re.compile(r"(?<![\w/.=-])([a-z_]+)=(True|False|None|\.\.\.|[A-Z][\w.]*)")
# The keywords that options of another name stand for.
_OTHERWISE = {"energy_table": "--energy", "sort_filters": "--keep-filter-order"}


@cache
def _options() -> dict[str, str]:
    """The option of every argument of every command, by the argument's name."""
    from typer.main import get_command

    from lightsim.cli import app

    commands = getattr(get_command(app), "commands", {}).values()
    found = {
        parameter.name: parameter.opts[0]
        for command in commands
        for parameter in command.params
        if parameter.opts[0].startswith("--")
    }
    return found | _OTHERWISE


def option_of(argument: str) -> str:
    """The option of an argument; what is none stays as it is."""
    return _options().get(argument, argument)


def as_options(text: str) -> str:
    """A text in which `name: ...` and `name=VALUE` are written as options."""
    place, colon, rest = text.partition(": ")
    if colon:
        text = f"{option_of(place)}: {rest}"
    return _GIVEN.sub(_option, text)


def _option(match: re.Match[str]) -> str:
    name, value = match[1], match[2]
    option = option_of(name)
    if option == name:
        return match[0]
    if value in ("None", "False"):
        return f"no {option}"
    return option if value in ("True", "...") else f"{option} {value}"
