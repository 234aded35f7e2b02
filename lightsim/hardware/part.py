"""One part of a design with what it costs and how we know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lightsim.hardware.device import Resources
from lightsim.source import Source

__all__ = ["Part", "total"]


@dataclass(frozen=True, slots=True)
class Part:
    """A named part of the design, its resources and where the figure comes from."""

    name: str
    resources: Resources
    source: Source


def total(parts: Iterable[Part]) -> Resources:
    """The resources of all parts together."""
    return sum((part.resources for part in parts), Resources())
