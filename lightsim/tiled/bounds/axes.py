"""Machines as columns of numbers: the built sizes, with one entry for each machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightsim.hardware.pe_kinds import pe_kind
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.description.accelerator import Accelerator

__all__ = ["Axes"]

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Axes:
    """The built sizes of machines that share a scheme and a memory, int64[machine] each.

    Rows are counted by the cost of a weight: `fast_rows` take one pass for any weight,
    `serial_rows` take k passes, and `xnor_rows` take one pass for each bit of the activation.
    `code_bits` counts the bits that one column of all rows reads from the weight buffer in one
    step. `latency` is the depth of the product pipeline in cycles. `port_of` int64[4, machine] is
    the number of the port that carries the input, weight, residual and output stream.
    """

    fast_rows: Ints
    serial_rows: Ints
    xnor_rows: Ints
    code_bits: Ints
    latency: Ints
    columns: Ints
    pixels: Ints
    post_lanes: Ints
    accumulator_bits: Ints
    input_bytes: Ints
    weight_bytes: Ints
    residual_bytes: Ints
    output_bytes: Ints
    psum_bytes: Ints
    input_banks: Ints
    weight_banks: Ints
    clock_hz: Ints
    port_bits: Ints
    request_bytes: Ints
    outstanding: Ints
    port_of: Ints
    images: Ints

    @classmethod
    def of(cls, accelerators: Sequence[Accelerator], images: int | Sequence[int] = 1) -> Axes:
        """The columns of the accelerators; each accelerator processes `images` images together."""
        rows = [_numbers(accelerator) for accelerator in accelerators]
        table = {
            name: np.array([row[name] for row in rows], np.int64).T for name in rows[0]
        }  # only `port_of` needs the transposition
        counts = np.broadcast_to(np.asarray(images, np.int64), len(rows))
        return cls(**table, images=np.ascontiguousarray(counts))

    @property
    def rows(self) -> Ints:
        """Rows of all three kinds together, int64[machine]."""
        return self.fast_rows + self.serial_rows + self.xnor_rows

    def __len__(self) -> int:
        return len(self.images)

    def take(self, at: Any) -> Axes:
        """The machines selected by `at`: an index array, a mask or a slice."""
        return Axes(**{f.name: getattr(self, f.name)[..., at] for f in fields(self)})

    def vary(self, **columns: Any) -> Axes:
        """The machines with the named columns replaced; all columns are broadcast to one length."""
        changed = replace(self, **{k: np.asarray(v, np.int64) for k, v in columns.items()})
        length = np.broadcast_shapes(*(getattr(changed, f.name).shape[-1:] for f in fields(self)))
        return Axes(
            **{
                f.name: np.broadcast_to(column, (*column.shape[:-1], *length))
                for f in fields(self)
                for column in (getattr(changed, f.name),)
            }
        )


def _numbers(accelerator: Accelerator) -> dict[str, int | list[int]]:
    scheme, array = SCHEMES[accelerator.scheme], accelerator.array
    rows = {"fast_rows": 0, "serial_rows": 0, "xnor_rows": 0}
    bits = 0
    for group in array.groups:
        kind = pe_kind(group.pe)
        bits += group.rows * kind.code_bits(scheme)
        if kind.bit_serial:
            rows["xnor_rows"] += group.rows
        elif kind.passes(scheme, 2, 8) > kind.passes(scheme, 1, 8):
            rows["serial_rows"] += group.rows
        else:  # one pass for a weight of one or two terms
            rows["fast_rows"] += group.rows
    port = {name: i for i, port in enumerate(accelerator.ports) for name in port.streams}
    return {
        **rows,
        "code_bits": bits,
        "latency": max(pe_kind(group.pe).latency for group in array.groups),
        "columns": array.columns,
        "pixels": array.pixels,
        "post_lanes": accelerator.post.lanes,
        "accumulator_bits": accelerator.accumulator.bits,
        "input_bytes": accelerator.input.bytes_per_bank,
        "weight_bytes": accelerator.weight.bytes_per_bank,
        "residual_bytes": accelerator.residual.bytes_per_bank,
        "output_bytes": accelerator.output.bytes_per_bank,
        "psum_bytes": accelerator.psum_bytes,
        "input_banks": accelerator.input.banks,
        "weight_banks": accelerator.weight.banks,
        "clock_hz": accelerator.clock_hz,
        "port_bits": accelerator.port_bits,
        "request_bytes": accelerator.request_bytes,
        "outstanding": accelerator.outstanding,
        "port_of": [port[name] for name in ("input", "weight", "residual", "output")],
    }
