"""What every model of the machine accounts for: intervals, units by cause, passes by cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Interval", "LayerTiming", "UnitTotals"]


@dataclass(frozen=True, slots=True)
class Interval:
    """One thing a unit did, from cycle `start` up to, not including, cycle `end`."""

    unit: str
    name: str
    start: int
    end: int
    detail: Mapping[str, str | int]


@dataclass(slots=True)
class UnitTotals:
    """Cycles a unit was busy and, by cause, held up; the rest of the run it was idle."""

    busy: int = 0
    stalls: dict[str, int] = field(default_factory=dict)

    def stall(self, cause: str, cycles: int) -> None:
        """Count `cycles` lost to `cause`."""
        if cycles:
            self.stalls[cause] = self.stalls.get(cause, 0) + cycles


@dataclass(slots=True)
class LayerTiming:
    """One pass: from the end of the pass before (`start`) to its last stored word (`end`).

    `busy` plus all `stalls` is `end - start`. `events` counts activity for the energy model,
    `traffic` the bytes moved by stream. `useful` counts lane cycles spent on real products.
    """

    name: str
    start: int
    end: int
    busy: int
    stalls: dict[str, int]
    tiles: int
    events: dict[str, int]
    traffic: dict[str, int]
    useful: int
