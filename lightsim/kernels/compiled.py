"""Kernels that numba compiles for one signature at their first call, and caches on disk."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

__all__ = ["compiled"]

P = ParamSpec("P")
R = TypeVar("R")


def compiled(signature: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Compile the decorated function for exactly `signature`, at its first call.

    One signature keeps the number of compiled variants small, and so the first start short. Arrays
    that a kernel only reads are declared `Array(int16, 4, 'A', True)`, which accepts any strides
    and read-only memory without a copy. A kernel must not call a function of another file, because
    the disk cache of numba watches only the file of the kernel. Numba is imported at the first
    call, so describing a machine does not load a compiler.
    """

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        kernel: Any = None

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            nonlocal kernel
            if kernel is None:
                from numba import njit

                kernel = njit(signature, cache=True, nogil=True, error_model="numpy")(function)
            result: R = kernel(*args, **kwargs)
            return result

        return call

    return wrap
