"""Work shared among threads: results in order, few at a time, none that waits by spinning."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from lightsim.errors import InputError

__all__ = ["cores", "in_order"]

T = TypeVar("T")
R = TypeVar("R")


def cores() -> int:
    """The processors that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_order(function: Callable[[T], R], parts: Iterable[T], threads: int) -> Iterator[R]:
    """function(part) of every part, in their order, by `threads` threads at once.

    The kernels let other threads run, so images are shared out and not loops: a thread that has
    nothing to do sleeps. At most `threads` results exist that have not been taken. Raises
    `InputError` for less than one thread.
    """
    if threads < 1:
        raise InputError("threads", f"{threads}", "a whole number from 1")
    if threads == 1:
        yield from map(function, parts)
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[R]] = deque()
        try:
            for part in parts:
                if len(waiting) == threads:
                    yield waiting.popleft().result()
                waiting.append(pool.submit(copy_context().run, function, part))
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
