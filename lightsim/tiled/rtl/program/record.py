"""A simulation run with its memory requests written down, and the values it leaves in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.tiled.mapping.accounts import Interval, LayerTiming
from lightsim.tiled.mapping.plan.plan import EngineLayer
from lightsim.tiled.mapping.program import Program
from lightsim.tiled.simulation.machine import Machine

__all__ = ["Recording", "Request", "record"]


@dataclass(frozen=True, slots=True)
class Request:
    """A granted request: byte address local to its channel, and the cycles of its answer."""

    channel: int
    grant: int
    address: int
    nbytes: int
    write: bool
    done: int
    slot_free: int


@dataclass(frozen=True, slots=True)
class Simulated:
    """The cycles of a run, its layers in order, and its trace."""

    cycles: int
    layers: tuple[LayerTiming, ...]
    trace: tuple[Interval, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """A simulation's result, its requests in the order of their grants, and its machine."""

    result: Simulated
    word_bytes: int
    granted: tuple[Request, ...]
    machine: Machine

    def requests(self) -> str:
        """The requests as the test bench reads them: one a line, addresses and sizes in words."""
        return "".join(
            f"{r.channel} {r.grant} {r.address // self.word_bytes} {r.nbytes // self.word_bytes} "
            f"{int(r.write)} {r.done} {r.slot_free}\n"
            for r in self.granted
        )

    def values(self, batch: int, layer: EngineLayer) -> NDArray[np.int32]:
        """What a pass has written, int32[images, channels, height, width]."""
        return self.machine.stores[batch].layer_output(layer.destination).astype(np.int32)


class _Recorder:
    """A memory channel that writes down what it serves."""

    def __init__(self, channel: object, number: int, granted: list[Request]) -> None:
        self._channel = channel
        self._number = number
        self._granted = granted

    def serve(
        self, grant: int, address: int, nbytes: int, write: bool, port_time: int
    ) -> tuple[int, int]:
        """As the channel's own, and noted."""
        times: tuple[int, int] = self._channel.serve(  # type: ignore[attr-defined]
            grant, address, nbytes, write, port_time
        )
        self._granted.append(Request(self._number, grant, address, nbytes, write, *times))
        return times


def record(programs: Sequence[Program], batches: Sequence[NDArray[np.int16]]) -> Recording:
    """Simulate `programs` over `batches`, noting every memory request."""
    machine = Machine(programs, batches)
    granted: list[Request] = []
    channels = machine.memory.channels
    for number, channel in enumerate(channels):
        channels[number] = _Recorder(channel, number, granted)  # type: ignore[call-overload]
    cycles = machine.run()
    simulated = Simulated(cycles, tuple(machine.probe.layers), tuple(machine.probe.trace))
    word = programs[0].accelerator.word_bytes
    return Recording(simulated, word, tuple(granted), machine)
