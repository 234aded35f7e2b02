"""Where a layer stands when its shapes are inferred."""

from __future__ import annotations

from dataclasses import dataclass

from lightsim.network.tensor import TensorShape

__all__ = ["Site"]


@dataclass(frozen=True, slots=True)
class Site:
    """Where a layer stands: the names and shapes of its inputs, and how errors call it."""

    inputs: tuple[str, ...]
    shapes: tuple[TensorShape, ...]
    where: str
