"""Parsers for values that typer would accept unchecked, or refuse without naming the option."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from lightsim.cli.options.naming import is_argument
from lightsim.errors import InputError
from lightsim.files.paths import check_path

__all__ = ["place", "whole"]

# Longer numbers are beyond the range of every option.
_WHOLE = re.compile(r"[+-]?[0-9]{1,30}")


def whole(option: str) -> Callable[[str | int], int]:
    """A parser of whole decimal numbers that raises `InputError` naming `option`."""

    def parse(text: str | int) -> int:
        if isinstance(text, str) and not _WHOLE.fullmatch(text):
            raise InputError(option, f"{text[:40]!r}", "accepted: a whole number")
        return int(text)

    return parse


def place(option: str) -> Callable[[str | Path], Path]:
    """A parser of paths that raises `InputError` for an empty path, which would mean this folder.

    A file with the name of an argument (such as `seed`) gets its absolute path, so that messages do
    not show its name as an option.
    """

    def parse(text: str | Path) -> Path:
        if not str(text):
            raise InputError(option, "''", "accepted: a path")
        path = Path(check_path(str(text), option))
        return path.absolute() if is_argument(str(path)) else path

    return parse
