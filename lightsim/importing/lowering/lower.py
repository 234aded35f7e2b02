"""A graph walked through, node by node: what comes out are drafts of layers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from lightsim.errors import InputError
from lightsim.importing.lowering.draft import Draft, InputDraft
from lightsim.importing.lowering.folding import fold, is_foldable
from lightsim.importing.lowering.table import HANDLERS, QUANTISED, needed_for
from lightsim.importing.lowering.values import View
from lightsim.importing.lowering.walk import Walk
from lightsim.importing.onnx_file.graph import Graph, GraphInput, Node
from lightsim.network.entries import LARGEST
from lightsim.network.tensor import TensorShape

__all__ = ["Lowered", "lower_graph"]

_ELEMENTS = ("float32", "float16", "float64", "bfloat16", "uint8", "int8")


@dataclass(frozen=True, slots=True, eq=False)
class Lowered:
    """A graph as drafts of layers in order; `outputs` are the makers of the graph's outputs.

    `operators` counts the nodes of the file.
    """

    graph: Graph
    input: InputDraft
    drafts: tuple[Draft, ...]
    outputs: tuple[str, ...]
    warnings: tuple[str, ...]
    operators: dict[str, int]


def lower_graph(graph: Graph, input_shape: tuple[int, ...] | None = None) -> Lowered:
    """The layers of a graph; `input_shape` is that of its input, batch first, where it is open.

    Raises `InputError` for an operator or an attribute that cannot be had, with its node, for
    sizes that the file leaves open, and for a graph without weights.
    """
    if len(graph.inputs) != 1:
        names = ", ".join(f"'{one.name}'" for one in graph.inputs[:5])
        raise InputError(
            graph.file, f"has {len(graph.inputs)} inputs ({names})", "accepted: one input of images"
        )
    walk = Walk(graph)
    given = graph.inputs[0]
    sizes = _sizes(given, input_shape, graph.file)
    walk.batch = sizes[0]
    image = _image(sizes, given, graph.file)
    view = walk.image(image)
    if len(sizes) == 3:
        view = walk.image(image, lines=True)
    elif len(sizes) == 2:
        view = walk.image(image, flat=True)
    walk.values[given.name] = View(view.maker, view.axes, walk.uses[given.name] == 1)
    for node in graph.nodes:
        _lower(walk, node)
    outputs = _outputs(walk)
    _refuse_weightless(walk)
    return Lowered(
        graph, image, tuple(walk.drafts), outputs, tuple(walk.warnings),
        dict(Counter(node.operator for node in graph.nodes)),
    )  # fmt: skip


def _lower(walk: Walk, node: Node) -> None:
    if is_foldable(walk, node):
        fold(walk, node)
        return
    handlers = HANDLERS if not node.domain else QUANTISED
    handler = handlers.get(node.operator)
    if handler is None:
        raise node.refuse(
            f"{node.operator} is not modelled: {needed_for(node.operator)}",
            "supported operators: docs/import.md",
        )
    try:
        handler(walk, node)
    except (ValueError, IndexError, TypeError, OverflowError) as error:
        # Inputs and attributes of a damaged file have any shape and kind; what NumPy makes of
        # those that no check has met is told with the node.
        raise node.refuse(
            f"has inputs or attributes that do not fit ({error})",
            "accepted: a file that ONNX checks",
        ) from None


def _sizes(given: GraphInput, input_shape: tuple[int, ...] | None, file: str) -> tuple[int, ...]:
    """The shape of the input, with nothing left open."""
    where = f"{file}, input '{given.name}'"
    if given.element not in _ELEMENTS:
        raise InputError(where, f"is of {given.element}", f"accepted: {', '.join(_ELEMENTS)}")
    if input_shape is not None:
        _check_given(given, input_shape, where)
        shape: tuple[int | str | None, ...] | None = input_shape
    else:
        shape = given.shape
    if shape is None:
        raise InputError(
            where, "has no shape in the file", "accepted: --input-shape 1,CHANNELS,HEIGHT,WIDTH"
        )
    if any(not isinstance(size, int) for size in shape):
        written = ",".join(str(size) if isinstance(size, int) else "1" for size in shape)
        open_ = ", ".join(
            f"{number} ({'nameless' if size is None else size})"
            for number, size in enumerate(shape) if not isinstance(size, int)
        )  # fmt: skip
        raise InputError(
            where,
            f"leaves the size of its dimensions open: {open_}",
            f"accepted: all of them, as --input-shape {written} for one image",
        )
    sizes = tuple(int(size) for size in shape if isinstance(size, int))
    if not 2 <= len(sizes) <= 4 or min(sizes) < 1 or max(sizes) > LARGEST:
        raise InputError(
            where,
            f"has shape {list(sizes)[:8]}",
            f"accepted: [batch, channels, height, width] up to {LARGEST}, or fewer axes",
        )
    return sizes


def _check_given(given: GraphInput, shape: tuple[int, ...], where: str) -> None:
    if given.shape is None:
        return
    fits = len(shape) == len(given.shape) and all(
        one == other or not isinstance(other, int)
        for one, other in zip(shape, given.shape, strict=True)
    )
    if not fits:
        raise InputError(
            where,
            f"has shape {list(given.shape)}, and --input-shape is {list(shape)}",
            "accepted: the sizes of the file where it has some",
        )


def _image(sizes: tuple[int, ...], given: GraphInput, file: str) -> InputDraft:
    sides = {2: (sizes[1], 1, 1), 3: (sizes[1], 1, sizes[-1])}.get(len(sizes), sizes[1:])
    order = tuple(range(len(sizes) - 1))
    return InputDraft(TensorShape(*sides), sizes[1:], order, element=given.element)


def _outputs(walk: Walk) -> tuple[str, ...]:
    """The layers whose outputs are the graph's."""
    names = []
    for name in walk.graph.outputs:
        value = walk.values.get(name)
        if not isinstance(value, View) or not isinstance(value.maker, Draft):
            raise InputError(
                walk.graph.file, f"output '{name[:80]}' is no layer's", "accepted: a layer's output"
            )
        names.append(value.maker.name)
    return tuple(dict.fromkeys(names))


def _refuse_weightless(walk: Walk) -> None:
    if not any(draft.weights is not None for draft in walk.drafts):
        raise InputError(
            walk.graph.file, "has no layer with weights", "accepted: a network with one at least"
        )
