"""Where the parts of joined tensors lie: every producer writes into the tensor where it can."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from lightsim.network.tensor import ElementType, TensorShape
from lightsim.quantisation.workload import QuantisedLayer, Workload
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.filters.geometry import Geometry
from lightsim.tiled.mapping.plan.layout import first_in_word
from lightsim.tiled.mapping.plan.plan import TensorView
from lightsim.tiled.mapping.plan.words import block_channels
from lightsim.units import ceil_div

__all__ = ["output_shape", "parts_name", "parts_shape", "place_joins"]

_MakeTensor = Callable[[str, TensorShape, ElementType], TensorView]


def place_joins(
    workload: Workload,
    users: Mapping[str, Sequence[str]],
    accelerator: Accelerator | None,
    make: _MakeTensor,
) -> dict[str, TensorView]:
    """The views that concats and their producers write into, by layer; `make` adds a tensor.

    A part that is in none of them is copied. Without an accelerator nothing is known of words, and
    every producer writes its part.
    """
    placed: dict[str, TensorView] = {}
    for q in reversed(workload.layers):
        if q.layer.operator == "interleave":
            name = parts_name(q)
            shape, each = parts_shape(workload, q, accelerator)
            joined = placed[name] = make(name, shape, q.output)
            for number, source in enumerate(q.layer.inputs):
                part = q.layer.input_shape
                view = TensorView(joined.tensor, number * each, part, q.output)
                alone = len(users[source]) == 1
                if source not in placed and _writes_into(
                    workload, accelerator, source, view, alone
                ):
                    placed[source] = view
        if q.layer.operator != "concat":
            continue
        name = q.layer.name
        joined = placed.get(name) or make(name, q.layer.output_shape, q.output)
        placed[name] = joined
        offset = joined.offset
        for source in q.layer.inputs:
            shape = output_shape(workload, source)
            view = TensorView(joined.tensor, offset, shape, q.output)
            alone = len(users[source]) == 1
            if source not in placed and _writes_into(workload, accelerator, source, view, alone):
                placed[source] = view
            offset += shape.channels
    return placed


def parts_name(q: QuantisedLayer) -> str:
    """What the tensor of an interleave's parts is called, which no layer can be."""
    return f"{q.layer.name} parts"


def parts_shape(
    workload: Workload, q: QuantisedLayer, accelerator: Accelerator | None
) -> tuple[TensorShape, int]:
    """The tensor of an interleave's parts, and the channels from one to the next: each part begins
    a line of the input buffer.
    """
    part, lines = q.layer.input_shape, 1
    if accelerator is not None:
        block = block_channels(accelerator.word_bytes, q.output.bits)
        lines = block * Geometry(accelerator).input_memories
    each = ceil_div(part.channels, lines) * lines
    return TensorShape(len(q.layer.inputs) * each, part.height, part.width), each


def output_shape(workload: Workload, name: str) -> TensorShape:
    """The shape of a layer's output, or of the network's input."""
    if name == "input":
        return workload.network.input_shape
    return workload.layer(name).layer.output_shape


def _writes_into(
    workload: Workload, accelerator: Accelerator | None, source: str, view: TensorView, alone: bool
) -> bool:
    """Whether a producer can write a part of a joined tensor, and its readers read it there.

    A part that begins inside a memory word is written under a mask. Nothing reads from there on,
    and residuals come word by word: the parts of other readers (not `alone`), and sums, are copied.
    """
    if source == "input":
        return False
    if accelerator is None:
        return True
    if first_in_word(view, block_channels(accelerator.word_bytes, view.element.bits)) == 0:
        return True
    layer = workload.layer(source).layer
    pooled = layer.operator == "max_pool" and layer.inputs[0] != "input"
    made = workload.layer(layer.inputs[0]).layer if pooled else layer
    return alone and not {"add", "multiply"} & {layer.operator, made.operator}
