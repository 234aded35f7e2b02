"""The array shapes that are worth building, and the order in which to try them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import log2

from lightsim.units import ceil_div

__all__ = ["array_shapes", "effective_lanes", "fits_word"]

# Channel counts and image widths that layers commonly have in the networks of the zoo.
_CHANNELS = (64, 128, 256, 512)
_WIDTHS = (56, 32, 28, 16, 14, 8)
_ROWS = (1, 2, 4, *range(8, 129, 8), 160, 192, 224, 256, 320, 384, 512)
_COLUMNS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
_PIXELS = (1, 2, 3, 4, 5, 6, 7, 8)
# The share of the lanes that a shape is charged: per squared doubling between rows and columns (one
# kind of word gets long), and per doubling of the pixels (each pixel has its own copy of the
# input).
_IMBALANCE = 0.02
_PIXEL_DOUBLING = 0.02


def fits_word(columns: int, word_bytes: int) -> bool:
    """Whether whole memory words feed the columns, or whole column groups fill a word."""
    return columns % word_bytes == 0 or word_bytes % columns == 0


def effective_lanes(rows: int, columns: int, pixels: int) -> float:
    """Lanes that do useful work, on average over common channel counts and image widths."""
    useful = _filled(rows, _CHANNELS) * _filled(columns, _CHANNELS) * _filled(pixels, _WIDTHS)
    return rows * columns * pixels * useful


@lru_cache(maxsize=8)
def array_shapes(word_bytes: int) -> tuple[tuple[int, int, int], ...]:
    """Rows, columns and pixels of every shape, the most useful shape first.

    The usefulness of a shape is its effective lanes, less 2 % for every squared doubling between
    rows and columns and 2 % for every doubling of the pixels (both assumed). Rows are multiples of
    eight, or 1, 2 or 4; columns are powers of two that fit the memory word.
    """
    shapes = [shape for shape in _shapes() if fits_word(shape[1], word_bytes)]
    return tuple(sorted(shapes, key=lambda shape: (-_score(*shape), shape)))


def _shapes() -> Iterator[tuple[int, int, int]]:
    return ((r, c, p) for r in _ROWS for c in _COLUMNS for p in _PIXELS)


def _score(rows: int, columns: int, pixels: int) -> float:
    loss = _IMBALANCE * log2(rows / columns) ** 2 + _PIXEL_DOUBLING * log2(pixels)
    return effective_lanes(rows, columns, pixels) * (1 - loss)


def _filled(parallel: int, sizes: tuple[int, ...]) -> float:
    """The mean share of `parallel` units that a loop of each size keeps busy."""
    return sum(size / (ceil_div(size, parallel) * parallel) for size in sizes) / len(sizes)
