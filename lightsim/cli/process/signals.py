"""Signals that end a command: SIGTERM and SIGHUP end it as Ctrl-C does, with codes of their own."""

from __future__ import annotations

import atexit
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["finishing", "heed_no_more", "heeded", "ignored_at_the_end", "interrupt_code"]

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class _State:
    """Which signal came first, and whether one has to wait."""

    def __init__(self) -> None:
        self.first: int | None = None
        self.finishing = False
        self.waiting = False


_state = _State()


def interrupt_code() -> int:
    """The exit code of a command that was interrupted: 128 and the signal, of Ctrl-C 130."""
    return 128 + (signal.SIGINT if _state.first is None else _state.first)


@contextmanager
def heeded() -> Iterator[None]:
    """Inside, every signal that ends a command raises `KeyboardInterrupt`.

    What whoever started the process has set to be ignored (a shell's background job Ctrl-C,
    `nohup` a terminal that goes) stays ignored.
    """
    global _state  # noqa: PLW0603 (handlers have no other way to tell)
    _state = _State()
    kept = {}
    try:
        for name in _NAMES:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                kept[number] = signal.signal(number, _raise)
    except ValueError:  # not the main thread: signals are not its own
        pass
    try:
        yield
    finally:
        if _state.first is None:
            for number, handler in kept.items():
                signal.signal(number, handler)


@contextmanager
def finishing() -> Iterator[None]:
    """Inside, results are written: a signal waits until they are, and interrupts then."""
    _state.finishing = True
    try:
        yield
    finally:
        _state.finishing = False
    if _state.waiting:
        _state.waiting = False
        raise KeyboardInterrupt


def heed_no_more() -> None:
    """After a first signal: the command ends now, further ones change nothing."""
    if _state.first is not None:
        _ignore_all()


def ignored_at_the_end() -> None:
    """Once the interpreter ends, a signal changes nothing: the results and the exit code stand.

    Python gives every signal back to the system before it has ended, and a Ctrl-C in the last
    milliseconds would turn the exit code of a command that is done into one of a command that died.
    """
    atexit.unregister(_ignore_all)
    atexit.register(_ignore_all)


def _ignore_all() -> None:
    for name in _NAMES:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


def _raise(number: int, frame: FrameType | None) -> None:
    if _state.first is None:
        _state.first = number
    if _state.finishing:
        _state.waiting = True
    else:
        raise KeyboardInterrupt
