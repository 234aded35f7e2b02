"""A design of a space as the search knows it, whichever machine it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dse.space.k_choices import GIVEN
from lightsim.hardware.device import Resources

__all__ = ["Design", "DesignWords", "Refusal"]


@dataclass(frozen=True, slots=True)
class Design:
    """What is built and how it is run: `batch` images share a load of weights.

    `accelerator` is a description of its template (`lightsim.template.design.Design`), with the
    fields of its own that only its wing reads. `k` is the choice of that axis: where it is free,
    running the design chooses it.
    """

    accelerator: Any
    batch: int
    resources: Resources
    k: str = GIVEN


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a point is no design: `excess` is by how much of a budget it is over, else 1."""

    reason: str
    excess: float = 1.0


@dataclass(frozen=True, slots=True)
class DesignWords:
    """A design in the words of its machine, for reports.

    `part` is what its largest part is called ("array"), `short` that part in a few letters, `whole`
    in a line. `lanes` says what its lanes are built from. `numbers` are, by the heads of their
    columns, the sizes by which designs are told apart.
    """

    part: str
    short: str
    whole: str
    lanes: str
    numbers: Mapping[str, int]
