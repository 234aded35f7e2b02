"""What each layer of a run is reported with: cycles by cause, traffic, k, and its bounds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from lightsim.hardware.accelerator import Accelerator
from lightsim.mapping.cost import memory_bytes_per_cycle
from lightsim.mapping.plan import EngineLayer
from lightsim.mapping.program import Program
from lightsim.mapping.schedule import Schedule
from lightsim.reports.report import LayerReport
from lightsim.simulation.result import LayerTiming, SimulationResult

__all__ = ["layer_reports", "peak_bytes_per_cycle"]

# What holds a layer up, by where its cycles went.
_FAMILIES = {
    "compute": ("flush",),
    "dram": ("input", "weight", "residual", "output", "store"),
    "post": ("post",),
    "control": ("start",),
}


def layer_reports(
    program: Program, result: SimulationResult, images: int
) -> tuple[LayerReport, ...]:
    """One report per pass of `program`, summed over the batches that made up `images`."""
    runs: dict[str, list[LayerTiming]] = {}
    for timing in result.layers:
        runs.setdefault(timing.name, []).append(timing)
    return tuple(
        _layer(program.accelerator, schedule, runs[schedule.layer.name], images)
        for schedule in program.schedules
    )


def peak_bytes_per_cycle(accelerator: Accelerator) -> float:
    """What memory or ports can move per cycle, whichever is less."""
    ports = float(accelerator.word_bytes * len(accelerator.ports))
    return min(memory_bytes_per_cycle(accelerator), ports)


def _layer(
    accelerator: Accelerator, schedule: Schedule, runs: list[LayerTiming], images: int
) -> LayerReport:
    layer, lanes = schedule.layer, accelerator.array.lanes
    cycles = sum(run.end - run.start for run in runs)
    busy = sum(run.busy for run in runs)
    stalls = _sum(run.stalls for run in runs)
    traffic = _sum(run.traffic for run in runs)
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
        macs=layer.macs * images,
        terms=_terms(layer) * images,
        k=_k(layer),
        utilisation=useful / (cycles * lanes) if layer.weights is not None else busy / cycles,
        tiles=sum(run.tiles for run in runs),
        mapping=str(schedule.tiling),
        traffic_bytes=traffic,
        compute_bound_cycles=busy,
        memory_bound_cycles=int(sum(traffic.values()) / peak_bytes_per_cycle(accelerator)),
    )


def _sum(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The counts added up by name."""
    added: dict[str, int] = {}
    for row in counts:
        for name, count in row.items():
            added[name] = added.get(name, 0) + count
    return added


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
