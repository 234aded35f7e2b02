"""Allocations judged by a source that cannot be added up over filters, such as measurement."""

from __future__ import annotations

from collections.abc import Iterable

from dse.accuracy.source import AccuracySource
from dse.allocation.allocate import Allocation
from lightsim.errors import InputError

__all__ = ["best_front", "fastest_at"]


def fastest_at(
    allocations: Iterable[Allocation], source: AccuracySource, accuracy: float
) -> tuple[Allocation, float]:
    """The fastest of the allocations with at least that accuracy by `source`, and its accuracy.

    From the fastest on, so no more are evaluated than needed. Raises `InputError` if none has.
    """
    best = 0.0
    for allocation in sorted(allocations, key=lambda one: one.cycles):
        found = source.evaluate(allocation.k)
        if found >= accuracy:
            return allocation, found
        best = max(best, found)
    raise InputError(
        f"accuracy of {accuracy}", f"no allocation has it ({source.name})", f"up to {best}"
    )


def best_front(
    allocations: Iterable[Allocation], source: AccuracySource
) -> list[tuple[Allocation, float]]:
    """The allocations that no other beats in cycles and accuracy by `source`, fastest first."""
    front: list[tuple[Allocation, float]] = []
    for allocation in sorted(allocations, key=lambda one: (one.cycles, one.loss)):
        found = source.evaluate(allocation.k)
        if not front or found > front[-1][1]:
            front.append((allocation, found))
    return front
