"""Kernels on arrays that the caller owns, compiled without reference counting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic, overload

__all__ = ["choose", "inlined", "kernel", "place", "scaled"]

F = TypeVar("F", bound=Callable[..., Any])

# Numba counts references to every array argument with an atomic instruction, which takes longer
# than most functions here: with reference counting a timeline took four times as long. With this
# switch a function that makes an array of its own does not compile.
_OPTIONS: dict[str, Any] = {"cache": True, "error_model": "numpy", "_nrt": False}


def kernel(function: F) -> F:
    """Compile a function that reads and writes the arrays of its caller, and makes no array."""
    compiled: F = njit(**_OPTIONS)(function)
    return compiled


def inlined(function: F) -> F:
    """As `kernel`, but inlined into its callers: passing an array takes seven machine words."""
    compiled: F = njit(**_OPTIONS, forceinline=True)(function)
    return compiled


@inlined
def place(index: int) -> int:
    """An index that is not negative: numba then skips the check for a negative index."""
    return max(index, 0)


def choose(condition: bool, one: int, other: int) -> int:
    """`one` if the condition holds, else `other`, as a selection between two computed values.

    For `one if condition else other` the compiler would make a branch. If both outcomes are equally
    likely, the processor mispredicts the branch half of the time, and each misprediction costs
    about 50 steps.
    """
    return one if condition else other


@overload(choose)
def _choose(condition: Any, one: Any, other: Any) -> Callable[..., Any]:
    def chosen(condition: Any, one: Any, other: Any) -> Any:
        return _selected(condition, one, other)

    return chosen


def _select(typing: Any, condition: Any, one: Any, other: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        chosen = builder.select(*values)
        chosen.set_metadata("unpredictable", builder.module.add_metadata([]))
        return chosen

    return types.int64(types.boolean, types.int64, types.int64), build


def scaled(number: int, whole: int, fraction: int, less: int) -> int:
    """`number * whole + floor((number * fraction - less) / 2^64) + 1`.

    `number` is not negative; `fraction` and `less` are unsigned 64-bit numbers.
    """
    most = (1 << 64) - 1
    return number * whole + ((number * (fraction & most) - (less & most)) >> 64) + 1


@overload(scaled)
def _overload_scaled(number: Any, whole: Any, fraction: Any, less: Any) -> Callable[..., Any]:
    def multiplied(number: Any, whole: Any, fraction: Any, less: Any) -> Any:
        return number * whole + _high(number, fraction, less) + 1

    return multiplied


def _high_product(typing: Any, number: Any, fraction: Any, less: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        wide = ir.IntType(128)
        number, fraction, less = (builder.zext(value, wide) for value in values)
        product = builder.sub(builder.mul(number, fraction), less)
        return builder.trunc(builder.ashr(product, ir.Constant(wide, 64)), ir.IntType(64))

    return types.int64(types.int64, types.int64, types.int64), build


_selected: Any = intrinsic(_select)
_high: Any = intrinsic(_high_product)
