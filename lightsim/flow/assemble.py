"""The report of a run, assembled from the results of the rooms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, cast

from lightsim.energy.joules import energy, energy_source
from lightsim.energy.tables import EnergyTable
from lightsim.flow.engines import Outcome
from lightsim.flow.experiment import Prepared
from lightsim.flow.given.resolve import parts_of
from lightsim.hardware.device import Board, Resources
from lightsim.hardware.part import total
from lightsim.quantisation.stored.trained import trained_schemes
from lightsim.quantisation.workload import Workload
from lightsim.reports.report import (
    DefaultReport,
    PartReport,
    ResourceReport,
    RunReport,
    WholeSetReport,
)
from lightsim.template.design import BestDesign
from lightsim.units import Clock

__all__ = ["Ran", "assemble"]


@dataclass(frozen=True, slots=True, eq=False)
class Ran:
    """Everything that a report is made from; `seed` and `batch` are those of the run."""

    ready: Prepared
    outcome: Outcome
    batch: int
    seed: int
    accuracy: float | None
    accuracy_images: int
    energy_table: EnergyTable


def assemble(ran: Ran) -> RunReport:
    """The report of a run."""
    ready, found = ran.ready, ran.outcome.findings
    accelerator, workload, images = ready.accelerator, ready.workload, len(ready.images)
    clock = Clock(accelerator.clock_hz)
    seconds = clock.seconds(found.cycles)
    parts = parts_of(ready.template, accelerator, ready.board)
    joules = energy(found.events, ran.energy_table, found.memory_kind)
    macs = workload.network.macs * images
    return RunReport(
        network=workload.network.name,
        title=workload.network.title,
        board=ready.board.name if ready.board else None,
        scheme=workload.scheme.name,
        template=ready.template.name,
        engine=ready.engine,
        accelerator=accelerator.name,
        configuration=_configuration(ran),
        clock_hz=accelerator.clock_hz,
        images=images,
        batch=ran.batch,
        seed=ran.seed,
        cycles=found.cycles,
        latency_s=clock.seconds(found.first_cycles),
        throughput_images_per_s=images / seconds,
        gops=2 * macs / seconds / 1e9,
        bit_exact=ran.outcome.bit_exact,
        output_sha256=ran.outcome.digest,
        weights_origin=workload.weights_origin,
        resources=_resources(total(parts), ready.board),
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
        energy_source=energy_source(ran.energy_table, found.memory_kind),
        accuracy=ran.accuracy,
        accuracy_images=ran.accuracy_images,
        test_set=_test_set(workload),
        layers=found.layers,
        units=found.units,
        trace=found.trace,
        peak_ops_per_cycle=found.peak_ops_per_cycle,
        peak_bytes_per_cycle=found.peak_bytes_per_cycle,
        port_bytes_per_cycle=found.port_bytes_per_cycle,
        notes=_notes(ran),
        outputs=workload.network.outputs,
        default=_default(ready.best, found.first_cycles),
        own=found.own,
    )


def _default(best: BestDesign | None, cycles: int) -> DefaultReport | None:
    """The gap between the first batch (`cycles` cycles) and the bound of the default space."""
    return None if best is None else DefaultReport(best.bound_cycles, cycles, best.images)


def _test_set(workload: Workload) -> WholeSetReport | None:
    """The test set that the network's file names, and the accuracies measured on all of it."""
    files = workload.network.trained
    if files is None or files.test_images is None or not workload.trained:
        return None
    accuracy = files.accuracy.get(workload.scheme.name)
    rounded = not workload.weights_origin.endswith(f"({files.provenance})")
    return WholeSetReport(files.data, files.test_images, None if rounded else accuracy)


def _resources(used: Resources, board: Board | None) -> Mapping[str, ResourceReport]:
    available = board.device.resources.values() if board else (None,) * 5
    return {
        name: ResourceReport(amount, limit)
        for name, amount, limit in zip(Resources.names(), used.values(), available, strict=True)
    }


def _configuration(ran: Ran) -> dict[str, object]:
    ready = ran.ready
    return {
        "network": ready.workload.network.name,
        "board": ready.board.name if ready.board else None,
        "scheme": ready.workload.scheme.name,
        "template": ready.template.name,
        "engine": ready.engine,
        "images": len(ready.images),
        "batch": ran.batch,
        "seed": ran.seed,
        "accelerator": asdict(cast(Any, ready.accelerator)),
        "mapping": ran.outcome.findings.mapping,
    }


def _notes(ran: Ran) -> tuple[str, ...]:
    notes = list(ran.ready.notes)
    workload, found = ran.ready.workload, ran.outcome.findings
    outputs = workload.network.outputs
    computed = ran.outcome.bit_exact is not None
    if len(outputs) > 1:
        notes.append(
            f"The network has {len(outputs)} outputs: {', '.join(outputs)}."
            + (" The SHA-256 is that of all of them, in this order." if computed else "")
        )
    if not workload.trained:
        notes.append(
            f"The weights are {workload.weights_origin}. Cycles depend on them only through "
            "the k of the filters; the outputs mean nothing, and there is no accuracy."
            + _trained_for(workload)
        )
    notes += found.notes
    if ran.outcome.bit_exact is False:
        notes.append("The simulated outputs differ from the whole-layer reference: this is a bug.")
    if ran.outcome.note is not None:
        notes.append(ran.outcome.note)
    if found.resource_note is not None:
        notes.append(found.resource_note)
    return tuple(notes)


def _trained_for(workload: Workload) -> str:
    """A sentence with the other schemes for which the network has trained weights; "" if none."""
    known = trained_schemes(workload.network)
    return f" Trained weights come for {', '.join(known)}." if known else ""
