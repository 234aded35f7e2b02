"""What is kept of every design that was looked at closely: a trial of the study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["Record", "State"]

State = Literal["complete", "infeasible", "failed"]


@dataclass(frozen=True, slots=True)
class Record:
    """A design by its number in the space, and what was found.

    `values` are measures by key, empty for a design that could not run; `over` says by which
    share each budget is broken; `cycles` are those of a batch, by network. `reason` tells why
    a design is not complete.
    """

    number: int
    state: State
    values: Mapping[str, float]
    over: Mapping[str, float]
    cycles: Mapping[str, int]
    reason: str | None = None
