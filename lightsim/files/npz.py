"""Files of arrays (npz): the headers are checked first, and only then the arrays are unpacked."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Collection, Mapping
from importlib.resources import as_file
from importlib.resources.abc import Traversable
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.files.npy_header import ArrayHead, BadHeadError, read_head
from lightsim.files.regular import open_file

__all__ = ["Check", "read_npz"]

Check = Callable[[Mapping[str, ArrayHead]], None]
"""Raises `InputError` if the arrays, by name, are not the expected arrays."""

_SUFFIX = ".npy"
_MAGIC = b"PK"  # the first bytes of a zip file, empty or not
_ENCRYPTED = 1  # the bit in a member's flags
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the packings that numpy writes
_STEP_BYTES = 1 << 20
# A file may unpack to _FREE_BYTES, or to _RATIO times its own size, but never to more than
# _MOST_BYTES. Images and weights shrink to a half or a tenth of their size, a zip bomb to a
# thousandth.
_FREE_BYTES, _RATIO, _MOST_BYTES = 64 << 20, 100, 4 << 30


def read_npz(
    file: Traversable, check: Check, accepted: str, only: Collection[str] | None = None
) -> dict[str, NDArray[Any]]:
    """The arrays of a file by name, after `check` has seen all their shapes and types.

    With `only`, arrays of other names are not unpacked. `accepted` is the advice of the errors.
    Raises `InputError` for a file that cannot be read, is no npz file, is damaged or is encrypted;
    for a file that holds the same name twice or anything except arrays of plain numbers; and for a
    file that would unpack to more than 64 MiB and more than a hundred times its own size.
    """
    try:
        with as_file(file) as path:
            if not path.exists():
                raise FileNotFoundError
            with open_file(path, accepted) as binary:
                return _Archive(binary, str(file), accepted).arrays(check, only)
    except FileNotFoundError:
        raise InputError(str(file), "does not exist", accepted) from None


class _Archive:
    """An open npz file, with the name that errors use for it."""

    def __init__(self, binary: BinaryIO, name: str, accepted: str) -> None:
        self._binary, self._name, self._accepted = binary, name, accepted
        start = binary.read(6)
        if start == b"\x93NUMPY":
            raise InputError(name, "is a single array", "accepted: an npz file of several")
        if start[:2] != _MAGIC:
            raise self._damaged("it is empty" if not start else "it begins otherwise")
        try:
            self._zip = zipfile.ZipFile(binary)
        except OSError as error:
            raise InputError(name, f"cannot be read ({error.strerror or error})") from None
        except Exception:  # zipfile can raise many errors for a damaged archive
            raise self._damaged("it has no whole table of contents") from None

    def arrays(self, check: Check, only: Collection[str] | None) -> dict[str, NDArray[Any]]:
        members = self._members()
        heads = {name: self._head(name, member) for name, member in members.items()}
        check(heads)
        if only is not None:
            heads = {name: head for name, head in heads.items() if name in only}
        self._check_size(sum(head.nbytes for head in heads.values()))
        return {name: self._array(name, members[name], head) for name, head in heads.items()}

    def _members(self) -> dict[str, zipfile.ZipInfo]:
        members: dict[str, zipfile.ZipInfo] = {}
        for member in self._zip.infolist():
            name = member.filename.removesuffix(_SUFFIX)
            problem = None
            if not member.filename.endswith(_SUFFIX):
                problem = "is not an .npy array"
            elif name in members:
                problem = "is there twice"
            elif member.flag_bits & _ENCRYPTED:
                problem = "is encrypted"
            elif member.compress_type not in _PACKINGS:
                problem = f"is packed by method {member.compress_type}"
            if problem is not None:
                raise self._wrong(name, problem)
            members[name] = member
        return members

    def _head(self, name: str, member: zipfile.ZipInfo) -> ArrayHead:
        try:
            with self._zip.open(member) as opened:
                head = read_head(opened)
        except BadHeadError as error:
            raise self._wrong(name, str(error)) from None
        except Exception:  # as above: zipfile, zlib and struct each raise their own errors
            raise self._wrong(name, "is damaged") from None
        if head.start + head.nbytes != member.file_size:
            problem = f"is {head}, and its file holds {member.file_size} bytes"
            raise self._wrong(name, problem)
        return head

    def _array(self, name: str, member: zipfile.ZipInfo, head: ArrayHead) -> NDArray[Any]:
        """The array's numbers; reading the last byte also checks the checksum of the archive."""
        array = np.empty(head.nbytes, np.uint8)
        try:
            with self._zip.open(member) as opened:
                opened.read(head.start)
                filled = 0
                while piece := opened.read(_STEP_BYTES):
                    array[filled : filled + len(piece)] = np.frombuffer(piece, np.uint8)
                    filled += len(piece)
        except Exception:  # as above; and surplus data do not fit the array
            raise self._wrong(name, "is damaged") from None
        if filled != head.nbytes:
            raise self._wrong(name, "is cut short")
        shape = head.shape[::-1] if head.fortran_order else head.shape
        whole = array.view(head.dtype).reshape(shape)
        return whole.T if head.fortran_order else whole

    def _check_size(self, nbytes: int) -> None:
        self._binary.seek(0, 2)
        most = min(_MOST_BYTES, max(_FREE_BYTES, _RATIO * self._binary.tell()))
        if nbytes > most:
            problem = f"would unpack to {nbytes} bytes"
            raise InputError(self._name, problem, f"accepted: {most} for a file of its size")

    def _wrong(self, name: str, problem: str) -> InputError:
        shown = repr(name)[1:-1]
        shown = shown if len(shown) <= 60 else f"{shown[:60]}..."
        return self._damaged(f"array '{shown}' {problem}")

    def _damaged(self, problem: str) -> InputError:
        told = f"is not an npz file, or damaged ({problem})"
        return InputError(self._name, told, self._accepted)
