"""The lock of a study that is being searched; it ends with its process, however that ends."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from lightsim.errors import InputError

__all__ = ["busy", "hold_file", "holder_text", "is_own"]

_HOLDER = re.compile(r"lightsim (\d+) (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (\S+)")


def holder_text() -> str:
    """The holder of a lock: process, time (UTC) and machine. The machine comes last, because a
    long text may be cut."""
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return f"lightsim {os.getpid()} {since} {socket.gethostname() or '?'}"


def is_own(holder: str) -> bool:
    """Whether the text `holder` names this process itself."""
    told, own = _HOLDER.match(holder), _HOLDER.match(holder_text())
    if told is None or own is None:
        return False
    return told[1] == own[1] and own[3].startswith(told[3])  # PostgreSQL cuts after 63 letters


def busy(where: str, name: str, holder: str) -> InputError:
    """The error for a study that another process holds; `holder` is the text of that process."""
    told = _HOLDER.match(holder)
    who = "another process"
    if told:
        who = f"process {told[1]} on {told[3]} since {told[2]} UTC"
    return InputError(
        where, f"study '{name}' is being searched by {who}", "wait for it, or end that process"
    )


def hold_file(path: Path, name: str, where: str) -> Callable[[], None]:
    """Lock the file `path`, which stands for a study. Returns the function that releases the lock.

    The operating system ends the lock with the process. On a system without such locks nothing is
    locked. Raises `InputError` if another process holds the lock, or if the file cannot be made.
    """
    try:
        import fcntl
    except ImportError:
        return lambda: None
    try:
        file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK, 0o644)
    except OSError as error:
        problem = f"cannot be locked: {path.name}: {error.strerror or error}"
        raise InputError(where, problem, "name a file in a folder that can be written") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(file, 200, 0).decode("utf-8", "replace")
        os.close(file)
        raise busy(where, name, holder) from None
    except OSError as error:
        os.close(file)
        problem = f"cannot be locked: {error.strerror or error}"
        raise InputError(where, problem, "name a file on a disk that knows locks") from None
    with suppress(OSError):  # on a full disk the lock holds without the holder's text
        os.ftruncate(file, 0)
        os.pwrite(file, f"{holder_text()}\n".encode(), 0)
    return lambda: os.close(file)
