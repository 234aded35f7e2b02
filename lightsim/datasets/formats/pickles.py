"""The pickled files of CIFAR-10's Python version, from which only bytes and numbers are taken.

A pickle may call anything that Python can import. Here the three names that NumPy's arrays need
become empty shells, and every other name is refused, so a file never calls any code.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["BadPickleError", "batch_of"]

_ARRAY_NAMES = {
    ("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct"),
    ("numpy", "ndarray"), ("numpy", "dtype"),
}  # fmt: skip


class BadPickleError(ValueError):
    """A file that is not a batch of CIFAR-10; the message gives the reason."""


def batch_of(content: bytes) -> tuple[NDArray[np.uint8], list[int]]:
    """Pixels uint8[n, 3072] and labels of a pickled batch; raises `BadPickleError`."""
    try:
        found = _Reader(io.BytesIO(content), encoding="latin-1").load()
    except BadPickleError:
        raise
    except Exception:  # a damaged pickle can raise any error
        raise BadPickleError("it is no whole pickle") from None
    if not isinstance(found, dict):
        raise BadPickleError("it holds no batch")
    data, labels = found.get("data"), found.get("labels")
    if not isinstance(labels, list) or not all(type(one) is int for one in labels):
        raise BadPickleError("it has no labels")
    pixels = data.bytes_of((len(labels), 3072)) if isinstance(data, _Shell) else None
    if pixels is None:
        raise BadPickleError("its data are not 3,072 bytes for each label")
    return np.frombuffer(pixels, np.uint8).reshape(-1, 3072), labels


class _Shell:
    """The arguments from which an array or a dtype would be made."""

    def __init__(self, *made_of: Any) -> None:
        self.made_of = made_of
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def bytes_of(self, shape: tuple[int, int]) -> bytes | None:
        """The content of an array of bytes of this shape, in C order; None for any other array."""
        match self.state:
            case (int(), found, _Shell(made_of=("u1", *_)), False | 0, content):
                content = content.encode("latin-1") if isinstance(content, str) else content
                right = found == shape and isinstance(content, bytes)
                return content if right and len(content) == shape[0] * shape[1] else None
        return None


def _bytes_of(text: Any, coding: Any) -> bytes:
    """Bytes from the form in which Python 3 pickles bytes for Python 2."""
    if not isinstance(text, str) or coding != "latin1":
        raise BadPickleError("it is no whole pickle")
    return text.encode("latin-1")


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Callable[..., Any]:
        """A shell for the names that arrays need; every other name is refused."""
        if (module, name) == ("_codecs", "encode"):
            return _bytes_of
        if (module, name) not in _ARRAY_NAMES:
            raise BadPickleError(f"it names {module[:40]}.{name[:40]}")
        return _Shell
