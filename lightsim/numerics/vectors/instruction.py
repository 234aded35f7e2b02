"""The processor instructions that a dot product may be made of, and which of them this one has."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal, get_args

from lightsim.errors import unknown_name

__all__ = [
    "INSTRUCTIONS",
    "PIXELS",
    "Instruction",
    "Product",
    "check_name",
    "choices",
    "chosen",
    "restricted",
    "usable",
]

Product = Literal["bytes", "pairs", "signs"]


@dataclass(frozen=True, slots=True)
class Instruction:
    """One way to add the products of 32-bit words into a vector of 32-bit sums.

    `product` says what a word holds: four unsigned bytes (by four signed ones), a pair of
    signed 16-bit numbers, or 32 signs whose differences are counted; `numbers` is how many
    those are. `lanes` sums make a vector; `filters` times `vectors` of them are kept in
    registers. `tiles` is whether it also has tiles, filters in the lanes. `needs` are the
    processor's features, as LLVM calls them.
    """

    name: str
    product: Product
    numbers: int
    lanes: int
    filters: int
    vectors: int
    tiles: bool
    needs: tuple[str, ...]


# Of two rows with the same product the earlier is the faster. Eight filters by three vectors
# and what is loaded for them fill 32 registers, four by two 16.
INSTRUCTIONS: dict[str, Instruction] = {
    row.name: row
    for row in (
        Instruction("vpdpbusd-512", "bytes", 4, 16, 8, 3, True, ("avx512f", "avx512vnni")),
        Instruction("vpdpbusd-256", "bytes", 4, 8, 4, 2, False, ("avxvnni",)),
        Instruction("vpdpwssd-512", "pairs", 2, 16, 8, 3, True, ("avx512f", "avx512vnni")),
        Instruction("vpmaddwd-256", "pairs", 2, 8, 4, 2, False, ("avx2",)),
        Instruction("vpopcntd-512", "signs", 32, 16, 8, 3, True, ("avx512f", "avx512vpopcntdq")),
        Instruction("popcount-256", "signs", 32, 8, 4, 2, False, ("avx2",)),
    )
}

# Pixels of a row that a tile may hold: fourteen by two vectors, and what is loaded for them, fill
# 31 registers. Every size is code that is loaded at the start; what lies between is made of two.
PIXELS = (1, 2, 3, 4, 5, 6, 7, 8, 14)

# Rows by the processors that have them, held to which a newer one computes as the older do.
_PROCESSORS = {"avx2": ("avx2",)}

_VARIABLE = "LIGHTSIM_INSTRUCTION"
_ONLY: ContextVar[str | None] = ContextVar(_VARIABLE, default=None)


@functools.cache
def usable() -> tuple[Instruction, ...]:
    """The rows whose features the processor has, in the table's order.

    A processor that numba was told to compile for (NUMBA_CPU_NAME, NUMBA_CPU_FEATURES) counts
    as the one it is told to be.
    """
    named, features = os.environ.get("NUMBA_CPU_NAME"), os.environ.get("NUMBA_CPU_FEATURES")
    if features is not None:
        have = {word[1:] for word in features.split(",") if word.startswith("+")}
    elif named is not None:
        have = set()
    else:
        from llvmlite import binding

        have = {name for name, present in binding.get_host_cpu_features().items() if present}
    return tuple(row for row in INSTRUCTIONS.values() if set(row.needs) <= have)


def chosen(product: Product) -> Instruction | None:
    """The best row for `product`, or None where only plain compiled code is left.

    The environment variable LIGHTSIM_INSTRUCTION, or `restricted`, leaves only the row of that
    name, or with `avx2` the rows that need nothing else; `plain` leaves none. An empty variable is
    one that is not set. The sums are the same in any case.
    """
    return choices()[product]


def choices() -> Mapping[Product, Instruction | None]:
    """What `chosen` says of every product."""
    return _choices(_ONLY.get() or os.environ.get(_VARIABLE) or None)


@functools.cache
def _choices(only: str | None) -> dict[Product, Instruction | None]:
    check_name(only)
    rows = [row for row in usable() if only in (None, row.name) or row.needs == _needs(only)]
    return {
        product: next((row for row in rows if row.product == product), None)
        for product in get_args(Product)
    }


def _needs(processor: str | None) -> tuple[str, ...] | None:
    return _PROCESSORS.get(processor or "")


@contextmanager
def restricted(name: str | None) -> Iterator[None]:
    """Within it, only the row called `name` is chosen, those of `avx2`, none for `plain`, any
    for None.

    For tests and benchmarks; raises `InputError` for an unknown name.
    """
    check_name(name)
    token = _ONLY.set(name)
    try:
        yield
    finally:
        _ONLY.reset(token)


def check_name(name: str | None) -> None:
    """Raise `InputError` for an unknown restriction; None restricts nothing."""
    known = ("plain", *_PROCESSORS, *INSTRUCTIONS)
    if name is not None and name not in known:
        raise unknown_name(_VARIABLE, "instruction", name, known)
