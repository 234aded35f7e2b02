"""Seeded random weights and images for networks that come without trained ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.network.layer import Layer, Network
from lightsim.network.tensor import ElementType
from lightsim.numerics.scheme import Scheme
from lightsim.quantisation.elements import element_types, input_types
from lightsim.quantisation.expectation import (
    Expectation,
    expect_concat,
    expect_images,
    expect_pool,
    expect_sum,
    mean_and_spread,
)
from lightsim.quantisation.random_weights import MIXED_K, choose_k, draw_weights
from lightsim.quantisation.workload import QuantisedLayer, Workload

__all__ = ["synthetic_images", "synthetic_workload"]

# Three standard deviations of a layer's sums reach the largest value of its output type.
_DEVIATIONS_AT_CLAMP = 3.0
# A bias is random with this share of its filter's standard deviation.
_BIAS_SHARE = 0.1
_LARGEST_MULTIPLIER = 32767
_LARGEST_SHIFT = 31


def synthetic_workload(network: Network, scheme: Scheme, seed: int) -> Workload:
    """Random weights for every layer of `network`; equal for equal (network, scheme, seed).

    Weights are Gaussian with the largest of a filter near 1, rounded to the scheme's nearest
    code. Biases, multipliers and shifts do what batch normalisation does: they centre a filter's
    sums and bring three standard deviations to the output's largest value, both worked out from
    `expectation` and not by running the network. Sums of residuals are scaled in the same way;
    averages have the multiplier round(2**shift / window). The filters of a `flightnn` layer have
    k = 0, 1, 2 with the shares `random_weights.MIXED_K` (an assumption), except in a layer that
    none reads, where none is pruned. Every layer has its own random stream.

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
        task = _Task(
            layer,
            input_types(network, layer, types),
            types[layer.name],
            scheme,
            input_channels=[channels[name] for name in layer.inputs],
            last=layer.name in network.ends,
            weights_rng=_stream(seed, index),
            sample_rng=np.random.default_rng(index + 1),
        )
        quantised, expected[layer.name] = _quantise(task, [expected[name] for name in layer.inputs])
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
        rng = _stream(seed, number, kind=1)
        if element.bits == 1:
            image[...] = rng.integers(0, 2, image.shape, np.int16) * 2 - 1
        else:
            image[...] = rng.integers(element.lowest, element.highest + 1, image.shape, np.int16)
    return images


@dataclass(frozen=True, slots=True)
class _Task:
    """One layer to be made, and the streams that it draws from."""

    layer: Layer
    inputs: tuple[ElementType, ...]
    output: ElementType
    scheme: Scheme
    input_channels: list[int]
    last: bool
    weights_rng: np.random.Generator
    sample_rng: np.random.Generator

    @property
    def lowest(self) -> int:
        return 0 if self.layer.activation == "relu" and self.output.bits > 1 else self.output.lowest

    def plain(self, multiplier: int, shift: int, residual: tuple[int, int]) -> QuantisedLayer:
        """A layer without weights."""
        return QuantisedLayer(
            self.layer,
            self.inputs,
            self.output,
            self.lowest,
            self.output.highest,
            multiplier=np.array([multiplier], np.int32),
            shift=shift,
            residual_multiplier=residual[0],
            residual_shift=residual[1],
        )


def _quantise(task: _Task, inputs: list[Expectation]) -> tuple[QuantisedLayer, Expectation]:
    layer = task.layer
    if layer.has_weights:
        return _weighted(task, inputs[0])
    if layer.operator == "add":
        total = inputs[0] + inputs[1]
        reach = _DEVIATIONS_AT_CLAMP * float(np.sqrt(np.mean(total**2)))
        scale = task.output.highest / reach
        factors, shift = _fixed_point(np.array([scale]))
        residual = (int(factors[0]), shift)
        expected = np.clip(total * scale, task.lowest, task.output.highest)
        return task.plain(*residual, residual), expected
    if layer.operator in ("max_pool", "average_pool", "global_pool"):
        multiplier, shift = (1, 0) if layer.operator == "max_pool" else _mean_of(layer)
        return task.plain(multiplier, shift, (1, 0)), expect_pool(inputs[0], layer, task.sample_rng)
    expected = inputs[0]
    if layer.operator == "concat":
        expected = expect_concat(inputs, task.input_channels)
    return task.plain(1, 0, (1, 0)), expected


def _weighted(task: _Task, values: Expectation) -> tuple[QuantisedLayer, Expectation]:
    rng, output = task.weights_rng, task.output
    k = choose_k(task.scheme, task.layer.output_shape.channels, task.last, rng)
    weights, sums, lengths = draw_weights(task.scheme, task.layer.weight_shape, k, rng)
    pad_value = -1 if task.inputs[0].bits == 1 else 0
    mean, spread = mean_and_spread(values, task.layer, pad_value)
    # A filter of zeros has no sums of its own; it gets the scale of its layer.
    lengths[lengths == 0] = lengths[lengths > 0].mean() if lengths.any() else 1.0
    deviations = spread * lengths
    jitter = _BIAS_SHARE * rng.standard_normal(k.size)
    bias = np.rint(deviations * jitter - mean * sums).astype(np.int32)
    unit = expect_sum(values, task.layer, pad_value, task.sample_rng)
    multiplier, shift = np.ones(k.size, np.int32), 0
    if output.bits == 8:
        reach = output.highest / _DEVIATIONS_AT_CLAMP
        multiplier, shift = _fixed_point(reach / deviations)
        unit = np.clip(unit * reach, task.lowest, output.highest)
    elif output.bits == 1:
        unit = np.where(unit >= 0, 1.0, -1.0)
    quantised = QuantisedLayer(
        task.layer,
        task.inputs,
        output,
        task.lowest,
        output.highest,
        task.scheme,
        weights,
        k,
        bias,
        multiplier,
        shift,
    )
    return quantised, unit


def _fixed_point(scales: NDArray[np.float64]) -> tuple[NDArray[np.int32], int]:
    """Multipliers of at most 15 bits and one shift, as exact as the largest scale allows."""
    largest = float(scales.max())
    shift = int(np.clip(np.floor(np.log2(_LARGEST_MULTIPLIER / largest)), 0, _LARGEST_SHIFT))
    multiplier = np.clip(np.rint(scales * 2.0**shift), 1, _LARGEST_MULTIPLIER)
    return multiplier.astype(np.int32), shift


def _mean_of(layer: Layer) -> tuple[int, int]:
    """Multiplier and shift of the mean over a window: exact when its size is a power of two."""
    high, wide = layer.kernel
    if layer.operator == "global_pool":
        high, wide = layer.input_shape.height, layer.input_shape.width
    window = high * wide
    if window & (window - 1) == 0:
        return 1, window.bit_length() - 1
    multiplier, shift = _fixed_point(np.array([1.0 / window]))
    return int(multiplier[0]), shift


def _stream(seed: int, number: int, kind: int = 0) -> np.random.Generator:
    if seed < 0:
        raise InputError("--seed", f"{seed} is negative", "use 0 or more")
    return np.random.Generator(
        np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(kind, number)))
    )


def _origin(scheme: Scheme, seed: int) -> str:
    if not scheme.k_per_filter:
        return f"synthetic (seed {seed})"
    shares = ", ".join(f"{share:.0%} k={terms}" for terms, share in MIXED_K.items())
    return f"synthetic (seed {seed}; assumed filters: {shares})"
