"""Whole numbers on the command line, refused with the value that was given."""

from __future__ import annotations

import re
from collections.abc import Callable

from lightsim.errors import InputError

__all__ = ["whole"]

# Longer ones are beyond every option's range, which the option itself answers.
_WHOLE = re.compile(r"[+-]?[0-9]{1,30}")


def whole(option: str) -> Callable[[str | int], int]:
    """A parser of whole decimal numbers that raises `InputError` naming `option`."""

    def parse(text: str | int) -> int:
        if isinstance(text, str) and not _WHOLE.fullmatch(text):
            raise InputError(option, f"{text[:40]!r}", "accepted: a whole number")
        return int(text)

    return parse
