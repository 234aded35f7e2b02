"""Blocks of dot products whose instruction is written down in LLVM's own language.

LLVM never makes the byte dot product of a loop by itself, and plain loops reach a fifth of the
processor's rate. `_block` therefore emits the loop over the words of a block of filters, the
sums held in registers, with the instruction named (`vector_code.added`). `emitted_tiles.py` is the
other way round. Nothing else knows how it is done; which rows there are stands in `instruction.py`.

This file imports numba: it is itself imported by the first convolution.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils as untyped_cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

from lightsim.kernels.compiled import compiled
from lightsim.numerics.images import lanes as at_lane
from lightsim.numerics.vectors.code import added, splat, start, vector_at
from lightsim.numerics.vectors.instruction import INSTRUCTIONS, Instruction

__all__ = ["KERNELS"]

_INT32, _INT64 = ir.IntType(32), ir.IntType(64)

cgutils: Any = untyped_cgutils

# A weight beyond a byte is 256 * high + low: a block's high words come first, then those whose
# weights are all negated, because +128 is no signed byte but -128 is; see `filter_words.Packed`.
_DIGIT_BITS = 8


def _emit_block(
    typing: Any, name: Any, vectors: Any, words: Any, index: Any, table: Any, image: Any,
    begins: Any, sums: Any, place: Any, span: Any,
) -> Any:  # fmt: skip
    """Emit sums[f * row + lane] = the dot products of a block of filters with `vectors` vectors.

    Word i of the block, words[i, f], is multiplied with image[origin + begins[v] +
    table[index[i]] + lane]; `span` is a row of `Packed.blocks`; `place` is
    (origin, v, at, row), sums beginning at `at`.
    """
    row, count = INSTRUCTIONS[name.literal_value], vectors.literal_value
    signature = types.void(name, vectors, words, index, table, image, begins, sums, place, span)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        starts = [start(context, builder, signature, arguments, n) for n in range(2, 8)]
        emitter = _Emitter(builder, row, count, *starts)
        place = cgutils.unpack_tuple(builder, arguments[8], 4)
        emitter.emit(place, cgutils.unpack_tuple(builder, arguments[9], 4))
        return context.get_dummy_value()

    return signature, generate


_block: Any = intrinsic(prefer_literal=True)(_emit_block)


class _Emitter:
    """The instructions of one block, written with `builder`."""

    def __init__(
        self, builder: Any, row: Instruction, vectors: int,
        words: Any, index: Any, table: Any, image: Any, begins: Any, sums: Any,
    ) -> None:  # fmt: skip
        self.builder, self.row, self.vectors = builder, row, vectors
        self.words, self.index, self.table = words, index, table
        self.image, self.begins, self.sums = image, begins, sums
        self.vector = ir.VectorType(_INT32, row.lanes)
        # LLVM turns these variables into registers.
        self.totals = [
            [cgutils.alloca_once(builder, self.vector) for _ in range(vectors)]
            for _ in range(row.filters)
        ]

    def emit(self, place: Any, span: Any) -> None:
        builder = self.builder
        origin, first_vector, at, step = place
        seen = [
            builder.gep(self.image, [builder.add(origin, self._at(self.begins, first_vector, v))])
            for v in range(self.vectors)
        ]
        for total in self._variables():
            builder.store(ir.Constant(self.vector, None), total)
        first, negated, plain, last = span
        # Zeros shifted or negated stay zeros: not worth a branch.
        self._loop(first, negated, seen)
        digits, nothing = (ir.Constant(self.vector, [n] * self.row.lanes) for n in (_DIGIT_BITS, 0))
        for total in self._variables():
            high = builder.shl(builder.load(total), digits)
            builder.store(builder.sub(nothing, high), total)
        self._loop(negated, plain, seen)
        for total in self._variables():
            builder.store(builder.sub(nothing, builder.load(total)), total)
        self._loop(plain, last, seen)
        for f, totals in enumerate(self.totals):
            line = builder.add(at, builder.mul(step, _INT64(f)))
            for v, total in enumerate(totals):
                to = builder.gep(self.sums, [builder.add(line, _INT64(v * self.row.lanes))])
                vector_at(builder, to, self.vector, builder.load(total))

    def _variables(self) -> list[Any]:
        return [total for totals in self.totals for total in totals]

    def _at(self, array: Any, index: Any, more: int) -> Any:
        builder = self.builder
        return builder.load(builder.gep(array, [builder.add(index, _INT64(more))]))

    def _loop(self, first: Any, last: Any, seen: list[Any]) -> None:
        builder, filters = self.builder, self.row.filters
        with cgutils.for_range_slice(builder, first, last, _INT64(1), _INT64) as (i, _):
            offset = builder.load(builder.gep(self.table, [self._at(self.index, i, 0)]))
            images = [
                vector_at(builder, builder.gep(pixels, [offset]), self.vector) for pixels in seen
            ]
            word = builder.mul(i, _INT64(filters))
            for f, totals in enumerate(self.totals):
                weights = splat(builder, self._at(self.words, word, f), self.row.lanes)
                for image, total in zip(images, totals, strict=True):
                    before = builder.load(total)
                    builder.store(added(builder, self.row, before, image, weights), total)


def _blocks(name: str) -> Callable[..., None]:
    """The kernel whose blocks are made of the row called `name`: see `finish_dots`."""
    row = INSTRUCTIONS[name]
    filters, vectors, lanes = row.filters, row.vectors, row.lanes

    @compiled(_SIGNATURE)
    def run(
        words: NDArray[np.uint32],
        index: NDArray[np.int32],
        blocks: NDArray[np.int64],
        position: NDArray[np.int64],
        table: NDArray[np.int64],
        image: NDArray[np.uint32],
        images: tuple[int, int],
        begins: NDArray[np.int64],
        segments: NDArray[np.int64],
        chunks: NDArray[np.int64],
        sums: NDArray[np.int32],
        offset: NDArray[np.int32],
        scale: int,
        totals: NDArray[np.int32],
        place: tuple[int, int, int, int],
        multiplier: NDArray[np.int32],
        rule: Any,
        out: NDArray[np.int16],
    ) -> None:
        step = sums.size // filters
        shift, nudge, negative, odd, lowest, highest = rule
        factor = np.int32(scale)
        jobs = images[0] * blocks.shape[0]
        for job in range(jobs * chunks.shape[0]):
            chunk = job % chunks.shape[0]
            b, k = divmod(job // chunks.shape[0], blocks.shape[0])
            span = (blocks[k, 0], blocks[k, 1], blocks[k, 2], blocks[k, 3])
            first_vector, last_vector = (
                chunks[chunk, at_lane.FIRST_VECTOR],
                chunks[chunk, at_lane.LAST_VECTOR],
            )
            origin, at = b * images[1], 0
            for v in range(first_vector, last_vector - vectors + 1, vectors):
                _block(
                    name, vectors, words, index, table, image, begins, sums,
                    (origin, v, at, step), span,
                )  # fmt: skip
                at += vectors * lanes
            left = (last_vector - first_vector) % vectors
            rest = (origin, last_vector - left, at, step)
            if left == 2:
                _block(name, 2, words, index, table, image, begins, sums, rest, span)
            elif left == 1:
                _block(name, 1, words, index, table, image, begins, sums, rest, span)
            for f in range(filters):
                m = position[k * filters + f]
                if m < 0:
                    continue
                first = offset[m]
                by = np.int64(multiplier[m])
                for s in range(
                    chunks[chunk, at_lane.FIRST_SEGMENT], chunks[chunk, at_lane.LAST_SEGMENT]
                ):
                    lane, length = f * step + segments[s, at_lane.LANE], segments[s, at_lane.LENGTH]
                    at = place[0] + b * place[1] + m * place[2]
                    at += segments[s, at_lane.ROW] * place[3] + segments[s, at_lane.COLUMN]
                    found = sums[lane : lane + length]
                    if out.size == 0:
                        to = totals[at : at + length]
                        for i in range(length):
                            to[i] += np.int32(first + np.int32(factor * found[i]))
                        continue
                    narrow = out[at : at + length]
                    if negative == 0 and odd == 0:
                        for i in range(length):
                            total = np.int32(first + np.int32(factor * found[i]))
                            value = (np.int64(total) * by + nudge) >> shift
                            narrow[i] = min(max(value, lowest), highest)
                        continue
                    for i in range(length):
                        total = np.int32(first + np.int32(factor * found[i]))
                        value = np.int64(total) * by
                        value += nudge + (value < 0) * negative + ((value >> shift) & 1) * odd
                        narrow[i] = min(max(value >> shift, lowest), highest)

    return run


_SIGNATURE = (
    "void(Array(uint32, 2, 'C', True), Array(int32, 1, 'C', True), Array(int64, 2, 'C', True), "
    "Array(int64, 1, 'C', True), Array(int64, 1, 'C', True), Array(uint32, 1, 'C', True), "
    "UniTuple(int64, 2), Array(int64, 1, 'C', True), Array(int64, 2, 'C', True), "
    "Array(int64, 2, 'C', True), int32[::1], Array(int32, 1, 'C', True), int64, int32[::1], "
    "UniTuple(int64, 4), Array(int32, 1, 'C', True), UniTuple(int64, 6), int16[::1])"
)
KERNELS = {name: _blocks(name) for name in INSTRUCTIONS}
