"""Signals wait while a child process is started, and are answered when the process is there."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["TERMINALS", "unheard"]

TERMINALS = [getattr(signal, name) for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)]
"""The signals that a terminal sends to all processes that were started from it."""
_ENDING = [*TERMINALS, signal.SIGTERM]


@contextmanager
def unheard() -> Iterator[None]:
    """A context in which signals that end a command wait; afterwards the last signal that came is
    answered.

    A process that is started inside never receives the signals of a terminal, even while it still
    imports. Without this, a process whose parent was interrupted at the start would end with a
    traceback of its own.
    """
    came: list[int] = []
    with _answered_later(came), _blocked():
        yield
    if came:
        signal.raise_signal(came[-1])


@contextmanager
def _answered_later(came: list[int]) -> Iterator[None]:
    # Blocking alone is not enough: another thread of this process may receive the signal, and
    # Python then calls the handler in this thread.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept: dict[int, Callable[[int, FrameType | None], object]] = {}
    try:
        for number in _ENDING:
            handler = signal.getsignal(number)
            if callable(handler):
                kept[number] = handler
                signal.signal(number, lambda number, frame: came.append(number))
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


@contextmanager
def _blocked() -> Iterator[None]:
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # A signal that is already pending is raised by the first call, which blocks nothing yet.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, TERMINALS)
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
