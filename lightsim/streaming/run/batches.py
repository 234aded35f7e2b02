"""A network laid on a streaming accelerator for a run: the door `map`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lightsim.errors import InputError
from lightsim.quantisation.workload import Workload
from lightsim.streaming.description.accelerator import StreamingAccelerator
from lightsim.streaming.estimation.resources import as_built, check_fit
from lightsim.streaming.mapping.build import lay_out
from lightsim.streaming.mapping.pipeline import Pipeline
from lightsim.template.task import Batches, Wishes

__all__ = ["MappedStream", "map_run"]


@dataclass(frozen=True, slots=True, eq=False)
class MappedStream:
    """The pipeline through which all images of a run go one behind the other."""

    pipeline: Pipeline

    @property
    def design(self) -> StreamingAccelerator:
        """The accelerator with the list of its hardware."""
        return self.pipeline.design

    @property
    def outputs(self) -> tuple[str, ...]:
        """The layers that are stored, in the network's order."""
        return self.pipeline.outputs


def map_run(
    workload: Workload, design: StreamingAccelerator, batches: Batches, wishes: Wishes
) -> MappedStream:
    """The pipeline of a run; batches follow each other without a gap.

    Raises `InputError` for what cannot be laid out, and `BudgetError` for what does not fit the
    device.
    """
    if wishes.tilings is not None:
        raise InputError("template 'streaming'", "has no tilings", "accepted: no mapping")
    if wishes.ideal_memory:
        problem = "reads memory at one word a cycle in any case"
        raise InputError("template 'streaming'", problem, "accepted: no ideal memory")
    pipeline = lay_out(workload, design, wishes.sort_filters)
    built = as_built(pipeline)
    check_fit(built)
    return MappedStream(replace(pipeline, design=built))
