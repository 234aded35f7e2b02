"""The report of a run, put together from what the rooms found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from lightsim.energy.joules import energy, energy_source
from lightsim.energy.tables import EnergyTable
from lightsim.flow.engines import Outcome, Timing
from lightsim.flow.ideal_memory import ideal_memory_note
from lightsim.flow.layers import layer_reports, peak_bytes_per_cycle
from lightsim.hardware.device import Board, IdealMemory, Resources
from lightsim.quantisation.workload import Workload
from lightsim.reports.report import (
    DefaultReport,
    PartReport,
    ResourceReport,
    RunReport,
    TraceEvent,
    UnitReport,
)
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.estimation import estimate, total
from lightsim.tiled.mapping.program import Program
from lightsim.units import Clock

if TYPE_CHECKING:
    from lightsim.tiled.optimum.default import BestDefault

__all__ = ["Findings", "assemble"]


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """Everything a report is made from."""

    engine: str
    board: Board | None
    accelerator: Accelerator
    workload: Workload
    programs: tuple[Program, ...]
    outcome: Outcome
    images: int
    batch: int
    seed: int
    accuracy: float | None
    accuracy_images: int
    energy_table: EnergyTable
    replaced: Accelerator | None
    best: BestDefault | None


def assemble(found: Findings) -> RunReport:
    """The report of a run."""
    accelerator, workload, result = found.accelerator, found.workload, found.outcome.timing
    clock = Clock(accelerator.clock_hz)
    seconds = clock.seconds(result.cycles)
    first = len(found.programs[0].schedules)
    parts = estimate(accelerator, found.board.device if found.board else None)
    layers = layer_reports(found.programs, found.outcome.timing, found.images)
    events = _events(result)
    table = found.energy_table
    kind = _dram_kind(accelerator)
    joules = energy(events, table, kind)
    macs = workload.network.macs * found.images
    return RunReport(
        network=workload.network.name,
        title=workload.network.title,
        board=found.board.name if found.board else None,
        scheme=workload.scheme.name,
        engine=found.engine,
        accelerator=accelerator.name,
        configuration=_configuration(found),
        clock_hz=accelerator.clock_hz,
        images=found.images,
        batch=found.batch,
        seed=found.seed,
        cycles=result.cycles,
        latency_s=clock.seconds(result.layers[first - 1].end),
        throughput_images_per_s=found.images / seconds,
        gops=2 * macs / seconds / 1e9,
        bit_exact=found.outcome.bit_exact,
        output_sha256=found.outcome.digest,
        weights_origin=workload.weights_origin,
        resources=_resources(total(part for part in parts), found.board),
        parts=tuple(
            PartReport(
                part.name,
                dict(zip(Resources.names(), part.resources.values(), strict=True)),
                str(part.source),
            )
            for part in parts
        ),
        energy_j=sum(joules.values()),
        energy_by_event_j=joules,
        energy_source=energy_source(table, kind),
        accuracy=found.accuracy,
        accuracy_images=found.accuracy_images,
        layers=layers,
        units=_units(result),
        trace=tuple(TraceEvent(i.unit, i.name, i.start, i.end, i.detail) for i in result.trace),
        peak_ops_per_cycle=2.0 * accelerator.array.lanes,
        peak_bytes_per_cycle=peak_bytes_per_cycle(accelerator),
        port_bytes_per_cycle=float(accelerator.word_bytes),
        notes=_notes(found),
        outputs=workload.network.outputs,
        default=_default(found.best, result.layers[first - 1].end),
    )


def _default(best: BestDefault | None, cycles: int) -> DefaultReport | None:
    """How near the first batch, of so many cycles, is to the best of the default space."""
    return None if best is None else DefaultReport(best.bound_cycles, cycles, best.images)


def _dram_kind(accelerator: Accelerator) -> str:
    memory = accelerator.memory
    return "ideal" if isinstance(memory, IdealMemory) else memory.part.kind


def _events(result: Timing) -> dict[str, int]:
    events: dict[str, int] = {}
    for layer in result.layers:
        for name, count in layer.events.items():
            events[name] = events.get(name, 0) + count
    return events


def _resources(used: Resources, board: Board | None) -> Mapping[str, ResourceReport]:
    available = board.device.resources.values() if board else (None,) * 5
    return {
        name: ResourceReport(amount, limit)
        for name, amount, limit in zip(Resources.names(), used.values(), available, strict=True)
    }


def _units(result: Timing) -> tuple[UnitReport, ...]:
    units = []
    for name, spent in result.units.items():
        idle = result.cycles - spent.busy - sum(spent.stalls.values())
        units.append(UnitReport(name, spent.busy, dict(spent.stalls), idle))
    return tuple(units)


def _configuration(found: Findings) -> dict[str, object]:
    accelerator = found.accelerator
    return {
        "network": found.workload.network.name,
        "board": found.board.name if found.board else None,
        "scheme": found.workload.scheme.name,
        "engine": found.engine,
        "images": found.images,
        "batch": found.batch,
        "seed": found.seed,
        "accelerator": asdict(accelerator),
        "mapping": {s.layer.name: asdict(s.tiling) for s in found.programs[0].schedules},
    }


def _notes(found: Findings) -> tuple[str, ...]:
    notes = []
    outputs = found.workload.network.outputs
    computed = found.outcome.bit_exact is not None
    if len(outputs) > 1:
        notes.append(
            f"The network has {len(outputs)} outputs: {', '.join(outputs)}."
            + (" The SHA-256 is that of all of them, in this order." if computed else "")
        )
    if not found.workload.trained:
        notes.append(
            f"The weights are {found.workload.weights_origin}. Cycles depend on them only through "
            "the k of the filters; the outputs mean nothing, and there is no accuracy."
        )
    if found.replaced is not None:
        notes.append(ideal_memory_note(found.programs, found.outcome.timing, found.replaced))
    if found.outcome.bit_exact is False:
        notes.append("The simulated outputs differ from the whole-layer reference: this is a bug.")
    if found.outcome.note is not None:
        notes.append(found.outcome.note)
    notes.append(
        "Resources are estimates: formulas fitted to open synthesis of the RTL (Yosys 0.70); what "
        "joins its ports to the board is assumed; every part names its source."
    )
    return tuple(notes)
