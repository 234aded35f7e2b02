"""Files of a folder of images, found by name and read whole, with errors that say what is wrong."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from lightsim.errors import InputError

__all__ = ["MOST_BYTES", "find", "read_bytes"]

MOST_BYTES = 4 << 30
"""The most that a file of images may hold, compressed or not."""


def find(folder: Path, *names: str) -> Path:
    """The first of the files called `names` in a folder, as it is or compressed by gzip.

    Raises `InputError` where there is no folder, or none of the files in it.
    """
    if not folder.is_dir():
        raise InputError("data path", f"'{folder}' is no folder", f"accepted: one with {names[0]}")
    for name in names:
        for path in (folder / name, folder / f"{name}.gz"):
            if path.is_file():
                return path
    raise InputError(
        "data path", f"'{folder}' has no file {names[0]}", "accepted: a folder with it"
    )


def read_bytes(path: Path) -> bytes:
    """A file's content, unpacked if it is compressed; `InputError` if it cannot be read."""
    try:
        if path.suffix != ".gz":
            _check_size(path, path.stat().st_size)
            return path.read_bytes()
        with gzip.open(path) as opened:
            content = opened.read(MOST_BYTES + 1)
        _check_size(path, len(content))
        return content
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InputError(str(path), "is not a whole gzip file", "accepted: it unpacked") from None
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror or error})") from None


def _check_size(path: Path, size: int) -> None:
    if size > MOST_BYTES:
        raise InputError(str(path), f"holds {size} bytes", f"accepted: at most {MOST_BYTES}")
