"""Paths that a user or a file names: impossible paths are refused where they are read."""

from __future__ import annotations

import os

from lightsim.errors import InputError

__all__ = ["absolute_file", "check_path"]

_LONGEST_NAME = 255
_LONGEST_PATH = 4095
_MOST_NAMES = 200


def absolute_file(name: str) -> str:
    """The absolute path of a TOML file, to be found from every folder; other names unchanged."""
    return os.path.abspath(name) if name.endswith(".toml") else name  # noqa: PTH100 (no links)


def check_path(text: str, where: str) -> str:
    """`text` unchanged, if it can be the path of a file.

    Raises `InputError` naming `where` for an empty path, a path that is not UTF-8 or holds a NUL, a
    name longer than 255 bytes or a path longer than 4,095 bytes (the limits of file systems), and a
    path with more than 200 nested folders (deeper than libraries descend).
    """
    if not text:
        raise InputError(where, "is empty", "accepted: a path")
    if "\0" in text:
        raise InputError(where, f"{text!r} holds a NUL", "accepted: a path")
    try:
        content = text.encode()
    except UnicodeEncodeError:
        problem = f"'{os.fsencode(text)!r}'"[2:-2] if _is_bytes(text) else repr(text)[1:-1]
        raise InputError(where, f"'{problem}' is not UTF-8", "accepted: a path in UTF-8") from None
    names = content.split(b"/")
    if len(names) > _MOST_NAMES:
        accepted = f"accepted: at most {_MOST_NAMES} folders"
        raise InputError(where, f"'{text[:60]}...' has {len(names)} names in it", accepted)
    longest = max(map(len, names))
    for size, most, what in (
        (longest, _LONGEST_NAME, "a name"),
        (len(content), _LONGEST_PATH, "a path"),
    ):
        if size > most:
            accepted = f"accepted: at most {most} bytes"
            raise InputError(where, f"'{text[:60]}...' has {what} of {size} bytes", accepted)
    return text


def _is_bytes(text: str) -> bool:
    """Whether a text contains surrogates, which stand for bytes that are not UTF-8."""
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return False
    return True
