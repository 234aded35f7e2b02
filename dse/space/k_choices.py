"""The choices of the axis `k`: given by the workload, or free within a loss of accuracy."""

from __future__ import annotations

import re

__all__ = ["ANY", "FREE", "GIVEN", "K_ACCEPTED", "is_loss", "read_k", "tolerated"]

GIVEN = "given"
FREE = "free"
ANY = "any"
K_ACCEPTED = (
    "'given' (the workload's own), a loss of accuracy against k = 2 as '1 %', 'free' "
    "(as [budget] accuracy allows, 1 % without), or 'any' (whatever it loses)"
)
_SHARE = re.compile(r"^\s*(\d{1,3}(?:\.\d{1,6})?)\s*%\s*$")


def read_k(value: object) -> str:
    """The choice that a value of the file means: 'given', 'free', 'any' or a loss such as '1 %'.
    Raises `ValueError` for any other value."""
    if isinstance(value, str) and value.strip() in (GIVEN, FREE, ANY):
        return value.strip()
    match = _SHARE.match(value) if isinstance(value, str) else None
    if match is None or float(match[1]) > 100:
        raise ValueError
    return f"{float(match[1]):g} %"


def is_loss(text: str) -> bool:
    """Whether a choice states a loss, such as '1 %'."""
    try:
        return tolerated(read_k(text)) is not None
    except ValueError:
        return False


def tolerated(choice: str) -> float | None:
    """The loss of accuracy that a choice states, as a share; None if it states none."""
    return float(choice.removesuffix(" %")) / 100 if choice.endswith("%") else None
