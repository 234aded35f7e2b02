"""Arguments as options of the command line: `images` is `--images`, `resume=True` is `--resume`.

The rooms below the command line use Python's names of arguments; only this file adds dashes.
"""

from __future__ import annotations

import re
from functools import cache

__all__ = ["as_options", "is_argument", "option_of"]

# Matches `resume=True` and other values of arguments. Text in quotes is the user's own text and
# stays unchanged: the first alternative matches the whole of it.
_GIVEN = re.compile(r"(?<!\w)'[^']*'|(?<![\w/.=-])([a-z_]+)=(True|False|None|\.\.\.|[A-Z][\w.]*)")
# Arguments whose option has another name.
_OTHERWISE = {"energy_table": "--energy", "sort_filters": "--keep-filter-order"}


@cache
def _options() -> dict[str, str]:
    """The option of every argument of every command, by the name of the argument."""
    from typer.main import get_command

    from lightsim.cli import app

    commands = getattr(get_command(app), "commands", {}).values()
    found = {
        name: parameter.opts[0]
        for command in commands
        for parameter in command.params
        if parameter.opts[0].startswith("--")
        # The name of an option may be a keyword of Python (`from`).
        for name in (parameter.name, parameter.opts[0][2:].replace("-", "_"))
    }
    return found | _OTHERWISE


def option_of(argument: str) -> str:
    """The option of an argument; a text that is no argument is returned unchanged."""
    return _options().get(argument, argument)


def is_argument(text: str) -> bool:
    """Whether a text is the name of an argument that has an option."""
    return text.isidentifier() and text in _options()


def as_options(text: str) -> str:
    """A text in which `name: ...` and `name=VALUE` are replaced by options."""
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
