"""The controller: it opens the layers in turn, each when the previous layer is stored."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import simpy

from lightsim.tiled.description.pipeline import LAYER_START_CYCLES
from lightsim.tiled.simulation.probe import Probe

__all__ = ["Barrier", "Controller", "Process"]

Process = Generator[simpy.Event, None, None]


class Barrier:
    """Two events for each layer: the layer opens, and the last word of the layer is stored."""

    def __init__(self, env: simpy.Environment, layers: int) -> None:
        self.opened = [env.event() for _ in range(layers)]
        self.stored = [env.event() for _ in range(layers)]


@dataclass(slots=True)
class Controller:
    """Opens the layers; `names` are the layers of all programs, in order."""

    env: simpy.Environment
    barrier: Barrier
    probe: Probe
    names: list[str]

    def run(self) -> Process:
        """Open each layer, wait until it is stored, and go on to the next."""
        for opened, stored, name in zip(
            self.barrier.opened, self.barrier.stored, self.names, strict=True
        ):
            begin = int(self.env.now)
            yield self.env.timeout(LAYER_START_CYCLES)
            self.probe.open_layer(int(self.env.now))
            opened.succeed()
            yield stored
            self.probe.close_layer(name, begin, int(self.env.now))
