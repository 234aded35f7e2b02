"""A topology file of SCALE-Sim (CSV): convolutions, or products of matrices, as a network.

A row says the sizes of one layer, its image padded already, and not what it reads. So a layer
reads the last one before it whose output has its channels and, padded by less than the kernel or
pooled by two first, its sides.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lightsim.errors import InputError, shown
from lightsim.files.regular import read_text
from lightsim.network.entries import LARGEST
from lightsim.network.layer import Network
from lightsim.network.parsing import INPUT, network_of
from lightsim.network.tensor import TensorShape

__all__ = ["read_topology"]

_ACCEPTED = (
    "accepted: a header, then name, image height, width, kernel height, width, channels, filters, "
    "strides; or name, M, N, K"
)
_MOST_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class _Row:
    """A layer of a table: what it reads (padded), its kernel, its filters, its strides."""

    name: str
    image: TensorShape
    kernel: tuple[int, int]
    filters: int
    stride: tuple[int, int]
    where: str


def read_topology(path: Path) -> Network:
    """The network of a topology file, without weights.

    Raises `InputError` for a file that is none, for a row whose numbers are none, and for one that
    reads what no row before it gives.
    """
    rows = list(csv.reader(io.StringIO(read_text(path, _ACCEPTED))))[: _MOST_ROWS + 1]
    told = [[cell.strip() for cell in row] for row in rows]
    told = [row for row in told if any(row)]
    header = [cell.lower() for cell in told[0]] if told else []
    if len(told) < 2 or len(header) < 4 or header[1].isdecimal():
        raise InputError(str(path), "has no header with rows below it", _ACCEPTED)
    matrices = header[1:4] == ["m", "n", "k"]
    layers = [
        (_matrix if matrices else _convolution)(row, f"{path}, row {number} '{shown(row[0], 40)}'")
        for number, row in enumerate(told[1:], 2)
    ]
    name = re.sub(r"[^A-Za-z0-9_.\-]+", "-", path.stem).strip("-_.")[:64] or "table"
    return network_of(_table(layers, name, path), str(path))


def _numbers(row: list[str], count: int, where: str) -> list[int]:
    cells = [cell for cell in row[1:] if cell][: count + 2]
    if len(cells) < count or not all(cell.isdecimal() for cell in cells[:count]):
        raise InputError(where, f"holds {shown(', '.join(row[1:]), 60)}", _ACCEPTED)
    numbers = [int(cell) for cell in cells if cell.isdecimal()]
    if min(numbers) < 1 or max(numbers) > LARGEST:
        raise InputError(where, f"holds {min(numbers)} to {max(numbers)}", f"1 to {LARGEST}")
    return numbers


def _convolution(row: list[str], where: str) -> _Row:
    high, wide, kernel_high, kernel_wide, channels, filters, *strides = _numbers(row, 7, where)
    stride = (strides[0], strides[1] if len(strides) > 1 else strides[0])
    if kernel_high > high or kernel_wide > wide:
        raise InputError(where, f"kernel {kernel_high}x{kernel_wide} over {high}x{wide}", "smaller")
    image = TensorShape(channels, high, wide)
    return _Row(row[0], image, (kernel_high, kernel_wide), filters, stride, where)


def _matrix(row: list[str], where: str) -> _Row:
    rows, columns, inner = _numbers(row, 3, where)[:3]
    return _Row(row[0], TensorShape(inner, rows, 1), (1, 1), columns, (1, 1), where)


def _table(rows: list[_Row], name: str, path: Path) -> dict[str, Any]:
    first = rows[0].image
    shapes: dict[str, TensorShape] = {INPUT: first}
    layers: list[dict[str, Any]] = []
    for row in rows:
        source, padding, pooled = _source(row, shapes)
        own = _name(row.name, shapes)
        if pooled:
            layers.append({"name": f"{own}.pool", "operator": "max_pool", "input": source,
                           "kernel": 2, "stride": 2})  # fmt: skip
            source = f"{own}.pool"
        layers.append({
            "name": own, "operator": "conv2d", "input": source, "filters": row.filters,
            "kernel": list(row.kernel), "stride": list(row.stride), "padding": padding,
            "activation": "relu",
        })  # fmt: skip
        high = (row.image.height - row.kernel[0]) // row.stride[0] + 1
        wide = (row.image.width - row.kernel[1]) // row.stride[1] + 1
        shapes[own] = TensorShape(row.filters, high, wide)
    return {
        "name": name, "title": f"{path.name}, a table of layers", "layer": layers,
        "source": f"{path.name}, SCALE-Sim topology; joined by the sizes of its rows",
        "input": {"channels": first.channels, "height": first.height, "width": first.width},
    }  # fmt: skip


def _source(row: _Row, shapes: dict[str, TensorShape]) -> tuple[str, list[int], bool]:
    """What a row reads: a layer's name, the padding, and whether it is pooled by two first."""
    for pooled in (False, True):
        for name, shape in reversed(shapes.items()):
            divisor = 2 if pooled else 1
            left = row.image.height - shape.height // divisor
            across = row.image.width - shape.width // divisor
            fits = 0 <= left < row.kernel[0] and 0 <= across < row.kernel[1]
            if shape.channels == row.image.channels and fits and min(shape.height, shape.width) > 1:
                return name, _edges(left, across), pooled
            if shape == row.image:
                return name, [0, 0, 0, 0], False
    last = list(shapes.values())[-1]
    raise InputError(
        row.where,
        f"reads {row.image}, which no row before it gives (the last gives {last})",
        "accepted: a row whose image is an earlier output, padded or pooled by two",
    )


def _edges(rows: int, columns: int) -> list[int]:
    return [rows // 2, columns // 2, rows - rows // 2, columns - columns // 2]


def _name(text: str, taken: dict[str, TensorShape]) -> str:
    plain = re.sub(r"[^A-Za-z0-9_.\-]+", "-", text).strip("-_.")[:56] or "layer"
    name, number = plain, 1
    while name in taken:
        number += 1
        name = f"{plain}.{number}"
    return name
