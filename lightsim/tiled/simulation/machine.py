"""The whole machine, wired together and run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import simpy
from numpy.typing import NDArray

from lightsim.quantisation.workload import check_drawn
from lightsim.tiled.mapping.activity import Activity
from lightsim.tiled.mapping.program import Program
from lightsim.tiled.simulation.array import Array, Inlets
from lightsim.tiled.simulation.buffer import Buffer
from lightsim.tiled.simulation.contents import Activations, WeightTile
from lightsim.tiled.simulation.controller import Barrier, Controller
from lightsim.tiled.simulation.drain import PostProcessor, StoreStream
from lightsim.tiled.simulation.load import Load, input_jobs, residual_jobs, weight_jobs
from lightsim.tiled.simulation.memory import MemorySystem
from lightsim.tiled.simulation.probe import Probe
from lightsim.tiled.simulation.result import SimulationResult
from lightsim.tiled.simulation.store import Store

__all__ = ["Machine", "simulate"]


class Machine:
    """One accelerator with its processes, ready to run programs over batches of images.

    `programs[i]` runs on `batches[i]` int16[images, channels, height, width].
    """

    def __init__(
        self,
        programs: Sequence[Program],
        batches: Sequence[NDArray[np.int16]],
        tracing: bool = True,
    ) -> None:
        accelerator = programs[0].accelerator
        env = self.env = simpy.Environment()
        runs = [
            (program, Store(program.plan, accelerator, images))
            for program, images in zip(programs, batches, strict=True)
        ]
        self.stores = [store for _, store in runs]
        names = [s.layer.name for program in programs for s in program.schedules]
        barrier = Barrier(env, len(names))
        self.memory = MemorySystem(env, accelerator)
        activity = Activity(accelerator)
        self.probe = Probe(self.memory, activity, tracing)
        inlets = Inlets(
            Buffer[Activations](env, accelerator.input.banks),
            Buffer[WeightTile](env, accelerator.weight.banks),
            Buffer[Activations](env, accelerator.residual.banks),
        )
        outputs = Buffer[Activations](env, accelerator.output.banks)
        shared = (self.memory, barrier, self.probe)
        post = PostProcessor(env, inlets.residual, outputs)
        processes = (
            Controller(env, barrier, self.probe, names),
            Load(env, "input", input_jobs(runs), inlets.input, *shared),
            Load(env, "weight", weight_jobs(runs), inlets.weight, *shared),
            Load(env, "residual", residual_jobs(runs), inlets.residual, *shared),
            Array(
                env, accelerator, list(programs), inlets, outputs, post, barrier, self.probe,
                activity,
            ),
            StoreStream(env, runs, outputs, *shared),
        )  # fmt: skip
        self._controller, *_ = [env.process(process.run()) for process in processes]

    def run(self, progress: Callable[[int], None] | None = None) -> int:
        """Run to the end; returns the cycles. `progress` receives the number of layers done."""
        done = self._controller
        while not done.triggered:
            before = len(self.probe.layers)
            while not done.triggered and len(self.probe.layers) == before:
                self.env.step()
            if progress is not None:
                progress(len(self.probe.layers))
        return self.probe.layers[-1].end


def simulate(
    programs: Sequence[Program],
    batches: Sequence[NDArray[np.int16]],
    *,
    tracing: bool = True,
    progress: Callable[[int], None] | None = None,
) -> SimulationResult:
    """Run programs one after another on one machine, with the next program's weights fetched ahead.

    `batches[i]` int16[images, channels, height, width] are the images of `programs[i]`. Raises
    `InputError` for a program whose workload is an outline without values.
    """
    for program in {id(program): program for program in programs}.values():
        check_drawn(program.plan.workload)
    machine = Machine(programs, batches, tracing)
    cycles = machine.run(progress)
    outputs: dict[str, list[NDArray[np.int32]]] = {}
    for program, store in zip(programs, machine.stores, strict=True):
        for name, view in program.plan.written.items():
            outputs.setdefault(name, []).append(store.layer_output(view).astype(np.int32))
    counters: dict[str, int] = {}
    for channel in machine.memory.channels:
        for name, count in channel.counters().items():
            counters[name] = counters.get(name, 0) + count
    return SimulationResult(
        cycles,
        tuple(machine.probe.layers),
        machine.probe.units,
        tuple(machine.probe.trace),
        {name: np.concatenate(parts) for name, parts in outputs.items()},
        counters,
    )
