"""The tensors of an ONNX file as arrays; their sizes are judged before anything is made."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError, shown
from lightsim.files.regular import open_file

__all__ = ["MOST_BYTES", "array_of"]

MOST_BYTES = 4 << 30
"""The most that the tensors of a file may take together."""

_MOST_AXES = 16
# Elements of each type of TensorProto: its numpy type, and the bits of an element in raw bytes.
_TYPES: dict[int, tuple[str, int]] = {
    1: ("<f4", 32), 2: ("u1", 8), 3: ("i1", 8), 4: ("<u2", 16), 5: ("<i2", 16), 6: ("<i4", 32),
    7: ("<i8", 64), 9: ("?", 8), 10: ("<f2", 16), 11: ("<f8", 64), 12: ("<u4", 32),
    13: ("<u8", 64), 16: ("bfloat16", 16), 21: ("uint4", 4), 22: ("int4", 4),
}  # fmt: skip


def array_of(tensor: Any, folder: Path, file: str) -> NDArray[Any]:
    """The array of a `TensorProto`; half precisions become float32, four bits become bytes.

    `folder` is that of the file, in which external data must lie. Raises `InputError` for a type
    that is not one of plain numbers, a shape that no array has, numbers that do not fill it, and
    external data outside the folder.
    """
    where = f"{file}, tensor '{shown(tensor.name, 80)}'"
    if tensor.data_type not in _TYPES:
        raise InputError(where, f"has elements of type {tensor.data_type}", _accepted())
    shape = tuple(tensor.dims)
    if len(shape) > _MOST_AXES or any(size < 0 for size in shape):
        raise InputError(where, f"has shape {_shape(shape)}", "accepted: sizes of at least 0")
    count, (kind, bits) = math.prod(shape), _TYPES[tensor.data_type]
    nbytes = (count * bits + 7) // 8
    if nbytes > MOST_BYTES:
        raise InputError(
            where, f"of shape {_shape(shape)} takes {nbytes} bytes", f"accepted: {MOST_BYTES}"
        )
    raw = _external(tensor, nbytes, folder, where)
    if raw is None and tensor.HasField("raw_data"):
        raw = tensor.raw_data
    if raw is None:
        return _typed(tensor, kind, count, where).reshape(shape)
    if len(raw) != nbytes:
        problem = f"of shape {_shape(shape)} holds {len(raw)} bytes"
        raise InputError(where, problem, f"accepted: {nbytes}")
    return _from_bytes(raw, kind, count).reshape(shape)


def _accepted() -> str:
    return "accepted: floating-point numbers, whole numbers or booleans"


def _shape(shape: tuple[int, ...]) -> str:
    return shown(str(list(shape)), 80)


def _from_bytes(raw: bytes, kind: str, count: int) -> NDArray[Any]:
    if kind == "bfloat16":
        return (np.frombuffer(raw, "<u2").astype(np.uint32) << 16).view(np.float32)
    if kind in ("int4", "uint4"):
        return _nibbles(np.frombuffer(raw, np.uint8), kind, count)
    array = np.frombuffer(raw, kind)
    return array.astype(np.float32) if kind == "<f2" else array


def _nibbles(pairs: NDArray[np.uint8], kind: str, count: int) -> NDArray[Any]:
    values = np.stack([pairs & 15, pairs >> 4], axis=1).reshape(-1)[:count]
    if kind == "uint4":
        return values
    return ((values.astype(np.int8) ^ 8) - 8).astype(np.int8)


def _typed(tensor: Any, kind: str, count: int, where: str) -> NDArray[Any]:
    """The numbers of a tensor that holds them one by one."""
    field = {
        "<f4": tensor.float_data, "<f8": tensor.double_data, "<i8": tensor.int64_data,
        "<u4": tensor.uint64_data, "<u8": tensor.uint64_data,
    }.get(kind, tensor.int32_data)  # fmt: skip
    packed = (count + 1) // 2 if kind in ("int4", "uint4") else count
    if len(field) != packed:
        raise InputError(where, f"holds {len(field)} numbers", f"accepted: {packed}")
    if kind == "<f2":
        return np.array(field, np.uint16).view(np.float16).astype(np.float32)
    if kind == "bfloat16":
        return (np.array(field, np.uint32) << 16).view(np.float32)
    if kind in ("int4", "uint4"):
        return _nibbles(np.array(field, np.int64).astype(np.uint8), kind, count)
    return np.array(field).astype(kind)


def _external(tensor: Any, nbytes: int, folder: Path, where: str) -> bytes | None:
    """The bytes that stand in another file; None where they stand in this one."""
    if tensor.data_location != 1:
        return None
    entries = {entry.key: entry.value for entry in tensor.external_data}
    place = entries.get("location", "")
    accepted = "accepted: a file in the folder of the ONNX file or below it"
    path = (folder / place).resolve() if place and "\0" not in place else None
    if path is None or Path(place).is_absolute() or not path.is_relative_to(folder.resolve()):
        raise InputError(where, f"keeps its data in '{shown(place, 80)}'", accepted)
    start = _count(entries.get("offset", "0"), where)
    length = _count(entries.get("length", str(nbytes)), where)
    if length != nbytes:
        raise InputError(where, f"keeps {length} bytes in '{place}'", f"accepted: {nbytes}")
    try:
        opened = open_file(path)
    except InputError as error:
        problem = f"keeps its data in '{shown(place, 80)}', which {error.problem}"
        raise InputError(where, problem, accepted) from None
    with opened:
        size = opened.seek(0, 2)
        if start + length > size:
            problem = f"ends at byte {start + length} of '{place}', which has {size}"
            raise InputError(where, problem, "accepted: the whole file of data")
        opened.seek(start)
        return opened.read(length)


def _count(text: str, where: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise InputError(where, f"has an offset or length '{shown(text, 40)}'", "a whole number")
    return int(text)
