"""What each operator is built of, and how wide the words are that it reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import gcd

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.hardware.pe_kinds import PE_KINDS, PeKind
from lightsim.network.layer import Layer
from lightsim.network.tensor import ElementType, TensorShape
from lightsim.quantisation.workload import QuantisedLayer, Workload
from lightsim.streaming.description import pipeline as latency
from lightsim.streaming.description.accelerator import Folding, StreamingAccelerator
from lightsim.streaming.mapping.engine import Stream
from lightsim.streaming.mapping.factors import check_folding, is_depthwise
from lightsim.streaming.mapping.matrix import MatrixPlan, matrix_plan, matrix_program
from lightsim.streaming.mapping.program import moving, program
from lightsim.streaming.mapping.topology import Topology
from lightsim.streaming.mapping.windows import window_depth, window_plan, window_program
from lightsim.streaming.mapping.wiring import Wiring

__all__ = ["BUILDERS", "Site", "reads_pixels", "usual_lanes", "wanted_lanes"]


@dataclass(slots=True)
class Site:
    """Where layers are built: what is to be built, and what is there already."""

    workload: Workload
    design: StreamingAccelerator
    sorts: bool
    topology: Topology
    wiring: Wiring
    last: dict[str, str] = field(default_factory=dict)

    def give(
        self,
        tensor: str,
        number: int,
        shape: TensorShape,
        element: ElementType,
        order: NDArray[np.int64] | None,
        lanes: int,
    ) -> None:
        """Say that a tensor comes out of an engine, its channels in `order`."""
        channels = np.arange(shape.channels, dtype=np.int64) if order is None else order
        self.last[tensor] = self.wiring.engines[number].name
        stream = Stream(tensor, shape, element, channels)
        self.wiring.give(tensor, number, stream, lanes, len(self.topology.readers[tensor]))

    def input(self, layer: Layer, number: int = 0) -> tuple[str, Stream]:
        """What flows into a layer, with the tensor's name."""
        origin = self.topology.origin(layer.inputs[number])
        return origin, self.wiring.streams[origin]


def usual_lanes(quantised: QuantisedLayer, named: str | None = None) -> PeKind:
    """The PE kind of a layer whose folding names none: the scheme's, and where one bit is
    multiplied by more, adders that take it whole instead of bit by bit.

    The kind `named` stands in for the scheme's.
    """
    assert quantised.scheme is not None
    usual = PE_KINDS[quantised.scheme.usual_pe if named is None else named]
    wide = quantised.inputs[0].bits > 1
    return PE_KINDS["multiply_lut"] if usual.bit_serial and wide else usual


def wanted_lanes(site: Site, layer: Layer, image: TensorShape) -> int | None:
    """Channels in a word as a layer reads them, or None where it takes what comes."""
    folding = site.design.layers.get(layer.name)
    if folding is None:
        return None
    check_folding(layer, image, folding)
    if not layer.has_weights:
        return folding.pe
    if layer.operator == "dense":
        return folding.simd
    if is_depthwise(layer):
        return max(1, folding.pe // layer.filters_of_group)
    return min(folding.simd, layer.channels_of_group)


def _weighted(site: Site, quantised: QuantisedLayer, folding: Folding | None) -> None:
    assert folding is not None
    layer = quantised.layer
    origin, stream = site.input(layer)
    lanes = wanted_lanes(site, layer, stream.shape)
    assert lanes is not None
    plan = _plan(site, quantised, folding, stream)
    shape, kind, depth = layer.output_shape, plan.kind, site.design.depth
    if depth is None:
        depth = latency.matrix_cycles(kind, folding.simd, quantised.output.bits)
    work = matrix_program(plan, shape.height * shape.width)
    number = site.wiring.add(
        layer.name, "matrix", layer.name, work, depth, pe=folding.pe, simd=folding.simd, plan=plan
    )
    if layer.operator == "dense" or reads_pixels(layer):
        site.wiring.take(origin, number, lanes)
    else:
        depthwise = is_depthwise(layer)
        sets = stream.shape.channels // lanes if depthwise else layer.groups
        taps = folding.simd if depthwise else folding.simd // lanes
        _window(site, layer, number, lanes, (sets, taps), stream.element.outside)
    site.give(layer.name, number, shape, quantised.output, plan.order, folding.pe)


def _plan(site: Site, quantised: QuantisedLayer, folding: Folding, stream: Stream) -> MatrixPlan:
    layer = quantised.layer
    kind = usual_lanes(quantised) if folding.lanes is None else PE_KINDS[folding.lanes]
    assert quantised.scheme is not None
    bits = quantised.inputs[0].bits
    if not kind.accepts(quantised.scheme, bits):
        able = [row.name for row in PE_KINDS.values() if row.accepts(quantised.scheme, bits)]
        problem = f"lanes '{kind.name}' cannot run scheme '{quantised.scheme.name}' on {bits} bits"
        raise InputError(f"layer '{layer.name}'", problem, f"accepted: {', '.join(able)}")
    taps = layer.kernel[0] * layer.kernel[1]
    if is_depthwise(layer):
        words, index = taps // folding.simd, np.arange(0)
    elif layer.operator == "dense":
        words, index = layer.input_shape.elements // folding.simd, stream.index
    else:
        words = taps * layer.channels_of_group // folding.simd
        # Held tap by tap, wanted channel by channel.
        of_tap = np.arange(taps, dtype=np.int64)[:, None]
        order = stream.order if layer.groups == 1 else np.arange(layer.channels_of_group)
        index = (order[None, :] * taps + of_tap).ravel()
    sorts = site.sorts and kind.term_serial and site.topology.may_permute(layer)
    return matrix_plan(quantised, kind, folding.pe, words, index, sorts)


def reads_pixels(layer: Layer) -> bool:
    """Whether every pixel is a window of its own, in the order in which pixels come."""
    return (
        layer.kernel == (1, 1)
        and layer.stride == (1, 1)
        and layer.input_shape.height == layer.output_shape.height
        and layer.input_shape.width == layer.output_shape.width
    )


def _window(
    site: Site, layer: Layer, reader: int, lanes: int, sets: tuple[int, int], outside: int
) -> None:
    """The line buffer and the window before an engine: of so many sets, so many taps a word."""
    _, stream = site.input(layer)
    window = _window_alone(site, layer, f"{layer.name}.window", lanes, sets, outside)
    words = site.wiring.engines[window].program.image_steps
    site.wiring.join(window, reader, lanes * sets[1], stream.element.bits, words)


def _window_alone(
    site: Site, layer: Layer, name: str, lanes: int, sets: tuple[int, int], outside: int
) -> int:
    """The line buffer, and the window that reads it, whose number is given."""
    origin, stream = site.input(layer)
    image, wiring = stream.shape, site.wiring
    plan = window_plan(layer, image, lanes, sets[0], sets[1], outside)
    work = window_program(layer, image, lanes, plan)
    words = image.elements // lanes
    window = wiring.add(
        name, "window", layer.name, work, latency.READ_CYCLES, pe=lanes, simd=sets[1], plan=plan
    )
    fill = wiring.add(f"{layer.name}.fill", "fill", layer.name, moving(words), 0, pe=lanes)
    wiring.take(origin, fill, lanes)
    lines = window_depth(layer, image, lanes)
    wiring.join(fill, window, lanes, stream.element.bits, words, lines)
    return window


def _pool(site: Site, quantised: QuantisedLayer, folding: Folding | None) -> None:
    layer = quantised.layer
    origin, stream = site.input(layer)
    lanes = site.wiring.lanes(origin) if folding is None else folding.pe
    taps = 1 if folding is None else folding.simd
    steps = layer.kernel[0] * layer.kernel[1] // taps
    rows = [(step, 0, 1, 1) for step in range(steps)]
    work = program(steps, layer.output_shape.elements // lanes, rows, [steps - 1])
    largest = layer.operator == "max_pool"
    after = latency.POOL_CYCLES if largest else latency.POOL_CYCLES + latency.REQUANTISE_CYCLES
    number = site.wiring.add(
        layer.name, "pool", layer.name, work, after, pe=lanes, simd=taps, plan=quantised
    )
    # Padding never is the maximum, and adds nothing to a sum.
    outside = stream.element.lowest if largest else 0
    _window(site, layer, number, lanes, (stream.shape.channels // lanes, taps), outside)
    site.give(layer.name, number, layer.output_shape, quantised.output, stream.order, lanes)


def _global(site: Site, quantised: QuantisedLayer, folding: Folding | None) -> None:
    layer = quantised.layer
    origin, stream = site.input(layer)
    lanes = site.wiring.lanes(origin) if folding is None else folding.pe
    words = stream.shape.elements // lanes
    rows = [(step, 0, 1, 1) for step in range(words)]
    last = words - stream.shape.channels // lanes
    work = program(words, 1, rows, range(last, words))
    after = latency.POOL_CYCLES + latency.REQUANTISE_CYCLES
    number = site.wiring.add(
        layer.name, "global", layer.name, work, after, pe=lanes, plan=quantised
    )
    site.wiring.take(origin, number, lanes)
    site.give(layer.name, number, layer.output_shape, quantised.output, stream.order, lanes)


def _add(site: Site, quantised: QuantisedLayer, folding: Folding | None) -> None:
    layer = quantised.layer
    tensors = [site.input(layer, number)[0] for number in range(2)]
    lanes = max(map(site.wiring.lanes, tensors)) if folding is None else folding.pe
    work = program(1, layer.output_shape.elements // lanes, [(0, 0, 1, 1), (0, 1, 1, 1)], [0])
    number = site.wiring.add(
        layer.name, "add", layer.name, work, latency.JOIN_CYCLES, pe=lanes, plan=quantised
    )
    for tensor in tensors:
        site.wiring.take(tensor, number, lanes)
    site.give(layer.name, number, layer.output_shape, quantised.output, None, lanes)


def _concat(site: Site, quantised: QuantisedLayer, folding: Folding | None) -> None:
    layer = quantised.layer
    tensors = [site.input(layer, number)[0] for number in range(len(layer.inputs))]
    channels = [site.wiring.streams[tensor].shape.channels for tensor in tensors]
    most = gcd(*channels)
    lanes = gcd(most, *map(site.wiring.lanes, tensors)) if folding is None else folding.pe
    if most % lanes:
        legal = ", ".join(str(n) for n in range(1, most + 1) if most % n == 0)
        raise InputError(f"layer '{layer.name}'", f"pe is {lanes}", f"accepted: {legal}")
    rows, steps = [], 0
    for port, count in enumerate(channels):
        rows += [(steps + word, port, 1, 1) for word in range(count // lanes)]
        steps += count // lanes
    positions = layer.output_shape.height * layer.output_shape.width
    work = program(steps, positions, rows, range(steps))
    number = site.wiring.add(layer.name, "concat", layer.name, work, 0, pe=lanes)
    for tensor in tensors:
        site.wiring.take(tensor, number, lanes)
    site.give(layer.name, number, layer.output_shape, quantised.output, None, lanes)


def _reorganise(site: Site, quantised: QuantisedLayer, folding: Folding | None) -> None:
    """A window that moves by its own size gives the pixels of each block one after another."""
    layer = quantised.layer
    block = layer.stride
    moved = Layer(
        layer.name, "max_pool", layer.inputs, layer.input_shape, layer.output_shape, block, block
    )
    origin, _ = site.input(layer)
    lanes = site.wiring.lanes(origin) if folding is None else folding.pe
    number = _window_alone(site, moved, layer.name, lanes, (1, 1), 0)
    site.give(layer.name, number, layer.output_shape, quantised.output, None, lanes)


Builder = Callable[[Site, QuantisedLayer, Folding | None], None]

BUILDERS: dict[str, Builder] = {
    "conv2d": _weighted,
    "dense": _weighted,
    "max_pool": _pool,
    "average_pool": _pool,
    "global_pool": _global,
    "add": _add,
    "concat": _concat,
    "reorganise": _reorganise,
}
"""How the engines of an operator are built; a flatten has none."""
