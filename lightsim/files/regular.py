"""Input files opened: only regular files, because reading a pipe or a device might never end."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from lightsim.errors import InputError

__all__ = ["open_file", "read_text", "unreadable"]

_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_MOST_TEXT_BYTES = 64 << 20


def open_file(path: Path, accepted: str | None = None) -> BinaryIO:
    """A regular file opened for reading bytes; `accepted` is the advice of the errors.

    Raises `InputError` for a file that is missing or may not be read, and for a folder, a pipe, a
    socket or a device, without waiting for any of these.
    """
    try:
        # Non-blocking, because even opening a pipe would wait for its writer.
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError) as error:
        raise unreadable(path, error, accepted) from None
    mode = os.fstat(number).st_mode
    if not stat.S_ISREG(mode):
        os.close(number)
        kind = next((name for holds, name in _KINDS if holds(mode)), "no file")
        raise InputError(str(path), f"cannot be read (is {kind})", accepted)
    return os.fdopen(number, "rb")


def read_text(path: Path, accepted: str | None = None) -> str:
    """The text of a TOML file in UTF-8, at most 64 MiB; raises `InputError` for any other file."""
    with open_file(path, accepted) as opened:
        try:
            content = opened.read(_MOST_TEXT_BYTES + 1)
        except OSError as error:
            raise unreadable(path, error, accepted) from None
    if len(content) > _MOST_TEXT_BYTES:
        raise InputError(str(path), "holds more than 64 MiB of text", accepted)
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise InputError(
            str(path), f"byte {error.start} is not UTF-8", "accepted: a TOML file in UTF-8"
        ) from None


def unreadable(path: Path, error: Exception, accepted: str | None = None) -> InputError:
    """The error for a path that the system cannot open, with the system's reason."""
    reason = getattr(error, "strerror", None) or str(error)
    return InputError(str(path), f"cannot be read ({reason.lower()})", accepted)
