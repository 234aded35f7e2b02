"""Files in a folder of images, found by name and read completely, with clear errors."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from lightsim.errors import InputError
from lightsim.files.regular import open_file

__all__ = ["MOST_BYTES", "find", "most_unpacked", "read_bytes"]

MOST_BYTES = 1 << 30
"""The largest size of a file of images in bytes, compressed or not."""

# Packed images have a half or a tenth of their size; a file that grows _RATIO times is a zip bomb.
_FREE_BYTES, _RATIO = 64 << 20, 100


def find(folder: Path, *names: str) -> Path:
    """The first of the files called `names` in a folder, plain or compressed by gzip.

    Raises `InputError` if the folder, or every one of the files, is missing.
    """
    if not folder.is_dir():
        raise InputError("data path", f"'{folder}' is no folder", f"accepted: one with {names[0]}")
    for name in names:
        for path in (folder / name, folder / f"{name}.gz"):
            if path.exists():
                return path
    raise InputError(
        "data path", f"'{folder}' has no file {names[0]}", "accepted: a folder with it"
    )


def read_bytes(path: Path) -> bytes:
    """A file's content, unpacked if it is compressed; raises `InputError` if unreadable."""
    with open_file(path) as opened:
        try:
            size = opened.seek(0, 2)
            opened.seek(0)
            if path.suffix != ".gz":
                _check_size(path, size, MOST_BYTES)
                return opened.read()
            most = most_unpacked(size)
            with gzip.open(opened) as unpacked:
                content = unpacked.read(most + 1)
            _check_size(path, len(content), most)
            return content
        except (EOFError, zlib.error, gzip.BadGzipFile):
            accepted = "accepted: it unpacked"
            raise InputError(str(path), "is not a whole gzip file", accepted) from None
        except OSError as error:
            raise InputError(str(path), f"cannot be read ({error.strerror or error})") from None


def most_unpacked(size: int) -> int:
    """The most bytes to which `size` bytes of packed images may unpack."""
    return min(MOST_BYTES, max(_FREE_BYTES, _RATIO * size))


def _check_size(path: Path, size: int, most: int) -> None:
    if size > most:
        raise InputError(str(path), f"holds {size} bytes or more", f"accepted: at most {most}")
