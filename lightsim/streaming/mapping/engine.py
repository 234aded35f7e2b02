"""Engines and FIFOs of a pipeline, as they are built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lightsim.network.tensor import ElementType, TensorShape
from lightsim.streaming.mapping.program import Program

__all__ = ["Engine", "Fifo", "Kind", "Stream"]

Kind = Literal[
    "load", "store", "fork", "width", "fill", "window", "matrix", "pool", "global", "add", "concat"
]


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """A tensor as it flows: pixel by pixel, row by row, `lanes` channels a word.

    `order` int64[channels] are the channels in the order in which they come. `source` is the layer
    that made it, or `input`.
    """

    source: str
    shape: TensorShape
    element: ElementType
    order: NDArray[np.int64]

    @property
    def natural(self) -> bool:
        """Whether the channels come in their own order."""
        return bool(np.array_equal(self.order, np.arange(self.shape.channels)))

    @property
    def index(self) -> NDArray[np.int64]:
        """Where each value that comes stands in [channels, height, width], int64[elements]."""
        pixels = self.shape.height * self.shape.width
        of_pixel = np.arange(pixels, dtype=np.int64)[:, None]
        return (self.order[None, :] * pixels + of_pixel).ravel()


@dataclass(frozen=True, slots=True, eq=False)
class Engine:
    """An engine: `program` says when it takes and gives words, `latency` how long after a step.

    `layer` is the layer that it belongs to, None at either end. `inputs` and `outputs` are numbers
    of FIFOs. `plan` is what only engines of its kind have.
    """

    name: str
    kind: Kind
    layer: str | None
    program: Program
    latency: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    pe: int = 1
    simd: int = 1
    plan: Any = None


@dataclass(frozen=True, slots=True)
class Fifo:
    """`depth` words of `lanes` values of `bits` bits, from engine `writer` to engine `reader`.

    `words` pass it for an image. `lines` says that it is the line buffer of a sliding window,
    whose reader reads any word that it holds.
    """

    name: str
    writer: int
    reader: int
    lanes: int
    bits: int
    depth: int
    words: int
    lines: bool = False

    @property
    def width(self) -> int:
        """Bits of a word."""
        return self.lanes * self.bits
