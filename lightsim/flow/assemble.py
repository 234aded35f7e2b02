"""The report of a run, put together from what the rooms found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from lightsim.estimation import energy, estimate, total
from lightsim.estimation.energy import energy_source
from lightsim.estimation.energy_tables import EnergyTable
from lightsim.flow.engines import Outcome, Timing
from lightsim.hardware.accelerator import Accelerator, IdealMemory
from lightsim.hardware.device import Board, Resources
from lightsim.mapping.accounts import LayerTiming
from lightsim.mapping.cost import memory_bytes_per_cycle
from lightsim.mapping.plan import EngineLayer
from lightsim.mapping.program import Program
from lightsim.mapping.schedule import Schedule
from lightsim.quantisation.workload import Workload
from lightsim.reports.report import (
    LayerReport,
    PartReport,
    ResourceReport,
    RunReport,
    TraceEvent,
    UnitReport,
)
from lightsim.units import Clock, ceil_div

__all__ = ["Findings", "assemble"]

# What holds a layer up, by where its cycles went.
_FAMILIES = {
    "compute": ("flush",),
    "dram": ("input", "weight", "residual", "output", "store"),
    "post": ("post",),
    "control": ("start",),
}


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
    ideal: bool


def assemble(found: Findings) -> RunReport:
    """The report of a run."""
    accelerator, workload, result = found.accelerator, found.workload, found.outcome.timing
    clock = Clock(accelerator.clock_hz)
    seconds = clock.seconds(result.cycles)
    first = len(found.programs[0].schedules)
    parts = estimate(accelerator, found.board.device if found.board else None)
    layers = _layers(found)
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
        peak_bytes_per_cycle=_peak_bytes(accelerator),
        notes=_notes(found),
    )


def _peak_bytes(accelerator: Accelerator) -> float:
    """What memory or ports can move per cycle, whichever is less."""
    ports = float(accelerator.word_bytes * len(accelerator.ports))
    return min(memory_bytes_per_cycle(accelerator), ports)


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


def _layers(found: Findings) -> tuple[LayerReport, ...]:
    """One report per pass, summed over the batches."""
    runs: dict[str, list[LayerTiming]] = {}
    for timing in found.outcome.timing.layers:
        runs.setdefault(timing.name, []).append(timing)
    return tuple(
        _layer(found, schedule, runs[schedule.layer.name])
        for schedule in found.programs[0].schedules
    )


def _layer(found: Findings, schedule: Schedule, runs: list[LayerTiming]) -> LayerReport:
    layer, lanes = schedule.layer, found.accelerator.array.lanes
    cycles = sum(run.end - run.start for run in runs)
    busy = sum(run.busy for run in runs)
    stalls: dict[str, int] = {}
    traffic: dict[str, int] = {}
    for run in runs:
        for cause, count in run.stalls.items():
            stalls[cause] = stalls.get(cause, 0) + count
        for stream, nbytes in run.traffic.items():
            traffic[stream] = traffic.get(stream, 0) + nbytes
    k = _k(layer)
    useful = sum(run.useful for run in runs)
    return LayerReport(
        name=layer.name,
        kind=layer.kind if layer.main.layer.operator != "dense" else "dense",
        fused=layer.fused,
        start=runs[0].start,
        end=runs[0].end,
        cycles=cycles,
        busy=busy,
        stalls=stalls,
        bound_by=_bound_by(busy, stalls),
        macs=layer.macs * found.images,
        terms=_terms(layer) * found.images,
        k=k,
        utilisation=useful / (cycles * lanes) if layer.weights is not None else busy / cycles,
        tiles=sum(run.tiles for run in runs),
        mapping=str(schedule.tiling),
        traffic_bytes=traffic,
        compute_bound_cycles=busy,
        memory_bound_cycles=ceil_div(
            sum(traffic.values()), max(1, int(_peak_bytes(found.accelerator)))
        ),
    )


def _k(layer: EngineLayer) -> dict[str, int]:
    """Filters by number of terms; none counted for formats that multiply."""
    scheme, k = layer.main.scheme, layer.main.k
    if scheme is None or k is None or not scheme.is_shift_add:
        return {"0": 0, "1": 0, "2": 0}
    return {str(terms): int(np.count_nonzero(k == terms)) for terms in (0, 1, 2)}


def _terms(layer: EngineLayer) -> int:
    """Signed powers of two added for one image: products times k, summed over filters."""
    scheme, k = layer.main.scheme, layer.main.k
    if scheme is None or k is None or not scheme.is_shift_add or layer.weights is None:
        return 0
    per_filter = layer.macs // layer.computed.channels
    return per_filter * int(k.astype(np.int64).sum())


def _bound_by(busy: int, stalls: Mapping[str, int]) -> str:
    """The family of causes that most of the layer's cycles went to."""
    spent = {
        family: sum(stalls.get(cause, 0) for cause in causes)
        for family, causes in _FAMILIES.items()
    }
    spent["compute"] += busy
    return max(spent, key=lambda family: spent[family])


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
    if not found.workload.trained:
        notes.append(
            f"The weights are {found.workload.weights_origin}. Cycles depend on them only through "
            "the k of the filters; the outputs mean nothing, and there is no accuracy."
        )
    if found.ideal:
        notes.append("The memory is ideal: it keeps up with every port and never waits.")
    if not found.outcome.bit_exact:
        notes.append("The simulated outputs differ from the whole-layer reference: this is a bug.")
    if found.outcome.note is not None:
        notes.append(found.outcome.note)
    notes.append(
        "Resources are estimates: lane costs from open synthesis (Yosys 0.70), the surrounding "
        "logic partly assumed; every part names its source."
    )
    return tuple(notes)
