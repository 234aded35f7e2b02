"""A design of a space as the search knows it, the same for every machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dse.space.k_choices import GIVEN
from lightsim.hardware.device import Resources

__all__ = ["Design", "DesignWords", "Refusal"]


@dataclass(frozen=True, slots=True)
class Design:
    """A point of a space, built: an accelerator, and the batch of images that share one load of
    weights.

    `accelerator` is a description of its template (`lightsim.template.design.Design`); only the
    template's wing reads the other fields of the description. `k` is the choice of the axis k; if
    k is free, the allocation is chosen when the design is run.
    """

    accelerator: Any
    batch: int
    resources: Resources
    k: str = GIVEN


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a point is no design. `excess` is the share of a budget by which the point is over the
    budget, and 1 where the reason is not a budget."""

    reason: str
    excess: float = 1.0


@dataclass(frozen=True, slots=True)
class DesignWords:
    """A design in the words of its machine, for reports.

    `part` is the name of the design's largest part ("array"); `short` describes the part in a few
    letters, `whole` in a line. `lanes` says what the lanes are built from. `numbers` are the sizes
    that distinguish designs, by the heads of their columns.
    """

    part: str
    short: str
    whole: str
    lanes: str
    numbers: Mapping[str, int]
