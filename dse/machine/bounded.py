"""The question that a machine bounds a space for, and the bounds of its designs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dse.free_k.problem import FreeK
from lightsim.errors import LightSimError
from lightsim.quantisation.workload import Workload

__all__ = ["CloserBound", "Listed", "Question"]

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What the designs of a space are bounded for.

    `workloads[network][scheme]` are the networks; `refused` gives the reason for each scheme that
    has no workload. With `free_k` the k of filters is chosen for each design. `spending` says that
    the study asks for energy or memory traffic, `sizes` that resources are among its objectives.
    """

    workloads: Mapping[str, Mapping[str, Workload]]
    refused: Mapping[str, LightSimError] = field(default_factory=dict)
    free_k: FreeK | None = None
    spending: bool = False
    sizes: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """Designs of a family: `numbers` int64[design], the least `cycles` int64[design, network] of
    a batch, and the resources `used` int64[design, 5]."""

    numbers: Ints
    cycles: Ints
    used: Ints


@dataclass(frozen=True, slots=True, eq=False)
class CloserBound:
    """A closer bound of a design or a family than it had when it was listed: the least `cycles`
    and the least bytes through the memory `dram_bytes`, int64[network] each, of a batch."""

    cycles: Ints
    dram_bytes: Ints
