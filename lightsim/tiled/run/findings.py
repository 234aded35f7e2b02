"""The findings of a run on the tiled machine, in the form that reports use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from lightsim.hardware.device import IdealMemory
from lightsim.template.findings import Findings, TraceEvent, UnitReport
from lightsim.template.task import Task
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.run.batches import MappedBatches
from lightsim.tiled.run.ideal_memory import ideal_memory_note
from lightsim.tiled.run.layers import layer_reports, peak_bytes_per_cycle
from lightsim.tiled.run.timing import Timing

__all__ = ["findings"]

_RESOURCE_NOTE = (
    "Resources are estimates: formulas fitted to open synthesis of the RTL (Yosys 0.70); what "
    "joins its ports to the board is assumed; every part names its source."
)


def findings(
    task: Task, timing: Timing, outputs: Mapping[str, NDArray[np.int32]] | None
) -> Findings:
    """The findings of a task from a model's `timing`, and the `outputs` if the model moves data.

    `outputs[layer]` is int32[images, channels, height, width]; None for a model without data.
    """
    mapped: MappedBatches = task.mapped
    accelerator, programs = mapped.design, mapped.programs
    images = sum(len(batch) for batch in task.batches)
    notes: tuple[str, ...] = ()
    if mapped.replaced is not None:
        notes = (ideal_memory_note(programs, timing, mapped.replaced),)
    return Findings(
        cycles=timing.cycles,
        first_cycles=timing.layers[len(programs[0].schedules) - 1].end,
        layers=layer_reports(programs, timing, images),
        units=_units(timing),
        trace=tuple(TraceEvent(i.unit, i.name, i.start, i.end, i.detail) for i in timing.trace),
        events=_events(timing),
        memory_kind=_memory_kind(accelerator),
        peak_ops_per_cycle=2.0 * accelerator.array.lanes,
        peak_bytes_per_cycle=peak_bytes_per_cycle(accelerator),
        port_bytes_per_cycle=float(accelerator.word_bytes),
        mapping={s.layer.name: asdict(s.tiling) for s in programs[0].schedules},
        outputs=outputs,
        notes=notes,
        resource_note=_RESOURCE_NOTE,
    )


def _memory_kind(accelerator: Accelerator) -> str:
    memory = accelerator.memory
    return "ideal" if isinstance(memory, IdealMemory) else memory.part.kind


def _events(timing: Timing) -> dict[str, int]:
    events: dict[str, int] = {}
    for layer in timing.layers:
        for name, count in layer.events.items():
            events[name] = events.get(name, 0) + count
    return events


def _units(timing: Timing) -> tuple[UnitReport, ...]:
    units = []
    for name, spent in timing.units.items():
        idle = timing.cycles - spent.busy - sum(spent.stalls.values())
        units.append(UnitReport(name, spent.busy, dict(spent.stalls), idle))
    return tuple(units)
