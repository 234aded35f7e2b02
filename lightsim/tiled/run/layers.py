"""The report of each layer of a run: cycles by cause, traffic, k, and the layer's bounds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from lightsim.quantisation.term_counts import filters_by_k, terms_added
from lightsim.template.findings import LayerReport
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.accounts import LayerTiming
from lightsim.tiled.mapping.program import Program
from lightsim.tiled.mapping.tiles.cost import memory_bytes_per_cycle
from lightsim.tiled.mapping.tiles.schedule import Schedule
from lightsim.tiled.run.at_best import least_by_memory, least_by_ports
from lightsim.tiled.run.timing import Timing

if TYPE_CHECKING:
    from lightsim.tiled.run.bound_by import Bound

__all__ = ["layer_reports", "peak_bytes_per_cycle"]


def layer_reports(
    programs: Sequence[Program], timing: Timing, images: int
) -> tuple[LayerReport, ...]:
    """One report per pass of `programs`, summed over the batches that made up `images`."""
    # The kernels of the timeline are loaded here, so only a report of a run loads them.
    from lightsim.tiled.run.bound_by import bounds_of_layers

    runs: dict[str, list[LayerTiming]] = {}
    for row in timing.layers:
        runs.setdefault(row.name, []).append(row)
    bounds = bounds_of_layers(programs)
    last = timing.layers[-1]
    return tuple(
        _layer(
            programs[0].accelerator,
            schedule,
            runs[schedule.layer.name],
            images,
            bounds[schedule.layer.name],
            # At the end of a pass the weights of the next pass may be under way, but not at the end
            # of the run.
            len(runs[schedule.layer.name]) - (schedule.layer.name == last.name),
        )
        for schedule in programs[0].schedules
    )


def peak_bytes_per_cycle(accelerator: Accelerator) -> float:
    """Bytes that memory and ports can move in a cycle: the smaller of the two rates."""
    ports = float(accelerator.word_bytes * len(accelerator.ports))
    return min(memory_bytes_per_cycle(accelerator), ports)


def _layer(
    accelerator: Accelerator,
    schedule: Schedule,
    runs: list[LayerTiming],
    images: int,
    bound: Bound,
    ahead: int,
) -> LayerReport:
    layer, lanes = schedule.layer, accelerator.array.lanes
    cycles = sum(run.end - run.start for run in runs)
    busy = sum(run.busy for run in runs)
    stalls = _sum(run.stalls for run in runs)
    traffic = _sum(run.traffic for run in runs)
    useful = sum(run.useful for run in runs)
    by_ports = least_by_ports(accelerator, traffic, ahead)
    by_memory = least_by_memory(accelerator, traffic, ahead)
    return LayerReport(
        name=layer.name,
        kind=layer.kind if layer.main.layer.operator != "dense" else "dense",
        fused=layer.fused,
        start=runs[0].start,
        end=runs[0].end,
        cycles=cycles,
        busy=busy,
        stalls=stalls,
        bound_by=bound.cause,
        gain_cycles=bound.gain,
        macs=layer.macs * images,
        terms=terms_added(layer.main, layer.macs) * images,
        k=filters_by_k(layer.main),
        utilisation=useful / (cycles * lanes) if layer.weights is not None else busy / cycles,
        tiles=sum(run.tiles for run in runs),
        mapping=str(schedule.tiling),
        traffic_bytes=traffic,
        compute_bound_cycles=busy,
        port_bound_cycles=by_ports,
        dram_bound_cycles=by_memory,
        memory_bound_cycles=max(by_ports, by_memory),
        input_type=layer.source.element.name,
        output_type=layer.destination.element.name,
    )


def _sum(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The sum of the counts, by name."""
    added: dict[str, int] = {}
    for row in counts:
        for name, count in row.items():
            added[name] = added.get(name, 0) + count
    return added
