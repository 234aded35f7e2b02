"""Signals that end a command: SIGTERM and SIGHUP act like Ctrl-C, but have their own exit codes."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["finishing", "heed_no_more", "heeded", "interrupt_code"]

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class _State:
    """The signal that came first, and whether a signal has to wait."""

    def __init__(self) -> None:
        self.first: int | None = None
        self.finishing = False
        self.waiting = False
        self.over = False


_state = _State()


def interrupt_code() -> int:
    """The exit code of an interrupted command: 128 plus the signal's number (Ctrl-C: 130)."""
    return 128 + (signal.SIGINT if _state.first is None else _state.first)


@contextmanager
def heeded(*, last: bool = False) -> Iterator[None]:
    """Inside this context every signal that ends a command raises `KeyboardInterrupt`.

    Afterwards signals do what they did before; if the process ends there (`last`), they do nothing:
    results and exit code stand. Python gives every signal back to the system before it has ended,
    and a Ctrl-C in these last milliseconds would turn a command that is done into one that died.
    A signal that the parent process has set to be ignored stays ignored: Ctrl-C for a shell's
    background job, SIGHUP under `nohup`.
    """
    global _state  # noqa: PLW0603 (handlers have no other way to tell)
    _state = _State()
    kept = {}
    try:
        for name in _NAMES:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                kept[number] = signal.signal(number, _raise)
    except ValueError:  # only the main thread can set signal handlers
        pass
    try:
        yield
    finally:
        _state.over = True
        if last:
            _ignore_all()
        elif _state.first is None:
            for number, handler in kept.items():
                signal.signal(number, handler)


@contextmanager
def finishing() -> Iterator[None]:
    """Inside this context results are written: a signal waits for the end of the context."""
    _state.finishing = True
    try:
        yield
    finally:
        _state.finishing = False
    if _state.waiting:
        _state.waiting = False
        raise KeyboardInterrupt


def heed_no_more() -> None:
    """Ignore all further signals: the command is ending."""
    _state.over = True
    if _state.first is not None:
        _ignore_all()


def _ignore_all() -> None:
    for name in _NAMES:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


def _raise(number: int, frame: FrameType | None) -> None:
    if _state.over:
        return
    if _state.first is None:
        _state.first = number
    if _state.finishing:
        _state.waiting = True
    else:
        raise KeyboardInterrupt
