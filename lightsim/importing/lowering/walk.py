"""The state of one walk over a graph: values by name, layers so far, and what changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lightsim.errors import shown
from lightsim.importing.lowering.axes import axes_of
from lightsim.importing.lowering.draft import Draft, InputDraft, Reals, Weights
from lightsim.importing.lowering.values import Codes, Constant, Value, View
from lightsim.importing.onnx_file.graph import Graph, Node
from lightsim.network.checking import checked
from lightsim.network.layer import Layer
from lightsim.network.operators import OPERATORS, Site

__all__ = ["Walk"]

_LONGEST_NAME = 60


@dataclass(slots=True, eq=False)
class Walk:
    """One walk: `values` by the names of the graph, `drafts` in order, `warnings` for the user."""

    graph: Graph
    batch: int = 1
    values: dict[str, Value] = field(default_factory=dict)
    drafts: list[Draft] = field(default_factory=list)
    inputs: list[InputDraft] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    uses: Counter[str] = field(default_factory=Counter)
    _names: set[str] = field(default_factory=lambda: {"input"})

    def __post_init__(self) -> None:
        for node in self.graph.nodes:
            self.uses.update(name for name in node.inputs if name)
        self.uses.update(self.graph.outputs)

    def warn(self, text: str) -> None:
        """Tell the user what became different, once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def value(self, node: Node, index: int) -> Value:
        """The value of an input; `InputError` where it is left out."""
        name = node.inputs[index] if index < len(node.inputs) else ""
        if not name:
            raise node.refuse(f"input {index} is missing", "accepted: all of its inputs")
        if name not in self.values:
            self.values[name] = Constant(self.graph.constants[name])
        return self.values[name]

    def given(self, node: Node, index: int) -> bool:
        """Whether an input that may be left out is there."""
        return index < len(node.inputs) and bool(node.inputs[index])

    def view(self, node: Node, index: int) -> View:
        """The input as a layer's output; `InputError` for an array that is known."""
        value = self.value(node, index)
        if isinstance(value, Constant):
            raise node.refuse(
                f"input {index} ('{shown(node.inputs[index], 60)}') is a constant",
                "accepted: the output of a layer there",
            )
        return value

    def real_view(self, node: Node, index: int = 0) -> View:
        """A view that holds what its layer's numbers stand for, not their codes."""
        found = self.view(node, index)
        if found.grid is not None:
            raise node.refuse(
                "reads quantised codes", "accepted: it between DequantizeLinear and QuantizeLinear"
            )
        return found

    def constant(self, node: Node, index: int) -> Constant:
        """The input as an array that is known; `InputError` for the output of a layer."""
        value = self.value(node, index)
        if isinstance(value, View):
            raise node.refuse(
                f"input {index} ('{shown(node.inputs[index], 60)}') is computed from the image",
                "accepted: constant weights and parameters (both operands of an attention are not)",
            )
        return value

    def reals(self, node: Node, index: int) -> Reals:
        """A constant input as float64; `InputError` for one that is not finite."""
        array = np.asarray(self.constant(node, index).array, np.float64)
        if not np.isfinite(array).all():
            name = shown(node.inputs[index], 60)
            raise node.refuse(f"'{name}' holds numbers that are not finite", "finite numbers")
        return array

    def weights(self, node: Node, index: int) -> tuple[Weights, Codes | None]:
        """A constant input as float32 weights, and the integers behind them if it has some."""
        constant = self.constant(node, index)
        array = np.asarray(constant.array, np.float32)
        if not np.isfinite(array).all():
            name = shown(node.inputs[index], 60)
            raise node.refuse(f"'{name}' holds weights that are not finite", "finite weights")
        if not array.size:
            raise node.refuse(f"has weights of shape {list(array.shape)}", "at least one weight")
        return array, constant.codes

    def wholes(self, node: Node, index: int) -> tuple[int, ...]:
        """A constant input as whole numbers."""
        array = self.constant(node, index).array
        if array.dtype.kind not in "iu" or array.size > 64:
            name = shown(node.inputs[index], 60)
            raise node.refuse(f"'{name}' is no short list of whole numbers", "whole numbers")
        return tuple(int(one) for one in array.reshape(-1))

    def put(self, node: Node, value: Value, index: int = 0) -> None:
        """Give an output of a node its value."""
        name = node.outputs[index] if index < len(node.outputs) else ""
        if not name:
            return
        if isinstance(value, View) and self.uses[name] != 1 and value.alone:
            value = View(value.maker, value.axes, False, value.padding, value.grid)
        self.values[name] = value

    def alias(self, node: Node, value: Value) -> None:
        """The node changes nothing."""
        self.put(node, value)

    def layer(
        self,
        node: Node,
        operator: str,
        inputs: list[View],
        keys: Mapping[str, Any],
        *,
        weights: Weights | None = None,
        bias: Reals | None = None,
        suffix: str = "",
    ) -> Draft:
        """A new layer of a network file; its shapes are worked out and checked.

        Raises `InputError`, in the words of network files, for keys that are not accepted.
        """
        name = self._new_name(node, suffix)
        table = {"name": name, "operator": operator, **keys}
        single = operator not in ("add", "concat")
        names = tuple(view.maker.name for view in inputs)
        table |= {"input": names[0]} if single else {"inputs": list(names)}
        row = OPERATORS[operator]
        entry = checked(row.entry, table, node.where)
        site = Site(names, tuple(view.maker.shape for view in inputs), node.where)
        layer = row.infer(entry, site)
        assert isinstance(layer, Layer)  # the import lowers to operators of one layer
        draft = Draft(layer, node.where, weights, bias, keys=dict(keys))
        self.drafts.append(draft)
        return draft

    def image(self, draft: Draft | InputDraft, *, flat: bool = False, lines: bool = False) -> View:
        """The output of a new layer as batch, channels, rows, columns; without rows and columns
        if it is `flat`, without rows if it is of `lines`."""
        axes = axes_of(self.batch, draft.shape)
        if flat:
            axes = axes[:2]
        elif lines:
            axes = (*axes[:2], axes[2] + axes[3])
        return View(draft, axes, alone=True)

    def need_image(self, node: Node, view: View) -> View:
        """The view if its axes are those of images; `InputError` else."""
        if not view.is_image(self.batch):
            raise node.refuse(
                f"reads a tensor of shape {list(view.shape)} whose axes are not batch, channels, "
                "rows, columns",
                "accepted: images in that order (a Transpose before it may be left out)",
            )
        return view

    def _new_name(self, node: Node, suffix: str) -> str:
        """A name that a network file takes, made of the node's."""
        text = node.name.removesuffix(f"/{node.operator}") or node.name
        text = re.sub(r"[^A-Za-z0-9_.\-]+", ".", text).strip(".-_") or node.operator.lower()
        text = text[-_LONGEST_NAME:].lstrip(".-_") + suffix
        name, number = text[:64], 1
        while name in self._names:
            number += 1
            name = f"{text[: 62 - len(str(number))]}.{number}"
        self._names.add(name)
        return name
