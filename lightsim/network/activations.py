"""What a layer may make of its sums: a clamp, a sign, or a table of 256 integers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

__all__ = ["CLAMPS", "TABLES", "Activation", "ActivationTable", "table_entries"]

Activation = Literal[
    "none", "relu", "sign", "clip", "clipped_relu", "hard_swish", "hard_sigmoid", "leaky_relu",
    "sigmoid", "tanh", "silu", "gelu", "elu",
]  # fmt: skip

CLAMPS = ("clip", "clipped_relu")
"""Clamps whose ends are a layer's own: both, and the upper one above 0."""


@dataclass(frozen=True, slots=True)
class ActivationTable:
    """A function that is looked up: of the signed byte q it gives a byte, signed or not.

    Trained weights bring the 256 integers of a layer. Without them q stands for q * 3 / 127, as
    three standard deviations of a sum reach 127, and the largest output for `largest`.
    """

    value: Callable[[float], float]
    signed: bool
    largest: float


def _hard_sigmoid(x: float) -> float:
    return min(max(x + 3, 0.0), 6.0) / 6


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


TABLES: dict[str, ActivationTable] = {
    "hard_swish": ActivationTable(lambda x: x * _hard_sigmoid(x), True, 3.0),
    "hard_sigmoid": ActivationTable(_hard_sigmoid, False, 1.0),
    "leaky_relu": ActivationTable(lambda x: x if x > 0 else x / 8, True, 3.0),
    "sigmoid": ActivationTable(_sigmoid, False, 1.0),
    "tanh": ActivationTable(math.tanh, True, 1.0),
    "silu": ActivationTable(lambda x: x * _sigmoid(x), True, 3.0),
    "gelu": ActivationTable(lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2, True, 3.0),
    "elu": ActivationTable(lambda x: x if x > 0 else math.exp(x) - 1, True, 3.0),
}
"""The functions that a table holds, by the name of the activation."""


def table_entries(activation: str, lowest: int, highest: int) -> list[int] | None:
    """The 256 integers of an activation, for q = -128 to 127, in a type from `lowest` to `highest`;
    None for one without a table.
    """
    row = TABLES.get(activation)
    if row is None:
        return None
    entries = []
    for q in range(-128, 128):
        exact = row.value(q * 3 / 127) * highest / row.largest
        entries.append(min(max(math.floor(exact + 0.5), lowest), highest))
    return entries
