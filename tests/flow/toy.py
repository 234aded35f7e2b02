"""A machine of one page, which CONTRIBUTING shows: `lanes` products a cycle, layers in turn.

Weights and activations stay on the chip. It has no simulation and no RTL; its design space is in
`toy_explorer.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lightsim.errors import InputError
from lightsim.hardware.board_file import find_board
from lightsim.hardware.device import Board, Device, Resources
from lightsim.hardware.entries import Positive
from lightsim.hardware.part import Part
from lightsim.hardware.reading import read_table
from lightsim.network.checking import checked
from lightsim.network.entries import Entry, Name
from lightsim.numerics.formats.scheme import Scheme
from lightsim.quantisation.term_counts import filters_by_k, terms_added
from lightsim.quantisation.workload import QuantisedLayer, Workload
from lightsim.source import Source
from lightsim.template.design import Progress
from lightsim.template.doors import Door, Template
from lightsim.template.findings import Findings, LayerReport, OwnPart, UnitReport
from lightsim.template.task import Batches, Task, Wishes

LUTS_PER_LANE = 60


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of 32 bits that nothing overflows."""

    bits: int = 32
    overflow: Literal["refuse"] = "refuse"
    accumulation: Literal["exact"] = "exact"


@dataclass(frozen=True, slots=True)
class Toy:
    """The description: a template is an immutable dataclass with these fields among its own."""

    template: ClassVar[str] = "toy"

    name: str
    board: str | None
    scheme: str
    clock_hz: int
    lanes: int
    accumulator: Sums = Sums()


class ToyEntry(Entry):
    """The keys of its file."""

    template: Annotated[Literal["toy"], Field(description="toy")]
    name: Name
    board: str
    scheme: str
    lanes: Positive


def read(path: str, board: Board | None) -> tuple[Toy, Board]:
    entry = checked(ToyEntry, read_table(Path(path)), path)
    on = find_board(entry.board, path) if board is None else board
    toy = Toy(entry.name, on.name, entry.scheme, on.clock_hz, entry.lanes)
    check(toy)
    return toy, on


def check(toy: Toy) -> None:
    if not 1 <= toy.lanes <= 4096:
        raise InputError(toy.name, f"lanes is {toy.lanes}", "accepted: 1 to 4096")


def default(board: Board, scheme: Scheme, *, pe: str | None) -> Toy:
    return Toy(f"toy-{board.name}", board.name, scheme.name, board.clock_hz, 16)


def resources(toy: Toy, device: Device | None) -> tuple[Part, ...]:
    taken = Resources(lut=LUTS_PER_LANE * toy.lanes, ff=32 * toy.lanes)
    return (Part("lanes", taken, Source("assumed", "a toy")),)


@dataclass(frozen=True, slots=True, eq=False)
class Mapped:
    """Every layer's cycles for one image, in order."""

    design: Toy
    workload: Workload
    cycles: tuple[int, ...]

    @property
    def outputs(self) -> tuple[str, ...]:
        return self.workload.network.outputs


def lay(workload: Workload, toy: Toy, batches: Batches, wishes: Wishes) -> Mapped:
    if wishes != Wishes():
        raise InputError("template 'toy'", "has one mapping", "accepted: none other is named")
    steps = (q.layer.macs or q.layer.output_shape.elements for q in workload.layers)
    return Mapped(toy, workload, tuple(-(-count // toy.lanes) for count in steps))


def timeline(task: Task, tell: Progress) -> Findings:
    mapped: Mapped = task.mapped
    images = sum(len(batch) for batch in task.batches)
    layers, start = [], 0
    for quantised, cycles in zip(mapped.workload.layers, mapped.cycles, strict=True):
        layers.append(_layer(quantised, cycles, start, images, mapped.design.lanes))
        start += cycles
    cycles = images * start
    macs = mapped.workload.network.macs * images
    lanes = tuple({"name": layer.name, "interval": layer.cycles // images} for layer in layers)
    return Findings(
        cycles, len(task.batches[0]) * start, tuple(layers), (UnitReport("lanes", cycles, {}, 0),),
        (), {"accumulate": macs}, "ideal", 2.0 * mapped.design.lanes, 0.0, 0.0, {},
        own=(
            OwnPart("interval_cycles", "Interval", start, "cycles between two images"),
            OwnPart("engines", "Engines", lanes, "Interval: cycles that a layer takes per image."),
        ),
    )  # fmt: skip


def _layer(own: QuantisedLayer, cycles: int, start: int, images: int, lanes: int) -> LayerReport:
    spent, macs = cycles * images, own.layer.macs
    return LayerReport(
        own.layer.name, own.layer.operator, (), start, start + cycles, spent, spent, {}, "compute",
        0, macs * images, terms_added(own, macs) * images, filters_by_k(own),
        macs / (cycles * lanes), images, "whole", {}, spent, 0, 0, 0,
    )  # fmt: skip


HERE = "tests.flow.toy"
TOY = Template(
    name="toy", title="products one after another", read=Door(f"{HERE}:read"),
    check=Door(f"{HERE}:check"), default=Door(f"{HERE}:default"),
    resources=Door(f"{HERE}:resources"), map=Door(f"{HERE}:lay"), timeline=Door(f"{HERE}:timeline"),
)  # fmt: skip
