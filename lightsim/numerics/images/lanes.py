"""Where the outputs of a window lie in the lanes of vectors, and their inputs in an image of words.

An image of words is split by stride phase, so that every tap of the kernel reads neighbours for
neighbouring outputs. The outputs are taken either as one run over the rows, the pixels between
two rows being computed and dropped, or row by row, the last vector of a row being partly dropped:
whichever needs fewer vectors.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.numerics.images.window import Pair, Window

__all__ = [
    "COLUMN",
    "FIRST_SEGMENT",
    "FIRST_VECTOR",
    "LANE",
    "LAST_SEGMENT",
    "LAST_VECTOR",
    "LENGTH",
    "ROW",
    "Lanes",
    "lanes_of",
]

# Columns of `Lanes.chunks`: its first vector and segment, and those behind its last.
FIRST_VECTOR, LAST_VECTOR, FIRST_SEGMENT, LAST_SEGMENT = range(4)
# Columns of `Lanes.segments`.
LANE, ROW, COLUMN, LENGTH = range(4)
_CHUNK_VECTORS = 66  # the sums of a block of 8 filters for so many pixels stay in the cache


@dataclass(frozen=True, slots=True, eq=False)
class Lanes:
    """`phases`, `high` and `wide` are the shape of a word's planes: [phase y, x, high, wide].

    table    int64[words * taps]: how far tap t of word q lies behind the first, at q * taps + t
    begins   int64[vectors]: where a vector's first output sees its first tap
    chunks   int64[chunks, 4]: vectors and segments, from .. to, that are done together
    segments int64[segments, 4]: lane in its chunk, output row and column, number of outputs
    image    words of an image
    largest  most vectors of a chunk
    """

    phases: Pair
    high: int
    wide: int
    table: NDArray[np.int64]
    begins: NDArray[np.int64]
    chunks: NDArray[np.int64]
    segments: NDArray[np.int64]
    image: int
    largest: int

    @property
    def steps(self) -> tuple[int, int, int, int, int]:
        """From an image, a word, a phase y, a phase x, a line to the next."""
        plane = self.high * self.wide
        word = self.phases[0] * self.phases[1] * plane
        return self.image, word, self.phases[1] * plane, plane, self.wide


@functools.lru_cache(maxsize=1024)
def lanes_of(window: Window, words: int, lanes: int) -> Lanes:
    """For images of `words` words a pixel and vectors of `lanes` lanes; `origin` plays no part."""
    (kh, kw), (sy, sx) = window.kernel, window.stride
    phases = min(kh, sy), min(kw, sx)
    high, wide = window.rows + (kh - 1) // sy, window.columns + (kw - 1) // sx
    ky, kx = np.arange(kh)[:, None], np.arange(kw)
    plane = (ky % sy) * phases[1] + kx % sx
    taps = plane * (high * wide) + (ky // sy) * wide + kx // sx
    table = np.arange(words)[:, None] * (phases[0] * phases[1] * high * wide) + taps.reshape(-1)
    in_a_run = -(-((window.rows - 1) * wide + window.columns) // lanes)
    in_rows = window.rows * -(-window.columns // lanes)
    cut = _run if in_a_run < in_rows else _rows
    begins, outputs = cut(window, wide, lanes)
    vectors = np.arange(0, len(begins) + _CHUNK_VECTORS, _CHUNK_VECTORS).clip(max=len(begins))
    segments, ends = [], [0]
    for first in vectors[:-1]:
        last = min(first + _CHUNK_VECTORS, len(begins))
        for at, row, column, length in outputs:
            begin, end = max(at, first * lanes), min(at + length, last * lanes)
            if begin < end:
                segments.append((begin - first * lanes, row, column + begin - at, end - begin))
        ends.append(len(segments))
    chunks = np.stack([vectors[:-1], vectors[1:], ends[:-1], ends[1:]], axis=1)
    return Lanes(
        phases, high, wide, table.reshape(-1).astype(np.int64), np.array(begins, np.int64),
        chunks[chunks[:, FIRST_VECTOR] < chunks[:, LAST_VECTOR]].astype(np.int64),
        np.array(segments, np.int64),
        words * phases[0] * phases[1] * high * wide, min(len(begins), _CHUNK_VECTORS),
    )  # fmt: skip


Output = tuple[int, int, int, int]  # lane counted from the first vector, row, column, length


def _run(window: Window, wide: int, lanes: int) -> tuple[list[int], list[Output]]:
    outputs = (window.rows - 1) * wide + window.columns
    segments = [(row * wide, row, 0, window.columns) for row in range(window.rows)]
    return list(range(0, outputs, lanes)), segments


def _rows(window: Window, wide: int, lanes: int) -> tuple[list[int], list[Output]]:
    begins: list[int] = []
    segments: list[Output] = []
    for row in range(window.rows):
        for column in range(0, window.columns, lanes):
            length = min(lanes, window.columns - column)
            segments.append((len(begins) * lanes, row, column, length))
            begins.append(row * wide + column)
    return begins, segments
