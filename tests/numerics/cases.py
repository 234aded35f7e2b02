"""Random convolution cases for the property tests: shapes by hypothesis, numbers by seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from lightsim.numerics.convolution.exact import convolve

__all__ = ["Case", "added", "cases", "convolve_groups", "repeatable", "weights_of"]


def repeatable(examples):
    """Settings that make the gate the same on every run."""
    return settings(derandomize=True, max_examples=examples, deadline=None, database=None)


@dataclass(frozen=True)
class Case:
    """The shapes of one convolution and the seed of its numbers."""

    batch: int
    channels: int
    size: tuple[int, int]
    filters: int
    kernel: tuple[int, int]
    stride: tuple[int, int]
    origin: tuple[int, int]
    outputs: tuple[int, int]
    pad_value: int
    accumulator: type
    seed: int

    @property
    def rng(self):
        return np.random.default_rng(self.seed)

    @property
    def window(self):
        return self.outputs, self.stride, self.origin

    def numbers(self, rng, lowest=-128, highest=255):
        """The input image, its ends drawn often."""
        x = rng.integers(lowest, highest + 1, (self.batch, self.channels, *self.size))
        x[rng.random(x.shape) < 0.1] = lowest
        x[rng.random(x.shape) < 0.1] = highest
        return x.astype(np.int16)

    def accumulators(self, rng):
        """What `out` holds before: a kernel must add to it."""
        shape = (self.batch, self.filters, *self.outputs)
        return rng.integers(-1000, 1000, shape).astype(self.accumulator)


def cases(max_channels=6, max_filters=6):
    """Odd shapes, windows that hang over every edge or miss the image, single pixels."""
    pair = lambda low, high: st.tuples(st.integers(low, high), st.integers(low, high))  # noqa: E731
    return st.builds(
        Case,
        batch=st.integers(1, 3),
        channels=st.integers(1, max_channels),
        size=pair(1, 6),
        filters=st.integers(1, max_filters),
        kernel=pair(1, 4),
        stride=pair(1, 3),
        origin=pair(-4, 4),
        outputs=pair(1, 5),
        pad_value=st.sampled_from([0, -1]),
        accumulator=st.sampled_from([np.int32, np.int64]),
        seed=st.integers(0, 2**32 - 1),
    )


def weights_of(case, rng, lowest=-256, highest=256):
    """Weights [filter, channel, row, column] of a case, both ends among them."""
    shape = (case.filters, case.channels, *case.kernel)
    return rng.integers(lowest, highest + 1, shape).astype(np.int16)


def convolve_groups(x, weights, out, groups, *window):
    """A grouped convolution as the whole-layer reference makes it: `convolve` for each group, on
    slices of the channels of `x` and `out` (`quantisation.inference.parts`)."""
    inner, outer = x.shape[1] // groups, out.shape[1] // groups
    for group in range(groups):
        channels = slice(group * inner, (group + 1) * inner)
        filters = slice(group * outer, (group + 1) * outer)
        convolve(x[:, channels], weights[filters], out[:, filters], *window)


def added(case, out, before):
    """What the kernel added, as lists."""
    return (out.astype(np.int64) - before).tolist()
