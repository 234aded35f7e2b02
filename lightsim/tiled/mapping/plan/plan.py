"""The plan of a network on the machine: its passes, and the tensors they join.

A *pass* is what the machine does in one go: a convolution (dense layers are convolutions whose
kernel is the whole image), a pooling or an addition, with what is fused to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lightsim.network.layer import Padding, reach_of
from lightsim.network.tensor import ElementType, TensorShape
from lightsim.quantisation.workload import QuantisedLayer, Workload
from lightsim.tiled.mapping.plan.input_form import InputForm

__all__ = ["EngineLayer", "Kind", "Plan", "Tensor", "TensorView"]

Kind = Literal["convolution", "depthwise", "pooling", "addition"]


@dataclass(frozen=True, slots=True)
class Tensor:
    """Activations that live in memory: a name, a shape and an element type."""

    name: str
    shape: TensorShape
    element: ElementType


@dataclass(frozen=True, slots=True)
class TensorView:
    """The channels of a tensor from channel `offset` on, as many as `shape` has.

    With `as_vector` the view reads whole images as vectors: its channels are the channels of
    each memory word in the order of the words, block by block, row by row, pixel by pixel
    (`shape` and `offset` count those).
    """

    tensor: str
    offset: int
    shape: TensorShape
    element: ElementType
    as_vector: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class EngineLayer:
    """One pass over the machine.

    `computed` is the shape before a fused pooling, `destination.shape` the one after it.
    `main` holds the integers of the convolution, pooling or addition; `addition` and `pooling`
    those of the fused layers. `weights` are `main`'s, shaped for `window`
    (int16[out, in / groups, kernel height, kernel width]). For an addition, fused or not,
    `swapped` says that the residual is the addition's first input. A pooling of one position may
    read every input `repeat` times down and across; with `phases` it takes for each of them the
    channels of another part of the source, of which there are as many.
    """

    name: str
    kind: Kind
    main: QuantisedLayer
    source: TensorView
    residual: TensorView | None
    destination: TensorView
    computed: TensorShape
    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: Padding
    groups: int
    weights: NDArray[np.int16] | None
    addition: QuantisedLayer | None = None
    pooling: QuantisedLayer | None = None
    swapped: bool = False
    dilation: tuple[int, int] = (1, 1)
    repeat: tuple[int, int] = (1, 1)
    phases: bool = False

    @property
    def reach(self) -> tuple[int, int]:
        """Rows and columns from a window's first tap to behind its last."""
        return reach_of(self.kernel, self.dilation)

    @property
    def filters_of_group(self) -> int:
        """Filters of each group of a grouped convolution; all of them where there is one group."""
        return self.computed.channels // self.groups

    @property
    def channels_of_group(self) -> int:
        """Input channels that a filter reads."""
        return self.source.shape.channels // self.groups

    @property
    def fused(self) -> tuple[str, ...]:
        """The names of the layers done in the same pass."""
        return tuple(q.layer.name for q in (self.addition, self.pooling) if q is not None)

    @property
    def last_name(self) -> str:
        """The network layer whose output this pass writes."""
        return self.fused[-1] if self.fused else self.main.layer.name

    @property
    def thresholds(self) -> int:
        """Thresholds of each filter; 0 where sums are scaled, or none are made."""
        own = self.main.thresholds
        return 0 if own is None else own.shape[1]

    @property
    def pool(self) -> tuple[int, int]:
        """Rows and columns of a fused pooling window (1, 1 without one)."""
        return (1, 1) if self.pooling is None else self.pooling.layer.kernel

    @property
    def macs(self) -> int:
        """Multiply-accumulates this pass does for one image."""
        if self.weights is None:
            return 0
        return int(self.weights.size) * self.computed.height * self.computed.width


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The passes in order, the tensors they join, and where the network's ends are.

    `form` says how the host stores the input; `written` are the network layers whose output is
    stored, and where, `outputs` the network's own among them, in its order. What flatten gives is
    stored as it was before.
    """

    workload: Workload
    layers: tuple[EngineLayer, ...]
    tensors: tuple[Tensor, ...]
    input: TensorView
    form: InputForm
    outputs: Mapping[str, TensorView]
    written: Mapping[str, TensorView]
