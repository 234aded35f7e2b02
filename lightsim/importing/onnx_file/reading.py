"""An ONNX file opened: its bytes, judged before they are unpacked, as a graph in order."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush
from pathlib import Path
from typing import Any

from lightsim.errors import InputError, MissingExtraError, shown
from lightsim.files.regular import open_file
from lightsim.importing.onnx_file.graph import Graph, GraphInput, Node
from lightsim.importing.onnx_file.tensors import MOST_BYTES, array_of

__all__ = ["read_graph"]

_ACCEPTED = "accepted: an ONNX file, whole and not encrypted"
_MOST_FILE_BYTES = 2 << 30  # protobuf has no larger messages
_MOST_NODES = 100_000
_OPSETS = (6, 25)
_GRAPHS = (5, 10)  # the types of attributes that hold graphs
_PLAIN = ("", "ai.onnx")


def read_graph(path: Path) -> Graph:
    """The graph of an ONNX file with all of its tensors.

    Raises `MissingExtraError` where the package `onnx` is not installed, and `InputError` for a
    file that is none, is damaged, asks for more than 4 GiB, keeps data outside its folder, has
    graphs inside graphs, reads in a circle or what is not there, or is of an opset that is not
    known.
    """
    model, file = _model(path), str(path)
    if not model.HasField("graph") or not model.graph.node:
        raise InputError(file, "has no graph, or one without nodes", _ACCEPTED)
    opsets = _opsets(model, file)
    graph = model.graph
    if len(graph.node) > _MOST_NODES:
        raise InputError(file, f"has {len(graph.node)} nodes", f"accepted: at most {_MOST_NODES}")
    if graph.sparse_initializer:
        raise InputError(file, "has sparse initialisers", "accepted: dense ones")
    constants = _constants(graph.initializer, path)
    nodes = [_node(number, one, opsets, path) for number, one in enumerate(graph.node)]
    inputs = tuple(_input(one) for one in graph.input if one.name not in constants)
    outputs = tuple(one.name for one in graph.output)
    ordered = _in_order(nodes, {*constants, *(one.name for one in inputs)}, file)
    made = {name for node in nodes for name in node.outputs}
    for name in outputs:
        if name not in made:
            problem = f"output '{shown(name, 80)}' is made by no node"
            raise InputError(file, problem, "accepted: the output of a node")
    if not outputs:
        raise InputError(file, "has no output", "accepted: a graph with an output")
    if not inputs:
        raise InputError(file, "has no input beside its weights", "accepted: one input of images")
    producer = f"{model.producer_name} {model.producer_version}".strip()
    return Graph(
        file, graph.name, opsets[""], ordered, constants, inputs, outputs, shown(producer, 60)
    )


def _model(path: Path) -> Any:
    with open_file(path, _ACCEPTED) as opened:
        size = opened.seek(0, 2)
        if size > _MOST_FILE_BYTES:
            raise InputError(str(path), f"has {size} bytes", "accepted: 2 GiB, and external data")
        opened.seek(0)
        content = opened.read()
    try:
        import onnx
    except ImportError:
        raise MissingExtraError(f"reading '{path}'", "onnx") from None
    model = onnx.ModelProto()
    try:
        model.ParseFromString(content)
    except Exception:  # protobuf's error, whose module has no types and need not be imported
        raise InputError(str(path), "is not an ONNX file, or damaged", _ACCEPTED) from None
    return model


def _opsets(model: Any, file: str) -> dict[str, int]:
    """The opset by domain; both names of the standard one are the empty text."""
    opsets = {}
    for one in model.opset_import:
        domain = "" if one.domain in _PLAIN else one.domain
        opsets[domain] = int(one.version)
    if "" not in opsets:
        raise InputError(file, "names no opset", f"accepted: {_OPSETS[0]} to {_OPSETS[1]}")
    if not _OPSETS[0] <= opsets[""] <= _OPSETS[1]:
        raise InputError(
            file,
            f"is of opset {opsets['']}",
            f"accepted: {_OPSETS[0]} to {_OPSETS[1]}; onnx.version_converter makes them",
        )
    if model.functions:
        raise InputError(
            file,
            f"defines functions of its own ('{shown(model.functions[0].name, 40)}')",
            "accepted: a graph of operators; onnx.inliner.inline_local_functions makes it",
        )
    return opsets


def _constants(tensors: Iterable[Any], path: Path) -> dict[str, Any]:
    constants: dict[str, Any] = {}
    taken = 0
    for tensor in tensors:
        if tensor.name in constants:
            problem = f"has two initialisers '{shown(tensor.name, 80)}'"
            raise InputError(str(path), problem, "accepted: each name once")
        constants[tensor.name] = array_of(tensor, path.parent, str(path))
        taken += constants[tensor.name].nbytes
        if taken > MOST_BYTES:
            raise InputError(str(path), "holds more than 4 GiB of tensors", "accepted: 4 GiB")
    return constants


def _node(number: int, proto: Any, opsets: dict[str, int], path: Path) -> Node:
    domain = "" if proto.domain in _PLAIN else proto.domain
    name = proto.name or next((one for one in proto.output if one), f"number {number}")
    attributes: dict[str, Any] = {}
    node = Node(
        name, proto.op_type, domain, opsets.get(domain, opsets[""]), tuple(proto.input),
        tuple(proto.output), attributes, str(path),
    )  # fmt: skip
    for one in proto.attribute:
        attributes[one.name] = _value(one, node, path)
    return node


def _value(proto: Any, node: Node, path: Path) -> Any:
    match proto.type:
        case 1:
            return float(proto.f)
        case 2:
            return int(proto.i)
        case 3:
            return proto.s.decode("utf-8", "replace")
        case 4:
            return array_of(proto.t, path.parent, str(path))
        case 6:
            return [float(one) for one in proto.floats]
        case 7:
            return [int(one) for one in proto.ints]
        case 8:
            return [one.decode("utf-8", "replace") for one in proto.strings]
        case kind if kind in _GRAPHS:
            raise node.refuse(
                "holds a graph of its own (a branch or a loop)",
                "accepted: a graph without branches and loops",
            )
    raise node.refuse(f"attribute '{shown(proto.name, 40)}' is of type {proto.type}", "plain ones")


def _input(proto: Any) -> GraphInput:
    kind = proto.type.tensor_type
    shape: tuple[int | str | None, ...] | None = None
    if kind.HasField("shape"):
        shape = tuple(_size(one) for one in kind.shape.dim)
    names = {1: "float32", 2: "uint8", 3: "int8", 10: "float16", 11: "float64", 16: "bfloat16"}
    return GraphInput(proto.name, shape, names.get(kind.elem_type, f"type {kind.elem_type}"))


def _size(dimension: Any) -> int | str | None:
    if dimension.HasField("dim_value"):
        return int(dimension.dim_value)
    return dimension.dim_param or None


def _in_order(nodes: list[Node], known: set[str], file: str) -> tuple[Node, ...]:
    """The nodes such that each comes after those it reads, the first of the file first."""
    makers: dict[str, int] = {}
    for number, node in enumerate(nodes):
        for name in node.outputs:
            if name and (name in makers or name in known):
                raise node.refuse(
                    f"makes '{shown(name, 80)}', which there is already",
                    "accepted: each name is made once",
                )
            makers[name] = number
    for node in nodes:
        for name in node.inputs:
            if name and name not in known and name not in makers:
                raise node.refuse(
                    f"reads '{shown(name, 80)}', which is no input, weight or output of a node",
                    "accepted: a file with all of its tensors",
                )
    return _sorted(nodes, makers, file)


def _sorted(nodes: list[Node], makers: dict[str, int], file: str) -> tuple[Node, ...]:
    waits = [{makers[name] for name in node.inputs if name in makers} for node in nodes]
    readers: list[list[int]] = [[] for _ in nodes]
    for number, before in enumerate(waits):
        for one in before:
            readers[one].append(number)
    left = [len(before) for before in waits]
    ready = [number for number, count in enumerate(left) if not count]
    ordered = []
    while ready:
        number = heappop(ready)
        ordered.append(nodes[number])
        for reader in readers[number]:
            left[reader] -= 1
            if not left[reader]:
                heappush(ready, reader)
    if len(ordered) != len(nodes):
        circular = nodes[next(number for number, count in enumerate(left) if count)]
        raise circular.refuse("reads its own output, in a circle", "accepted: a graph without one")
    return tuple(ordered)
