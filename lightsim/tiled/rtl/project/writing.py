"""The project folder: sources, parameters, the tile program and the memory images."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from lightsim.files.writing import Content, write_files
from lightsim.tiled.mapping.program import Program
from lightsim.tiled.rtl.program.contents import memory_image
from lightsim.tiled.rtl.program.descriptors import Descriptor, TileProgram, tile_program
from lightsim.tiled.rtl.program.fields import (
    ENTRY,
    GROUP,
    JOB,
    LAYER,
    TILE,
    Fields,
    packed,
    width_bits,
)
from lightsim.tiled.rtl.program.parameters import bench_header, design_package

__all__ = ["IMAGES", "write_project"]

IMAGES: dict[str, Fields] = {
    "layers": LAYER,
    "tiles": TILE,
    "groups": GROUP,
    "input_jobs": JOB,
    "weight_jobs": JOB,
    "residual_jobs": JOB,
    "output_jobs": JOB,
    "tables": ENTRY,
}


def write_project(
    folder: Path,
    programs: Sequence[Program],
    batches: Sequence[NDArray[np.int16]],
    *,
    built_for: Sequence[Program] = (),
) -> None:
    """Write what is needed to run `programs` over `batches` of images in the RTL.

    The design is that for `built_for`, if given: programs of the same accelerator, these among
    them. Their folders differ in program and memory images only, and one simulator runs all.
    """
    every = built_for or programs
    contents: dict[str, Content] = {
        **_sources(),
        "sv/design_pkg.sv": design_package(every, tile_program(every)),
        "sv/bench_parameters.h": bench_header(programs[0].accelerator),
        **_images(tile_program(programs)),
    }
    for number, (program, images) in enumerate(zip(programs, batches, strict=True)):
        contents[f"memory_{number}.bin"] = partial(_write_memory, program, images)
    write_files(folder, contents)


def _sources() -> dict[str, bytes]:
    with as_file(files("lightsim.tiled.rtl") / "sv") as own:
        return {
            f"sv/{source.name}": source.read_bytes()
            for source in sorted(own.iterdir())
            if source.suffix in (".sv", ".cpp", ".h", ".vlt")
        }


def _images(tiles: TileProgram) -> dict[str, str]:
    """The read-only memories of the tile program, a line of hexadecimal digits an entry."""
    found = {}
    for name, fields in IMAGES.items():
        digits = (width_bits(fields) + 3) // 4
        entries: list[Descriptor] = [*getattr(tiles, name), {}]  # the end: nothing valid
        lines = (f"{packed(fields, entry):0{digits}x}" for entry in entries)
        found[f"{name}.mem"] = "\n".join(lines) + "\n"
    return found


def _write_memory(program: Program, images: NDArray[np.int16], file: BinaryIO) -> None:
    file.write(memory_image(program, images).tobytes())
