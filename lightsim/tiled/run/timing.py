"""The timing of a run, in the form that both models in Python give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from lightsim.tiled.mapping.accounts import Interval, LayerTiming, UnitTotals

__all__ = ["Timing"]


class Timing(Protocol):
    """The part of a model's run that a report needs."""

    @property
    def cycles(self) -> int:
        """The cycles of the run."""
        ...

    @property
    def layers(self) -> tuple[LayerTiming, ...]:
        """The timing of every pass, once for each batch."""
        ...

    @property
    def units(self) -> Mapping[str, UnitTotals]:
        """Cycles of every unit by cause."""
        ...

    @property
    def trace(self) -> tuple[Interval, ...]:
        """Every interval of every unit; empty without tracing."""
        ...
