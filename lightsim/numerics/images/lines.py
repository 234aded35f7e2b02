"""One line of pixels made into words: loops written in LLVM's language for their masked ends.

Lines are short, seven or fourteen pixels: what a compiled loop does for the pixels left over from
its last whole vector takes longer than the rest. Sixteen pixels at a time are loaded here under a
mask (`llvm.masked.load`), which LLVM can do for any processor.

This file imports numba: it is itself imported by the first convolution.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils as untyped_cgutils
from numba.extending import intrinsic

from lightsim.numerics.vectors.code import masked_load, masked_store, splat, start

__all__ = ["join_bytes", "join_numbers", "join_signs", "pad_line"]

cgutils: Any = untyped_cgutils

_LANES = 16
_INT16, _INT32, _INT64 = ir.IntType(16), ir.IntType(32), ir.IntType(64)
_NUMBERS, _WORDS = ir.VectorType(_INT16, _LANES), ir.VectorType(_INT32, _LANES)


def _join_numbers(
    typing: Any, x: Any, begin: Any, shift: Any, keep: Any, place: Any, offset: Any,
    outside: Any, to: Any, first: Any, inside: Any, count: Any,
) -> Any:  # fmt: skip
    """to[first + j] = OR over i of (((x[begin[i] + j] >> shift[i]) + offset) & keep[i])
    << place[i], for j from inside[0] to inside[1] - 1, and `outside` for the other j below
    `count`; returns the OR of all numbers before the `&`.

    `begin`, `shift`, `keep` and `place` are tuples of four.
    """
    arguments = (x, begin, shift, keep, place, offset, outside, to, first, inside, count)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        image, words = (start(context, builder, signature, arguments, i) for i in (0, 7))
        begins, *others = (cgutils.unpack_tuple(builder, arguments[i], 4) for i in (1, 2, 3, 4))
        lanes = [tuple(_splat(builder, numbers[i]) for numbers in others) for i in range(4)]
        add, blank = _splat(builder, arguments[5]), _splat(builder, arguments[6])
        nothing = ir.Constant(_WORDS, None)
        seen = cgutils.alloca_once_value(builder, nothing)
        builder.store(nothing, seen)

        def chunk(j: Any, mask: Any) -> Any:
            word, every = nothing, builder.load(seen)
            for begin, (shift, keep, place) in zip(begins, lanes, strict=True):
                loaded = _load(builder, image, builder.add(begin, j), mask)
                number = builder.add(builder.ashr(builder.sext(loaded, _WORDS), shift), add)
                every = builder.or_(every, builder.select(mask, number, nothing))
                word = builder.or_(word, builder.shl(builder.and_(number, keep), place))
            builder.store(every, seen)
            return builder.select(mask, word, blank)

        _chunks(builder, words, arguments[8:], chunk)
        function = ir.FunctionType(_INT32, [_WORDS])
        name = f"llvm.vector.reduce.or.v{_LANES}i32"
        any_bit = cgutils.get_or_insert_function(builder.module, function, name)
        return builder.call(any_bit, [builder.load(seen)])

    return types.int32(*arguments), generate


join_numbers: Any = intrinsic(_join_numbers)


def _join_bytes(
    typing: Any, x: Any, begin: Any, step: Any, offset: Any, outside: Any, to: Any, first: Any,
    inside: Any, count: Any,
) -> Any:  # fmt: skip
    """As `join_numbers` for four bytes: number i is x[begin + i * step + j] + offset.

    Pairs of numbers are joined before they are made words: a third of the steps.
    """
    arguments = (x, begin, step, offset, outside, to, first, inside, count)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        image, words = (start(context, builder, signature, arguments, i) for i in (0, 5))
        begins = [builder.add(arguments[1], builder.mul(arguments[2], _INT64(i))) for i in range(4)]
        add = splat(builder, builder.trunc(arguments[3], _INT16), _LANES)
        blank = _splat(builder, arguments[4])
        byte, bits = (ir.Constant(_NUMBERS, [number] * _LANES) for number in (255, 8))
        high = ir.Constant(_WORDS, [16] * _LANES)
        nothing = ir.Constant(_NUMBERS, None)
        seen = cgutils.alloca_once(builder, _NUMBERS)
        builder.store(nothing, seen)

        def chunk(j: Any, mask: Any) -> Any:
            every, pairs = builder.load(seen), []
            numbers = []
            for begin in begins:
                at = builder.gep(image, [builder.add(begin, j)])
                number = builder.add(masked_load(builder, _NUMBERS, at, mask), add)
                numbers.append(number)
            for low, upper in (numbers[:2], numbers[2:]):
                every = builder.or_(every, builder.or_(low, upper))
                pair = builder.or_(builder.and_(low, byte), builder.shl(upper, bits))
                pairs.append(builder.zext(pair, _WORDS))
            builder.store(every, seen)
            word = builder.or_(pairs[0], builder.shl(pairs[1], high))
            return builder.select(mask, word, blank)

        _chunks(builder, words, arguments[6:], chunk)
        function = ir.FunctionType(_INT16, [_NUMBERS])
        name = f"llvm.vector.reduce.or.v{_LANES}i16"
        any_bit = cgutils.get_or_insert_function(builder.module, function, name)
        return builder.sext(builder.call(any_bit, [builder.load(seen)]), _INT32)

    return types.int32(*arguments), generate


join_bytes: Any = intrinsic(_join_bytes)


def _join_signs(
    typing: Any, x: Any, begin: Any, step: Any, channels: Any, to: Any, first: Any, inside: Any,
    count: Any,
) -> Any:  # fmt: skip
    """Bit i of to[first + j] is 1 where x[begin + i * step + j] > 0, for i below `channels`
    (at most 32) and j from inside[0] to inside[1] - 1, and 0 for the other j below `count`.
    """
    arguments = (x, begin, step, channels, to, first, inside, count)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        image, words = (start(context, builder, signature, arguments, i) for i in (0, 4))
        begin, step, channels = arguments[1:4]
        word, nothing = cgutils.alloca_once(builder, _WORDS), ir.Constant(_WORDS, None)

        def chunk(j: Any, mask: Any) -> Any:
            builder.store(nothing, word)
            with cgutils.for_range_slice(builder, _INT64(0), channels, _INT64(1), _INT64) as (i, _):
                at = builder.add(builder.add(begin, j), builder.mul(i, step))
                loaded = _load(builder, image, at, mask)
                above = builder.icmp_signed(">", loaded, ir.Constant(_NUMBERS, None))
                bit = _splat(builder, builder.shl(_INT64(1), i))
                one = builder.select(above, bit, nothing)
                builder.store(builder.or_(builder.load(word), one), word)
            return builder.load(word)

        _chunks(builder, words, arguments[5:], chunk)
        return context.get_dummy_value()

    return types.void(*arguments), generate


join_signs: Any = intrinsic(_join_signs)


def _pad_line(
    typing: Any, stride: Any, x: Any, begin: Any, outside: Any, to: Any, first: Any, inside: Any,
    count: Any,
) -> Any:  # fmt: skip
    """to[first + j] = x[begin + j * stride] for j from inside[0] to inside[1] - 1, and `outside`
    for the other j below `count`; `stride` is 1 or 2.
    """
    arguments = (stride, x, begin, outside, to, first, inside, count)
    step = stride.literal_value

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        image, line = (start(context, builder, signature, arguments, i) for i in (1, 4))
        blank = splat(builder, builder.trunc(arguments[3], _INT16), _LANES)

        def chunk(j: Any, mask: Any) -> Any:
            at = builder.add(arguments[2], builder.mul(j, _INT64(step)))
            if step == 1:
                return builder.select(mask, _load(builder, image, at, mask), blank)
            # Sixteen of thirty-two, of which the others may lie behind the end.
            halves = []
            for half in range(2):
                order = [half * 8 + n // 2 if n % 2 == 0 else _LANES for n in range(_LANES)]
                none = ir.Constant(mask.type, None)
                wanted = builder.shuffle_vector(mask, none, ir.Constant(_WORDS, order))
                here = builder.add(at, _INT64(half * _LANES))
                halves.append(_load(builder, image, here, wanted))
            even = ir.Constant(_WORDS, list(range(0, 2 * _LANES, 2)))
            return builder.select(mask, builder.shuffle_vector(*halves, even), blank)

        _chunks(builder, line, arguments[5:], chunk)
        return context.get_dummy_value()

    return types.void(*arguments), generate


pad_line: Any = intrinsic(prefer_literal=True)(_pad_line)


def _chunks(builder: Any, words: Any, line: Any, chunk: Callable[[Any, Any], Any]) -> None:
    """Store chunk(j, inside) at words[first + j] for every j that is a multiple of the lanes.

    `line` is (first, (begin, end), count): the lanes from begin to end - 1 are inside.
    """
    first, inside, count = line
    begin, end = cgutils.unpack_tuple(builder, inside, 2)
    lanes = ir.Constant(_WORDS, list(range(_LANES)))
    with cgutils.for_range_slice(builder, _INT64(0), count, _INT64(_LANES), _INT64) as (j, _):
        from_begin, to_end, to_count = (
            _splat(builder, builder.sub(number, j)) for number in (begin, end, count)
        )
        after = builder.icmp_signed(">=", lanes, from_begin)
        mask = builder.and_(after, builder.icmp_signed("<", lanes, to_end))
        word = chunk(j, mask)
        to = builder.gep(words, [builder.add(first, j)])
        masked_store(builder, word, to, builder.icmp_signed("<", lanes, to_count))


def _load(builder: Any, image: Any, at: Any, mask: Any) -> Any:
    return masked_load(builder, _NUMBERS, builder.gep(image, [at]), mask)


def _splat(builder: Any, number: Any) -> Any:
    """A vector of words, all `number` (its low 32 bits)."""
    if number.type.width > 32:
        number = builder.trunc(number, _INT32)
    return splat(builder, number, _LANES)
