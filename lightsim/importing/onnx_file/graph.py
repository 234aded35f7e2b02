"""A graph as it is lowered: nodes in order, constants by name, inputs with their shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError, shown

__all__ = ["Constants", "Graph", "GraphInput", "Node"]

Constants = Mapping[str, NDArray[Any]]

_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One operator of a file: `inputs` holds an empty name where an input is left out.

    Attributes are whole numbers, reals, texts, arrays or lists of the first three.
    """

    name: str
    operator: str
    domain: str
    opset: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]
    file: str

    @property
    def where(self) -> str:
        """How errors call the node."""
        title = self.operator if not self.domain else f"{self.domain}.{self.operator}"
        return f"{self.file}, node '{shown(self.name, _LONGEST_NAME)}' ({title})"

    def refuse(self, problem: str, needed: str) -> InputError:
        """The error for a node that cannot be had; `needed` says what would do."""
        return InputError(self.where, f"opset {self.opset}: {problem}", needed)

    def whole(self, name: str, default: int) -> int:
        """An attribute that is a whole number; `InputError` for anything else."""
        value = self.attributes.get(name, default)
        if not isinstance(value, int):
            raise self.refuse(f"{name} is {_spelled(value)}", "accepted: a whole number")
        return value

    def real(self, name: str, default: float) -> float:
        """An attribute that is a real number; `InputError` for anything else."""
        value = self.attributes.get(name, default)
        if not isinstance(value, int | float) or not np.isfinite(value):
            raise self.refuse(f"{name} is {_spelled(value)}", "accepted: a finite number")
        return float(value)

    def text(self, name: str, default: str) -> str:
        """An attribute that is a text; `InputError` for anything else."""
        value = self.attributes.get(name, default)
        if not isinstance(value, str):
            raise self.refuse(f"{name} is {_spelled(value)}", "accepted: a text")
        return value

    def wholes(self, name: str) -> tuple[int, ...] | None:
        """An attribute that is a list of whole numbers, None where it is left out."""
        value = self.attributes.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(one, int) for one in value):
            raise self.refuse(f"{name} is {_spelled(value)}", "accepted: a list of whole numbers")
        return tuple(value)


@dataclass(frozen=True, slots=True)
class GraphInput:
    """An input of a graph: a size is None, or a word, where the file leaves it open.

    `real` says whether its elements are floating-point numbers; `element` names their type.
    """

    name: str
    shape: tuple[int | str | None, ...] | None
    element: str


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """A whole graph; every node comes after those whose outputs it reads."""

    file: str
    name: str
    opset: int
    nodes: tuple[Node, ...]
    constants: Constants
    inputs: tuple[GraphInput, ...]
    outputs: tuple[str, ...]
    producer: str


def _spelled(value: object) -> str:
    return shown(repr(value), 40)
