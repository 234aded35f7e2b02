"""The choices of the axis `k`: the workload's own, or free within an accuracy that may be lost."""

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
    """A choice as it is kept: 'given', 'free', 'any' or '1 %'; raises `ValueError` for anything
    else."""
    if isinstance(value, str) and value.strip() in (GIVEN, FREE, ANY):
        return value.strip()
    match = _SHARE.match(value) if isinstance(value, str) else None
    if match is None or float(match[1]) > 100:
        raise ValueError
    return f"{float(match[1]):g} %"


def is_loss(text: str) -> bool:
    """Whether a text is a choice that states a loss, as '1 %'."""
    try:
        return tolerated(read_k(text)) is not None
    except ValueError:
        return False


def tolerated(choice: str) -> float | None:
    """The loss of accuracy that a choice allows, as a share; None where it states none."""
    return float(choice.removesuffix(" %")) / 100 if choice.endswith("%") else None
