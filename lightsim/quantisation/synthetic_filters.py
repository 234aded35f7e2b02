"""The filters of one layer with random weights: drawn, or in outline with their k alone."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, prod, sqrt

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.network.activations import table_entries
from lightsim.network.layer import Layer
from lightsim.network.tensor import ElementType
from lightsim.numerics.formats.scheme import Scheme
from lightsim.numerics.sums.fixed_point import LARGEST_MULTIPLIER, fixed_point, shift_for
from lightsim.quantisation.elements import assumed_clamp, clamp_of
from lightsim.quantisation.synthetic.expectation import Expectation, mean_and_spread
from lightsim.quantisation.synthetic.random_weights import choose_k, draw_weights
from lightsim.quantisation.workload import QuantisedLayer, Undrawn

__all__ = [
    "DEVIATIONS_AT_CLAMP",
    "LayerTask",
    "filters_in_outline",
    "random_filters",
    "random_stream",
    "without_room",
]

DEVIATIONS_AT_CLAMP = 3.0
"""So many standard deviations of a layer's sums reach the largest value of its output type."""

# A bias is random with this share of its filter's standard deviation.
_BIAS_SHARE = 0.1
# NumPy's normal numbers stay below: its tail begins at 3.66 and adds -ln(2^-53) / 3.65 at most.
_LARGEST_NORMAL = 14.0


@dataclass(frozen=True, slots=True)
class LayerTask:
    """One layer to be made: number `number` of its network, which draws by `seed`."""

    layer: Layer
    inputs: tuple[ElementType, ...]
    output: ElementType
    scheme: Scheme
    last: bool
    seed: int
    number: int

    @property
    def lowest(self) -> int:
        """The least value after rounding."""
        return assumed_clamp(self.layer, self.output)[0]

    @property
    def highest(self) -> int:
        """The largest value after rounding."""
        return assumed_clamp(self.layer, self.output)[1]

    @property
    def full(self) -> int:
        """What `DEVIATIONS_AT_CLAMP` standard deviations reach."""
        return clamp_of(self.layer, self.output)[1]

    @property
    def table(self) -> NDArray[np.int16] | None:
        """What the values are looked up in, if they are."""
        entries = table_entries(self.layer.activation, self.output.lowest, self.output.highest)
        return None if entries is None else np.array(entries, np.int16)

    @property
    def pad_value(self) -> int:
        """What padding counts as."""
        return self.inputs[0].outside


def random_filters(task: LayerTask, values: Expectation) -> QuantisedLayer:
    """The layer with all its integers, for inputs like the sample `values`."""
    return _drawn(task, *mean_and_spread(values, task.layer, task.pad_value))


def filters_in_outline(task: LayerTask, values: Expectation) -> QuantisedLayer:
    """The layer of `random_filters` in outline: the same k, and no integer drawn but for it."""
    mean, spread = mean_and_spread(values, task.layer, task.pad_value)
    undrawn = Undrawn(_reach(task, mean, spread), lambda: _drawn(task, mean, spread))
    # Accumulation by truncation asks for a shift, and refuses one that is too small.
    shift = _least_shift(task, spread)
    if task.output.is_requantised and shift < task.scheme.fraction_bits:
        shift = undrawn.draw().shift
    filters = task.layer.weight_shape[0]
    multiplies = task.output.is_requantised
    return QuantisedLayer(
        task.layer,
        task.inputs,
        task.output,
        task.lowest,
        task.highest,
        task.scheme,
        without_room(task.layer.weight_shape),
        choose_k(task.scheme, filters, task.last, random_stream(task.seed, task.number)),
        np.zeros(filters, np.int32),
        np.full(filters, LARGEST_MULTIPLIER if multiplies else 1, np.int32),
        shift if multiplies else 0,
        undrawn=undrawn,
        table=task.table,
    )


def without_room(shape: tuple[int, ...]) -> NDArray[np.int16]:
    """Zeros int16[shape] that are all the same one in memory."""
    return np.broadcast_to(np.zeros((), np.int16), shape)


def random_stream(seed: int, number: int, kind: int = 0) -> np.random.Generator:
    """The random numbers of layer (or, with `kind` 1, image) `number`; `InputError` if negative."""
    if seed < 0:
        raise InputError("seed", f"{seed} is negative", "use 0 or more")
    return np.random.Generator(
        np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(kind, number)))
    )


def _drawn(task: LayerTask, mean: float, spread: float) -> QuantisedLayer:
    """The layer for inputs of this mean, whose sums spread by `spread` a unit of length."""
    rng, output = random_stream(task.seed, task.number), task.output
    k = choose_k(task.scheme, task.layer.output_shape.channels, task.last, rng)
    weights, sums, lengths = draw_weights(task.scheme, task.layer.weight_shape, k, rng)
    # A filter of zeros has no sums of its own; it gets the scale of its layer.
    lengths[lengths == 0] = lengths[lengths > 0].mean() if lengths.any() else 1.0
    deviations = spread * lengths
    jitter = _BIAS_SHARE * rng.standard_normal(k.size)
    bias = np.rint(deviations * jitter - mean * sums).astype(np.int32)
    multiplier, shift = np.ones(k.size, np.int32), 0
    if output.is_requantised:
        multiplier, shift = fixed_point(task.full / DEVIATIONS_AT_CLAMP / deviations)
    return QuantisedLayer(
        task.layer,
        task.inputs,
        output,
        task.lowest,
        task.highest,
        task.scheme,
        weights,
        k,
        bias,
        multiplier,
        shift,
        table=task.table,
    )


def _reach(task: LayerTask, mean: float, spread: float) -> int:
    """A number that no sum of the layer's exceeds, whatever weights are drawn.

    A bias takes the mean out of a filter's sum, so that inputs count by how far from the mean
    they lie; what is random of it is at most `random` standard deviations. A truncated term is
    at most its input, and its bias 2**fraction_bits times less.
    """
    element, size = task.inputs[0], prod(task.layer.weight_shape[1:])
    away = max(element.highest - mean, mean - element.lowest)
    random = _BIAS_SHARE * _LARGEST_NORMAL * spread * task.scheme.largest * sqrt(size)
    exact = task.scheme.largest * size * away + random + 1
    widest = max(element.highest, -element.lowest)
    bias = task.scheme.largest * size * abs(mean) / 2**task.scheme.fraction_bits
    truncated = task.scheme.max_terms * size * widest + bias + random + 1
    reach: int = ceil(max(exact, truncated))
    return reach


def _least_shift(task: LayerTask, spread: float) -> int:
    """A shift that the drawn layer's is not below: a filter that is not of zeros is 1 long."""
    if spread <= 0:
        return 0
    largest = task.full / DEVIATIONS_AT_CLAMP / spread
    return shift_for(largest)
