"""What both models in Python tell of a run in time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from lightsim.tiled.mapping.accounts import Interval, LayerTiming, UnitTotals

__all__ = ["Timing"]


class Timing(Protocol):
    """What a report needs of a model's run."""

    @property
    def cycles(self) -> int:
        """The cycles of the run."""
        ...

    @property
    def layers(self) -> tuple[LayerTiming, ...]:
        """One account per pass, once per batch."""
        ...

    @property
    def units(self) -> Mapping[str, UnitTotals]:
        """Cycles of every unit by cause."""
        ...

    @property
    def trace(self) -> tuple[Interval, ...]:
        """Every interval, if asked for."""
        ...
