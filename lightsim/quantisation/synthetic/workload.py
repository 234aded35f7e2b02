"""Seeded random weights and images for networks that come without trained ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lightsim.network.layer import Layer, Network
from lightsim.network.tensor import ElementType
from lightsim.numerics.formats.scheme import Scheme
from lightsim.numerics.sums.fixed_point import fixed_point
from lightsim.quantisation.elements import element_types, input_types
from lightsim.quantisation.synthetic.expectation import (
    Expectation,
    expect_concat,
    expect_images,
    expect_pool,
    expect_sum,
)
from lightsim.quantisation.synthetic.random_weights import mixed_k
from lightsim.quantisation.synthetic_filters import (
    DEVIATIONS_AT_CLAMP,
    LayerTask,
    filters_in_outline,
    random_filters,
    random_stream,
)
from lightsim.quantisation.workload import QuantisedLayer, Workload

__all__ = ["synthetic_images", "synthetic_workload"]


def synthetic_workload(
    network: Network, scheme: Scheme, seed: int, *, outline: bool = False
) -> Workload:
    """Random weights for every layer of `network`; equal for equal (network, scheme, seed).

    Weights are Gaussian with the largest of a filter near 1, rounded to the scheme's nearest
    code. Biases, multipliers and shifts do what batch normalisation does: they centre a filter's
    sums and bring three standard deviations to the output's largest value, both worked out from
    `expectation` and not by running the network. Sums of residuals are scaled in the same way;
    averages have the multiplier round(2**shift / window). The filters of a `flightnn` layer have
    k = 0, 1, .. with the shares `random_weights.mixed_k` (an assumption), except in a layer that
    none reads, where none is pruned. Every layer has its own random stream.

    In `outline` the k of the filters are drawn, which is what timing needs, and no weights.

    Raises `InputError` for a negative seed.
    """
    types = element_types(network, scheme)
    expected: dict[str, Expectation] = {
        "input": expect_images(
            ElementType(network.input_bits, network.input_signed), np.random.default_rng(0)
        )
    }
    channels = {layer.name: layer.output_shape.channels for layer in network.layers}
    channels["input"] = network.input_shape.channels
    layers = []
    for index, layer in enumerate(network.layers):
        task = LayerTask(
            layer,
            input_types(network, layer, types),
            types[layer.name],
            scheme,
            last=layer.name in network.ends,
            seed=seed,
            number=index,
        )
        given = [expected[name] for name in layer.inputs]
        sample_rng = np.random.default_rng(index + 1)
        if layer.has_weights:
            make = filters_in_outline if outline else random_filters
            quantised = make(task, given[0])
            expected[layer.name] = _expect_filters(task, given[0], sample_rng)
        else:
            parts = [channels[name] for name in layer.inputs]
            quantised, expected[layer.name] = _without_filters(task, given, parts, sample_rng)
        layers.append(quantised)
    return Workload(network, scheme, tuple(layers), _origin(scheme, seed), trained=False)


def synthetic_images(network: Network, count: int, seed: int) -> NDArray[np.int16]:
    """`int16[count, channels, height, width]`, uniform over the range of the network's input.

    An image depends on its number and the seed alone, not on `count`. Raises `InputError` for
    a negative seed.
    """
    element = ElementType(network.input_bits, network.input_signed)
    shape = network.input_shape
    images = np.empty((count, shape.channels, shape.height, shape.width), np.int16)
    for number, image in enumerate(images):
        rng = random_stream(seed, number, kind=1)
        if element.bits == 1:
            image[...] = rng.integers(0, 2, image.shape, np.int16) * 2 - 1
        else:
            image[...] = rng.integers(element.lowest, element.highest + 1, image.shape, np.int16)
    return images


def _expect_filters(
    task: LayerTask, values: Expectation, sample_rng: np.random.Generator
) -> Expectation:
    """The outputs of a layer with weights."""
    unit = expect_sum(values, task.layer, task.pad_value, sample_rng)
    if task.output.is_requantised:
        reach = task.full / DEVIATIONS_AT_CLAMP
        return _looked_up(task, np.clip(unit * reach, task.lowest, task.highest))
    if task.output.is_sign:
        return np.where(unit >= 0, 1.0, -1.0)
    return unit


def _looked_up(task: LayerTask, values: Expectation) -> Expectation:
    """What a layer's table makes of its values, if it has one."""
    if task.table is None:
        return values
    return task.table[np.rint(values).astype(np.int64) + 128].astype(np.float64)


def _without_filters(
    task: LayerTask,
    inputs: list[Expectation],
    channels: list[int],
    sample_rng: np.random.Generator,
) -> tuple[QuantisedLayer, Expectation]:
    """A layer without weights, and its outputs; `channels` are those of its inputs."""
    layer = task.layer
    if layer.operator == "add":
        total = inputs[0] + inputs[1]
        reach = DEVIATIONS_AT_CLAMP * float(np.sqrt(np.mean(total**2)))
        scale = task.output.highest / reach
        factors, shift = fixed_point(np.array([scale]))
        residual = (int(factors[0]), shift)
        expected = np.clip(total * scale, task.lowest, task.output.highest)
        return _plain(task, *residual, residual), expected
    if layer.operator == "multiply":
        total = inputs[0] * inputs[1]
        reach = DEVIATIONS_AT_CLAMP * max(float(np.sqrt(np.mean(total**2))), 1e-9)
        scale = min(task.output.highest / reach, 1.0)
        factors, shift = fixed_point(np.array([scale]))
        expected = np.clip(total * scale, task.lowest, task.output.highest)
        return _plain(task, int(factors[0]), shift, (1, 0)), expected
    if layer.operator == "requantise":
        # The same scale, as far as the type goes: an unsigned byte is halved, a signed one doubled.
        multiplier, shift = (1, 0) if task.full == task.inputs[0].highest else (
            (1, 1) if task.full < task.inputs[0].highest else (2, 0)
        )  # fmt: skip
        scaled = np.clip(inputs[0] * multiplier / 2**shift, task.lowest, task.highest)
        return _plain(task, multiplier, shift, (1, 0)), _looked_up(task, scaled)
    if layer.operator in ("max_pool", "average_pool", "global_pool"):
        if not layer.count_padding:
            values = np.arange(1, layer.kernel[0] * layer.kernel[1] + 1)
            factors, shift = fixed_point(1.0 / values)
            made = replace(_plain(task, 1, shift, (1, 0)), multiplier=factors)
            return made, expect_pool(inputs[0], layer, sample_rng)
        multiplier, shift = (1, 0) if layer.operator == "max_pool" else _mean_of(layer)
        return _plain(task, multiplier, shift, (1, 0)), expect_pool(inputs[0], layer, sample_rng)
    expected = inputs[0]
    if layer.operator in ("concat", "interleave"):
        expected = expect_concat(inputs, channels)
    return _plain(task, 1, 0, (1, 0)), expected


def _plain(
    task: LayerTask, multiplier: int, shift: int, residual: tuple[int, int]
) -> QuantisedLayer:
    """A layer without weights."""
    return QuantisedLayer(
        task.layer,
        task.inputs,
        task.output,
        task.lowest,
        task.highest,
        multiplier=np.array([multiplier], np.int32),
        shift=shift,
        residual_multiplier=residual[0],
        residual_shift=residual[1],
        table=task.table,
    )


def _mean_of(layer: Layer) -> tuple[int, int]:
    """Multiplier and shift of the mean over a window: exact when its size is a power of two."""
    high, wide = layer.kernel
    if layer.operator == "global_pool":
        high, wide = layer.input_shape.height, layer.input_shape.width
    window = high * wide
    if window & (window - 1) == 0:
        return 1, window.bit_length() - 1
    multiplier, shift = fixed_point(np.array([1.0 / window]))
    return int(multiplier[0]), shift


def _origin(scheme: Scheme, seed: int) -> str:
    if not scheme.k_per_filter:
        return f"synthetic (seed {seed})"
    shares = ", ".join(f"{share:.0%} k={terms}" for terms, share in mixed_k(scheme).items())
    return f"synthetic (seed {seed}; assumed filters: {shares})"
