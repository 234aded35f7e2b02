"""One part of a design, with its resources and their source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from lightsim.descriptions import Text, check_fields
from lightsim.hardware.device import Resources
from lightsim.source import Source

__all__ = ["Part", "total"]


@dataclass(frozen=True, slots=True)
class Part:
    """A named part of the design, its resources and where the figure comes from."""

    name: Annotated[str, Text()]
    resources: Resources
    source: Source

    def __post_init__(self) -> None:
        check_fields(self)


def total(parts: Iterable[Part]) -> Resources:
    """The resources of all parts together."""
    return sum((part.resources for part in parts), Resources())
