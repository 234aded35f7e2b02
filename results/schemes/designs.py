"""The arrays that are compared: the largest of each scheme and PE kind on a board."""

from __future__ import annotations

from dataclasses import dataclass

from lightsim.hardware import Board
from lightsim.numerics.formats.scheme import scheme
from lightsim.tiled.description.accelerator import Accelerator, Array, LaneGroup
from lightsim.tiled.estimation import default_accelerator
from lightsim.tiled.estimation.sizing import grown, least_design, within

NETWORKS = ("vgg7-cifar10", "resnet18-cifar10", "resnet18-imagenet")
UTILISATION = 0.8


@dataclass(frozen=True)
class Design:
    """A row of the comparison."""

    label: str
    scheme: str
    accelerator: Accelerator


def designs(on: Board) -> list[Design]:
    """The largest array of each scheme and PE kind, and one with DSP rows beside shift rows."""
    kinds = (
        ("lightnn1, serial shift", "lightnn1", "shift_add_serial"),
        ("lightnn2, serial shift", "lightnn2", "shift_add_serial"),
        ("lightnn2, spatial shift", "lightnn2", "shift_add_spatial"),
        ("flightnn, serial shift", "flightnn", "shift_add_serial"),
        ("fixed4, DSP", "fixed4", "multiply_dsp"),
        ("fixed4, LUT", "fixed4", "multiply_lut"),
        ("fixed8, DSP", "fixed8", "multiply_dsp"),
        ("fixed8, LUT", "fixed8", "multiply_lut"),
    )
    rows = [
        Design(label, name, default_accelerator(on, scheme(name), pe=pe, utilisation=UTILISATION))
        for label, name, pe in kinds
    ]
    mixed = largest_mixed(on)
    if mixed is not None:
        rows.insert(4, Design("flightnn, serial shift + DSP", "flightnn", mixed))
    return rows


def largest_mixed(on: Board) -> Accelerator | None:
    """The array with most lanes that has some DSP rows beside serial shift rows."""
    best: Accelerator | None = None
    for columns in (16, 32, 64):
        for pixels in (1, 2, 3, 4):
            for serial in range(8, 65, 4):
                for dsp in (2, 4, 6, 8, 12, 16):
                    rows = serial + dsp
                    lanes = rows * columns * pixels
                    if rows % 8 or (best is not None and lanes <= best.array.lanes):
                        continue
                    groups = (LaneGroup("shift_add_serial", serial), LaneGroup("multiply_dsp", dsp))
                    least = least_design(on, scheme("flightnn"), Array(groups, columns, pixels))
                    if within(least, on.device, UTILISATION):
                        best = grown(least, on.device, UTILISATION)
    return best
