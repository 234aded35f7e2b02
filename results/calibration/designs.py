"""Whole accelerators synthesised by the script of their own RTL folder, beside their prediction.

    python results/calibration/designs.py [--folder FOLDER] [NAME ...]

writes `designs_xc7.csv` and `designs_xc7.md` beside itself. No formula was fitted to these
designs. A folder that has been synthesised before is read again, not synthesised.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from lightsim.flow.experiment import Experiment, prepare, silent
from lightsim.flow.verification import write_rtl
from lightsim.hardware import board
from lightsim.hardware.device import Resources
from lightsim.hardware.part import Part, total
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.description.accelerator import Accelerator, Array, Buffer, LaneGroup
from lightsim.tiled.estimation.design import design_parts
from lightsim.tiled.estimation.sizing import least_design
from lightsim.tiled.rtl.program.descriptors import tile_program
from lightsim.tiled.rtl.program.parameters import built_constants
from lightsim.tiled.rtl.project.rom import rom_part
from lightsim.tiled.rtl.project.synthesis import synthesise, whole_design
from lightsim.tiled.rtl.project.yosys import Cells, base_name, instances, own_cells, yosys_version
from results.provenance import made_at, recorded_in

HERE = Path(__file__).parent
FAMILY = "xc7"
RESOURCES = ("lut", "ff", "dsp", "bram36")


@dataclass(frozen=True, slots=True)
class Design:
    """A network on an accelerator; without one, on the board's default."""

    network: str
    accelerator: Accelerator | None = None
    scheme: str = "flightnn"


def other(scheme: str, columns: int, pixels: int, *groups: LaneGroup) -> Accelerator:
    """Lanes of other kinds on pynq-z2, with the least buffers."""
    return least_design(board("pynq-z2"), SCHEMES[scheme], Array(groups, columns, pixels))


def square(size: int) -> Accelerator:
    """Serial shift-add lanes, as many rows as columns, with the least buffers of zc706."""
    array = Array((LaneGroup("shift_add_serial", size),), size, 1)
    return least_design(board("zc706"), SCHEMES["flightnn"], array)


def large() -> Accelerator:
    """32 rows, 32 columns and two pixels, a little more than 80 % of zc706."""
    array = Array((LaneGroup("shift_add_serial", 32),), 32, 2)
    least = least_design(board("zc706"), SCHEMES["flightnn"], array)
    return replace(
        least, input=Buffer(64 << 10, 2), weight=Buffer(512 << 10, 2), output=Buffer(32 << 10, 2),
        residual=Buffer(32 << 10, 2), psum_bytes=256 << 10,
    )  # fmt: skip


DESIGNS = {
    "8x8": Design("digits", square(8)),
    "16x16": Design("digits", square(16)),
    "32x32x2": Design("vgg7-cifar10", large()),
    "vgg7-cifar10 on zc706": Design("vgg7-cifar10"),
    "dsp": Design("digits", other("fixed8", 16, 1, LaneGroup("multiply_dsp", 8)), "fixed8"),
    "xnor": Design("digits", other("binary", 32, 2, LaneGroup("xnor_popcount", 16)), "binary"),
    "mixed": Design(
        "resnet20-cifar10",
        other("flightnn", 8, 2, LaneGroup("multiply_dsp", 4), LaneGroup("shift_add_spatial", 4)),
    ),
}


def experiment(design: Design) -> Experiment:
    """The experiment on zc706, or where its accelerator belongs."""
    where = "zc706" if design.accelerator is None else design.accelerator.board
    return Experiment(design.network, where, design.accelerator, design.scheme, tracing=False)


def predicted(design: Design) -> tuple[Part, ...]:
    """The parts as the folder's README has them."""
    programs = prepare(experiment(design), silent).mapped.programs
    rom, halves = rom_part(tile_program(programs))
    return (*design_parts(built_constants(programs), beside=halves), rom)


def synthesised(design: Design, folder: Path) -> dict[str, dict[str, dict[str, int]]]:
    """What `stat -json` says of the modules of a design's folder."""
    counted = folder / f"utilisation_{FAMILY}.json"
    if not counted.exists():
        write_rtl(experiment(design), folder)
        synthesise(folder, FAMILY)
    modules: dict[str, dict[str, dict[str, int]]] = json.loads(counted.read_text())["modules"]
    return modules


def array_of(modules: dict[str, dict[str, dict[str, int]]]) -> Resources:
    """The array alone: its rows of lanes and what feeds them."""
    own, counts = own_cells(modules), instances(modules, "accelerator")
    inside = (name for name in counts if base_name(name) in ("pe_array", "lane_rows"))
    return sum((own[name].times(counts[name]) for name in inside), Cells()).resources()


def rows_of(name: str, found: Resources, said: Resources) -> list[dict[str, object]]:
    """One row a resource."""
    return [
        {
            "design": name,
            "resource": resource,
            "yosys": getattr(found, resource),
            "predicted": getattr(said, resource),
            "error": round(getattr(said, resource) / max(getattr(found, resource), 1) - 1, 4)
            if getattr(found, resource) else 0.0,
        }
        for resource in RESOURCES
    ]  # fmt: skip


def main() -> None:
    """Synthesise what is asked for and write both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=HERE / "folders")
    parser.add_argument("names", nargs="*", default=[])
    options = parser.parse_args()
    rows: list[dict[str, object]] = []
    for name in options.names or DESIGNS:
        modules = synthesised(DESIGNS[name], options.folder / name.split(" ")[0])
        parts = predicted(DESIGNS[name])
        in_array = [p for p in parts if p.name == "array" or p.name.startswith("lanes: ")]
        rows += rows_of(f"{name}: array", array_of(modules), total(in_array))
        rows += rows_of(f"{name}: whole", whole_design(modules), total(parts))
    points = HERE / f"points_{FAMILY}.csv"
    table = pd.DataFrame(rows)
    table.to_csv(HERE / f"designs_{FAMILY}.csv", index=False)
    lines = [
        "# Whole designs: Yosys beside LightSim",
        "",
        f"{made_at('python results/calibration/designs.py')}, Yosys "
        f"{yosys_version()}, `synth_xilinx -family "
        f"{FAMILY}`, hierarchy kept; without what joins the ports to a bus, and without a memory "
        "controller. The squares, 32x32x2 (vgg7-cifar10) and the default of zc706 have serial "
        "shift-add lanes for flightnn; `dsp` has 8x16 multipliers on DSP blocks for fixed8, `xnor` "
        "16x32x2 XNOR lanes for binary (all three run digits), `mixed` 4 rows on DSP blocks and 4 "
        "spatial ones, 8 columns, 2 pixels (resnet20-cifar10, with residual additions).",
        "",
        f"What the formulas are fitted to is `{points.name}`, made by `lightsim calibrate --output "
        f"results/calibration` (recorded in commit {recorded_in(points)}).",
        "",
        "| design | resource | Yosys | predicted | error |",
        "|---|---|---|---|---|",
        *(
            f"| {row['design']} | {row['resource']} | {row['yosys']} | {row['predicted']} "
            f"| {row['error']:+.1%} |"
            for row in rows
        ),
    ]
    (HERE / f"designs_{FAMILY}.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
