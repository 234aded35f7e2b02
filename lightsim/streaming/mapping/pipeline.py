"""A network laid on a streaming accelerator: engines, FIFOs, and what they are to compute."""

from __future__ import annotations

from dataclasses import dataclass

from lightsim.quantisation.workload import Workload
from lightsim.streaming.description.accelerator import StreamingAccelerator
from lightsim.streaming.mapping.engine import Engine, Fifo, Stream

__all__ = ["Pipeline"]


@dataclass(frozen=True, slots=True, eq=False)
class Pipeline:
    """Engines in an order in which every one comes after those that it reads.

    `stored` names, for every engine that stores, the layer whose output it stores and the stream
    in which it comes; `last` the engine that gives a layer's output, by the layer.
    """

    design: StreamingAccelerator
    workload: Workload
    engines: tuple[Engine, ...]
    fifos: tuple[Fifo, ...]
    stored: dict[int, tuple[str, Stream]]
    last: dict[str, int]
    streams: dict[str, Stream]

    @property
    def outputs(self) -> tuple[str, ...]:
        """The layers whose values are the network's outputs, in their order."""
        return self.workload.network.outputs

    @property
    def rigid(self) -> bool:
        """Whether pipelines hold what is in them while a step waits."""
        return self.design.pipelines == "rigid"

    def engine(self, name: str) -> Engine:
        """The engine of a name; raises `KeyError` if there is none."""
        for engine in self.engines:
            if engine.name == name:
                return engine
        raise KeyError(name)
