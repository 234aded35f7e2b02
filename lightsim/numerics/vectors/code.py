"""Steps on vectors that the emitted kernels share, in LLVM's own language.

This file imports numba: it is itself imported by the first convolution.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils as untyped_cgutils

from lightsim.numerics.vectors.instruction import Instruction

__all__ = [
    "added",
    "masked_load",
    "masked_store",
    "requantised",
    "requantised_high",
    "splat",
    "start",
    "vector_at",
]

_BYTE, _INT16, _INT32, _INT64 = ir.IntType(8), ir.IntType(16), ir.IntType(32), ir.IntType(64)
_INTRINSICS = {
    "vpdpbusd-512": ("llvm.x86.avx512.vpdpbusd.512", _BYTE),
    "vpdpbusd-256": ("llvm.x86.avx512.vpdpbusd.256", _BYTE),
    "vpdpwssd-512": ("llvm.x86.avx512.vpdpwssd.512", _INT16),
    "vpmaddwd-256": ("llvm.x86.avx2.pmadd.wd", _INT16),
}

cgutils: Any = untyped_cgutils


def added(builder: Any, row: Instruction, total: Any, image: Any, weights: Any) -> Any:
    """`total` and the products of one word a lane, as the row's instruction makes them.

    The intrinsic functions are those of LLVM 22's x86 back-end
    (`llvm/include/llvm/IR/IntrinsicsX86.td`) or, for counts of ones, `llvm.ctpop`.
    """
    vector, module = total.type, builder.module
    if row.product == "signs":
        kind = ir.FunctionType(vector, [vector])
        count = cgutils.get_or_insert_function(module, kind, f"llvm.ctpop.v{row.lanes}i32")
        return builder.add(total, builder.call(count, [builder.xor(image, weights)]))
    name, number = _INTRINSICS[row.name]
    numbers = ir.VectorType(number, row.lanes * 32 // number.width)
    image, weights = builder.bitcast(image, numbers), builder.bitcast(weights, numbers)
    if row.name == "vpmaddwd-256":
        kind = ir.FunctionType(vector, [numbers, numbers])
        pairs = builder.call(cgutils.get_or_insert_function(module, kind, name), [image, weights])
        return builder.add(total, pairs)
    kind = ir.FunctionType(vector, [vector, numbers, numbers])
    function = cgutils.get_or_insert_function(module, kind, name)
    return builder.call(function, [total, image, weights])


def splat(builder: Any, number: Any, lanes: int) -> Any:
    """A vector of `lanes` lanes, all `number`."""
    kind = ir.VectorType(number.type, lanes)
    nothing = ir.Constant(kind, ir.Undefined)
    one = builder.insert_element(nothing, number, _INT32(0))
    order = ir.Constant(ir.VectorType(_INT32, lanes), None)
    return builder.shuffle_vector(one, nothing, order)


def start(context: Any, builder: Any, signature: Any, arguments: Any, number: int) -> Any:
    """Where the array begins that is argument `number` of an intrinsic."""
    array = context.make_array(signature.args[number])
    return array(context, builder, arguments[number]).data


def vector_at(builder: Any, pointer: Any, kind: Any, value: Any = None) -> Any:
    """Load a vector of `kind`, or store `value`, at any multiple of its elements."""
    pointer = builder.bitcast(pointer, kind.as_pointer())
    step = builder.load(pointer) if value is None else builder.store(value, pointer)
    step.align = kind.element.width // 8
    return step


def requantised(builder: Any, total: Any, by: Any, rule: tuple[Any, ...]) -> Any:
    """The 32-bit lanes of `total` times the number `by`, by a `requantise.rounding_rule`, int16."""
    lanes = total.type.count
    wide = ir.VectorType(_INT64, lanes)
    nothing = ir.Constant(wide, None)
    shift, nudge, negative, odd, lowest, highest = (splat(builder, n, lanes) for n in rule)
    value = builder.mul(builder.sext(total, wide), builder.sext(splat(builder, by, lanes), wide))
    below = builder.icmp_signed("<", value, nothing)
    more = builder.add(nudge, builder.select(below, negative, nothing))
    more = builder.add(more, builder.and_(builder.ashr(value, shift), odd))
    value = builder.ashr(builder.add(value, more), shift)
    value = builder.select(builder.icmp_signed("<", value, lowest), lowest, value)
    value = builder.select(builder.icmp_signed(">", value, highest), highest, value)
    return builder.trunc(value, ir.VectorType(_INT16, lanes))


def requantised_high(
    builder: Any, total: Any, by: Any, nudge: Any, lowest: Any, highest: Any
) -> Any:
    """clamp((total * by + nudge) >> 32) of 32-bit lanes, as int16; half the steps of the other.

    It is the same as the other where `by` and `nudge` are its numbers shifted left by what its
    shift lacks of 32. The products of even and of odd lanes are made by themselves, whose upper
    halves are the result.
    """
    lanes = total.type.count
    pairs = ir.VectorType(_INT64, lanes // 2)
    half = ir.Constant(pairs, [32] * (lanes // 2))
    factor = builder.sext(splat(builder, by, lanes // 2), pairs)
    more = splat(builder, nudge, lanes // 2)
    both = builder.bitcast(total, pairs)
    even = builder.ashr(builder.shl(both, half), half)
    even, odd = (
        builder.bitcast(builder.add(builder.mul(part, factor), more), total.type)
        for part in (even, builder.ashr(both, half))
    )
    order = [n + 1 if n % 2 == 0 else n + lanes for n in range(lanes)]
    value = builder.shuffle_vector(even, odd, ir.Constant(total.type, order))
    least, most = (splat(builder, n, lanes) for n in (lowest, highest))
    value = builder.select(builder.icmp_signed("<", value, least), least, value)
    value = builder.select(builder.icmp_signed(">", value, most), most, value)
    return builder.trunc(value, ir.VectorType(_INT16, lanes))


def masked_load(builder: Any, kind: Any, pointer: Any, mask: Any) -> Any:
    """A vector of `kind` from `pointer`, with zeros where `mask` is not set."""
    pointer = builder.bitcast(pointer, kind.as_pointer())
    function = ir.FunctionType(kind, [pointer.type, _INT32, mask.type, kind])
    load = cgutils.get_or_insert_function(builder.module, function, _masked("load", kind))
    align = _INT32(kind.element.width // 8)
    return builder.call(load, [pointer, align, mask, ir.Constant(kind, None)])


def masked_store(builder: Any, value: Any, pointer: Any, mask: Any) -> None:
    """The lanes of `value` that are set in `mask`, written from `pointer` on."""
    kind = value.type
    pointer = builder.bitcast(pointer, kind.as_pointer())
    function = ir.FunctionType(ir.VoidType(), [kind, pointer.type, _INT32, mask.type])
    store = cgutils.get_or_insert_function(builder.module, function, _masked("store", kind))
    builder.call(store, [value, pointer, _INT32(kind.element.width // 8), mask])


def _masked(what: str, kind: Any) -> str:
    return f"llvm.masked.{what}.v{kind.count}i{kind.element.width}.p0"
