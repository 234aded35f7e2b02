"""Values of options that typer would take without a look, or refuse without naming them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from lightsim.cli.options.naming import is_argument
from lightsim.errors import InputError
from lightsim.files.paths import check_path

__all__ = ["place", "whole"]

# Longer ones are beyond every option's range, which the option itself answers.
_WHOLE = re.compile(r"[+-]?[0-9]{1,30}")


def whole(option: str) -> Callable[[str | int], int]:
    """A parser of whole decimal numbers that raises `InputError` naming `option`."""

    def parse(text: str | int) -> int:
        if isinstance(text, str) and not _WHOLE.fullmatch(text):
            raise InputError(option, f"{text[:40]!r}", "accepted: a whole number")
        return int(text)

    return parse


def place(option: str) -> Callable[[str | Path], Path]:
    """A parser of paths that raises `InputError` for an empty one: it would be this folder.

    A file called as an argument is (`seed`) gets its whole path: in messages it is no option.
    """

    def parse(text: str | Path) -> Path:
        if not str(text):
            raise InputError(option, "''", "accepted: a path")
        path = Path(check_path(str(text), option))
        return path.absolute() if is_argument(str(path)) else path

    return parse
