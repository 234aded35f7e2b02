"""What is asked of the bounds of a space, and what they say of its designs."""

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
    """What designs are bounded for: `workloads[network][scheme]`, and why there are none of the
    schemes in `refused`. With `free_k` the k of filters is chosen with each design; `spending` and
    `sizes` say that the study asks for energy or traffic, and that resources are objectives."""

    workloads: Mapping[str, Mapping[str, Workload]]
    refused: Mapping[str, LightSimError] = field(default_factory=dict)
    free_k: FreeK | None = None
    spending: bool = False
    sizes: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """Designs of a family: `numbers` int64[design], least `cycles` int64[design, network] of a
    batch and resources `used` int64[design, 5]."""

    numbers: Ints
    cycles: Ints
    used: Ints


@dataclass(frozen=True, slots=True, eq=False)
class CloserBound:
    """Least `cycles` and bytes through the memory `dram_bytes`, int64[network], of a batch, where
    a machine can say more of a design or a family than when it was listed."""

    cycles: Ints
    dram_bytes: Ints
