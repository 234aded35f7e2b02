"""Every folding that a layer may have, with the cycles and the resources that it takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lightsim.hardware.device import Resources
from lightsim.network.layer import Layer
from lightsim.network.tensor import TensorShape
from lightsim.quantisation.workload import QuantisedLayer, Workload
from lightsim.streaming.description.accelerator import Folding, Module
from lightsim.streaming.estimation.bill import matrix_modules
from lightsim.streaming.estimation.modules import cost
from lightsim.streaming.mapping.factors import is_depthwise, legal_pe, legal_simd
from lightsim.streaming.mapping.layers import reads_pixels, usual_lanes
from lightsim.streaming.mapping.matrix import matrix_plan, matrix_steps
from lightsim.streaming.mapping.topology import Topology
from lightsim.streaming.mapping.windows import window_depth

__all__ = ["Choice", "choices_of"]

_SUM_BITS = 32


@dataclass(frozen=True, slots=True)
class Choice:
    """A folding, the steps for one image of the slowest engine that it makes, and what it takes."""

    folding: Folding
    cycles: int
    resources: Resources


def choices_of(
    workload: Workload, has_uram: bool, pe: str | None = None
) -> dict[str, list[Choice]]:
    """The choices of every layer that has engines, by name; of layers with weights, of the PE kind
    `pe` where one is named and takes the layer."""
    topology = Topology(workload.network)
    shapes = {"input": workload.network.input_shape}
    found: dict[str, list[Choice]] = {}
    for quantised in workload.layers:
        layer = quantised.layer
        if layer.operator == "flatten":
            continue
        shapes[layer.name] = layer.output_shape
        image = shapes[topology.origin(layer.inputs[0])]
        if layer.has_weights:
            sorts = topology.may_permute(layer)
            found[layer.name] = list(_weighted(quantised, image, sorts, has_uram, pe))
        else:
            parts = [shapes[topology.origin(name)].channels for name in layer.inputs]
            found[layer.name] = list(_passing(quantised, image, parts, has_uram))
    return found


def _weighted(
    quantised: QuantisedLayer, image: TensorShape, sorts: bool, has_uram: bool, pe: str | None
) -> Iterator[Choice]:
    layer, kind = quantised.layer, usual_lanes(quantised, pe)
    named = None if pe is None else kind.name
    positions = layer.output_shape.height * layer.output_shape.width
    inputs = layer.kernel[0] * layer.kernel[1] * layer.channels_of_group
    depthwise, bits = is_depthwise(layer), quantised.inputs[0].bits
    for filters in legal_pe(layer):
        whole = matrix_plan(quantised, kind, filters, 1, np.arange(0), sorts and kind.term_serial)
        for simd in legal_simd(layer, image):
            words = inputs // simd
            plan = whole.of_words(words)
            steps = positions * matrix_steps(plan)
            channels = max(1, filters // layer.filters_of_group) if depthwise else min(
                simd, layer.channels_of_group
            )  # fmt: skip
            wide = channels * simd if depthwise else simd
            made = list(matrix_modules(layer.name, plan, (filters, simd), wide * bits, _SUM_BITS))
            if layer.operator != "dense" and not reads_pixels(layer):
                taps = wide // channels
                steps = max(steps, image.elements // channels, positions * words * plan.sets)
                made.append(_lines(layer, image, channels, bits, taps))
            yield _choice(Folding(filters, simd, named), steps, made, has_uram)


def _passing(
    quantised: QuantisedLayer, image: TensorShape, parts: list[int], has_uram: bool
) -> Iterator[Choice]:
    """A layer without weights, by the channels that it passes on at once."""
    layer, bits = quantised.layer, quantised.inputs[0].bits
    if layer.operator == "concat":
        common = int(np.gcd.reduce(parts))
        lanes = [n for n in range(1, common + 1) if common % n == 0]
    else:
        lanes = list(legal_pe(layer))
    pool = layer.operator in ("max_pool", "average_pool")
    for one in lanes:
        for simd in legal_simd(layer, image) if pool else (1,):
            out = layer.output_shape.elements // one
            taps = layer.kernel[0] * layer.kernel[1] // simd if pool else 1
            steps = max(out * taps, image.elements // one)
            made = [Module(layer.name, "control", {})]
            if pool or layer.operator == "reorganise":
                made.append(_lines(layer, image, one, bits, simd))
                made.append(Module(layer.name, "pool", {"lanes": one, "bits": bits, "taps": simd}))
            if layer.operator not in ("max_pool", "concat", "reorganise"):
                count = 2 * one if layer.operator == "add" else one
                sizes = {"lanes": count, "sum_bits": 24, "multiplies": 1}
                made.append(Module(layer.name, "requantise", sizes))
            yield _choice(Folding(one, simd), steps, made, has_uram)


def _lines(layer: Layer, image: TensorShape, lanes: int, bits: int, taps: int) -> Module:
    depth = window_depth(layer, image, lanes)
    return Module(layer.name, "lines", {"width": lanes * bits, "depth": depth, "taps": taps})


def _choice(folding: Folding, steps: int, made: list[Module], has_uram: bool) -> Choice:
    taken = sum((cost(module, has_uram=has_uram) for module in made), Resources())
    return Choice(folding, steps, taken)
