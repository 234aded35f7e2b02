"""The code of a tile of sums and of its lines of outputs, written in LLVM's own language.

`emitted_tiles.py` says what a tile is. This file imports numba: it is itself imported by the first
convolution.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils as untyped_cgutils
from numba.extending import intrinsic

from lightsim.numerics.vectors.code import (
    added,
    masked_load,
    masked_store,
    requantised,
    requantised_high,
    splat,
    start,
    vector_at,
)
from lightsim.numerics.vectors.instruction import INSTRUCTIONS, PIXELS

__all__ = ["add_line", "add_over", "requantise_high", "requantise_line", "tile"]

_INT32, _INT64 = ir.IntType(32), ir.IntType(64)
_LANES = 16
_SUMS = ir.VectorType(_INT32, _LANES)
_FEW = 5

cgutils: Any = untyped_cgutils


def _emit_tile(
    typing: Any, name: Any, vectors: Any, pixels: Any, words: Any, index: Any, ends: Any,
    ranges: Any, image: Any, sums: Any, place: Any,
) -> Any:  # fmt: skip
    """Emit sums[to + f * step + p] = the dot product of filter f and pixel p of a tile; what
    follows there up to sixteen numbers is spoilt.

    Tap t of the block are the rows ends[at + t] to the next of `words`, those of phase 0, whose
    words are negated, coming before those of phase 1, at `at` + `taps`; row i of them is
    multiplied with image[begin + index[i] + p]. ranges[r] are from and to which tap, and a mode,
    for r from `first` to `last` - 1; mode 1 leaves out the first pixel, 2 the last. `pixels` is
    one of `PIXELS`; `place` is (begin, at, taps, first phase that has rows, first, last, to,
    step).
    """
    row = INSTRUCTIONS[name.literal_value]
    arguments = (name, vectors, pixels, words, index, ends, ranges, image, sums, place)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        starts = [start(context, builder, signature, arguments, n) for n in range(3, 9)]
        place = cgutils.unpack_tuple(builder, arguments[9], 8)
        done = builder.append_basic_block("tiled")
        switch = builder.switch(arguments[2], done)
        for count in PIXELS:
            block = builder.append_basic_block(f"pixels.{count}")
            switch.add_case(_INT64(count), block)
            builder.position_at_end(block)
            code = _Tile(builder, row, (count, vectors.literal_value), *starts)
            code.emit(*place)
            builder.branch(done)
        builder.position_at_end(done)
        return context.get_dummy_value()

    return types.void(*arguments), generate


tile: Any = intrinsic(prefer_literal=True)(_emit_tile)


class _Tile:
    """The instructions of one tile, written with `builder`."""

    def __init__(
        self, builder: Any, row: Any, shape: tuple[int, int],
        words: Any, index: Any, ends: Any, ranges: Any, image: Any, sums: Any,
    ) -> None:  # fmt: skip
        self.builder, self.row, (self.pixels, self.vectors) = builder, row, shape
        self.words, self.index, self.ends, self.ranges = words, index, ends, ranges
        self.image, self.sums = image, sums
        # LLVM turns these variables into registers.
        self.totals = [
            [cgutils.alloca_once(builder, _SUMS) for _ in range(self.vectors)]
            for _ in range(self.pixels)
        ]

    def emit(
        self, begin: Any, at: Any, taps: Any, phase: Any, first: Any, last: Any, to: Any, step: Any
    ) -> None:
        builder, nothing = self.builder, ir.Constant(_SUMS, None)
        every = [total for totals in self.totals for total in totals]
        for total in every:
            builder.store(nothing, total)
        with cgutils.for_range_slice(builder, phase, _INT64(2), _INT64(1), _INT64) as (h, _):
            with builder.if_then(builder.icmp_signed(">", h, phase)):
                for total in every:
                    builder.store(builder.sub(nothing, builder.load(total)), total)
            here = builder.add(at, builder.mul(h, taps))
            with cgutils.for_range_slice(builder, first, last, _INT64(1), _INT64) as (r, _):
                self._range(begin, here, builder.mul(r, _INT64(3)))
        self._turn_round(to, step)

    def _value(self, array: Any, index: Any, more: int = 0) -> Any:
        builder = self.builder
        return builder.load(builder.gep(array, [builder.add(index, _INT64(more))]))

    def _range(self, begin: Any, at: Any, where: Any) -> None:
        builder = self.builder
        span = [
            self._value(self.ends, builder.add(at, self._value(self.ranges, where, n)))
            for n in (0, 1)
        ]
        mode = self._value(self.ranges, where, 2)
        if self.pixels <= _FEW:  # padding is zeros: it need not be left out where that saves little
            self._loop(span, begin, range(self.pixels))
            return
        done = builder.append_basic_block("range.done")
        switch = builder.switch(mode, done)
        for case, (first, last) in enumerate(((0, 0), (1, 0), (0, 1))):
            block = builder.append_basic_block("range")
            switch.add_case(mode.type(case), block)
            builder.position_at_end(block)
            self._loop(span, begin, range(first, self.pixels - last))
            builder.branch(done)
        builder.position_at_end(done)

    def _loop(self, span: Any, begin: Any, pixels: range) -> None:
        builder = self.builder
        with cgutils.for_range_slice(builder, *span, _INT64(1), _INT64) as (i, _):
            offset = builder.add(begin, builder.sext(self._value(self.index, i), _INT64))
            line = builder.gep(self.image, [offset])
            word = builder.gep(self.words, [builder.mul(i, _INT64(2 * _LANES))])
            weights = [
                vector_at(builder, builder.gep(word, [_INT64(v * _LANES)]), _SUMS)
                for v in range(self.vectors)
            ]
            for p in pixels:
                number = builder.load(builder.gep(line, [_INT64(p)]))
                image = splat(builder, number, _LANES)
                for weight, total in zip(weights, self.totals[p], strict=True):
                    before = builder.load(total)
                    builder.store(added(builder, self.row, before, image, weight), total)

    def _turn_round(self, to: Any, step: Any) -> None:
        """Lane f of pixel p becomes lane p of filter f: halves, quarters .. change places."""
        builder = self.builder
        for v in range(self.vectors):
            lines = [builder.load(totals[v]) for totals in self.totals]
            lines += [ir.Constant(_SUMS, ir.Undefined)] * (_LANES - self.pixels)
            for half in (8, 4, 2, 1):
                here = [n for n in range(_LANES) if not n & half]
                low = [n if not n & half else n - half + _LANES for n in range(_LANES)]
                high = [n + half if not n & half else n + _LANES for n in range(_LANES)]
                for n in here:
                    a, b = lines[n], lines[n + half]
                    lines[n], lines[n + half] = (
                        _shuffled(builder, a, b, how) for how in (low, high)
                    )
            for f, line in enumerate(lines):
                at = builder.add(to, builder.mul(step, _INT64(v * _LANES + f)))
                vector_at(builder, builder.gep(self.sums, [at]), _SUMS, line)


def _shuffled(builder: Any, a: Any, b: Any, how: list[int]) -> Any:
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(_INT32, len(how)), how))


def _emit_over(
    typing: Any, name: Any, lines: Any, words: Any, index: Any, image: Any, sums: Any, span: Any,
    place: Any,
) -> Any:  # fmt: skip
    """Emit sums[at + g * step + p] += words[i] times image[begin + g * line + index[i] + p].

    That is for every i from span[0] to span[1] - 1, every p below 16 and `count`, and `lines`
    lines g; `place` is (at, step, begin, line, count).
    """
    row, count = INSTRUCTIONS[name.literal_value], lines.literal_value
    arguments = (name, lines, words, index, image, sums, span, place)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        words, index, image, sums = (
            start(context, builder, signature, arguments, n) for n in range(2, 6)
        )
        at, step, begin, line, inside = cgutils.unpack_tuple(builder, arguments[7], 5)
        mask = _below(builder, inside)
        places = [
            builder.gep(sums, [builder.add(at, builder.mul(step, _INT64(g)))]) for g in range(count)
        ]
        totals = [cgutils.alloca_once(builder, _SUMS) for _ in places]
        for to, total in zip(places, totals, strict=True):
            builder.store(vector_at(builder, to, _SUMS), total)
        span = cgutils.unpack_tuple(builder, arguments[6], 2)
        with cgutils.for_range_slice(builder, *span, _INT64(1), _INT64) as (i, _):
            weights = splat(builder, builder.load(builder.gep(words, [i])), _LANES)
            offset = builder.sext(builder.load(builder.gep(index, [i])), _INT64)
            seen = builder.add(begin, offset)
            for g, total in enumerate(totals):
                here = builder.add(seen, builder.mul(line, _INT64(g)))
                pixels = vector_at(builder, builder.gep(image, [here]), _SUMS)
                before = builder.load(total)
                builder.store(added(builder, row, before, pixels, weights), total)
        for to, total in zip(places, totals, strict=True):
            masked_store(builder, builder.load(total), to, mask)
        return context.get_dummy_value()

    return types.void(*arguments), generate


add_over: Any = intrinsic(prefer_literal=True)(_emit_over)


def _emit_added(
    typing: Any, sums: Any, lane: Any, first: Any, factor: Any, count: Any, totals: Any, at: Any
) -> Any:
    """Emit totals[at + p] += first + factor * sums[lane + p] for p below 16 and `count`."""
    arguments = (sums, lane, first, factor, count, totals, at)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        found = _total(context, builder, signature, arguments)
        to, mask = _line(context, builder, signature, arguments)
        before = masked_load(builder, _SUMS, to, mask)
        masked_store(builder, builder.add(before, found), to, mask)
        return context.get_dummy_value()

    return types.void(*arguments), generate


add_line: Any = intrinsic(_emit_added)


def _emit_requantised(
    typing: Any, sums: Any, lane: Any, first: Any, factor: Any, count: Any, out: Any, at: Any,
    by: Any, rule: Any,
) -> Any:  # fmt: skip
    """Emit the same, requantised into `out` as `rule` says (`requantise.rounding_rule`)."""
    arguments = (sums, lane, first, factor, count, out, at, by, rule)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        total, rule = (
            _total(context, builder, signature, arguments),
            cgutils.unpack_tuple(builder, arguments[8], 6),
        )
        to, mask = _line(context, builder, signature, arguments)
        masked_store(builder, requantised(builder, total, arguments[7], rule), to, mask)
        return context.get_dummy_value()

    return types.void(*arguments), generate


requantise_line: Any = intrinsic(_emit_requantised)


def _emit_requantised_high(
    typing: Any, sums: Any, lane: Any, first: Any, factor: Any, count: Any, out: Any, at: Any,
    by: Any, rule: Any,
) -> Any:  # fmt: skip
    """As `_emit_requantised` by `requantised_high`, `rule` being (nudge, lowest, highest)."""
    arguments = (sums, lane, first, factor, count, out, at, by, rule)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        total = _total(context, builder, signature, arguments)
        nudge, *ends = cgutils.unpack_tuple(builder, arguments[8], 3)
        least, most = (builder.trunc(end, _INT32) for end in ends)
        to, mask = _line(context, builder, signature, arguments)
        found = requantised_high(builder, total, arguments[7], nudge, least, most)
        masked_store(builder, found, to, mask)
        return context.get_dummy_value()

    return types.void(*arguments), generate


requantise_high: Any = intrinsic(_emit_requantised_high)


def _total(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    begin = builder.gep(start(context, builder, signature, arguments, 0), [arguments[1]])
    first, factor = (splat(builder, arguments[n], _LANES) for n in (2, 3))
    return builder.add(first, builder.mul(factor, vector_at(builder, begin, _SUMS)))


def _line(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """Where the line is written, and which of its sixteen places are."""
    to = builder.gep(start(context, builder, signature, arguments, 5), [arguments[6]])
    return to, _below(builder, arguments[4])


def _below(builder: Any, count: Any) -> Any:
    """Which of sixteen lanes are below `count`."""
    lanes = ir.Constant(_SUMS, list(range(_LANES)))
    limit = splat(builder, builder.trunc(count, _INT32), _LANES)
    return builder.icmp_signed("<", lanes, limit)
