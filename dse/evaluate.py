"""What a design is worth: its networks mapped, run on the timeline, and measured.

The mapping is the one that `lightsim run` takes for the same accelerator, so its cycles are
the ones reported here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from dse.design import Design, Refusal
from dse.study import Share
from lightsim.errors import LightSimError
from lightsim.estimation import energy, energy_table
from lightsim.estimation.energy import DEFAULT_ENERGY_TABLE
from lightsim.flow.limits import check_memory
from lightsim.hardware.accelerator import Accelerator, IdealMemory
from lightsim.mapping.program import Program, map_workload
from lightsim.network import load_network
from lightsim.numerics.scheme import scheme
from lightsim.quantisation.accumulators import check_accumulators
from lightsim.quantisation.select import quantise
from lightsim.quantisation.workload import Workload

__all__ = ["Evaluator", "Outcome", "workload_of"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A design that was run: by network the cycles of a batch, its memory traffic and energy."""

    cycles: tuple[int, ...]
    dram_bytes: tuple[int, ...]
    energy_j: tuple[float, ...]

    def values(self, design: Design, shares: tuple[Share, ...]) -> dict[str, float]:
        """The measures by key.

        A mixture of networks takes the mean time, energy and traffic of an image, weighted by
        their shares of the images; its throughput is the inverse of that mean time.
        """
        hz, batch = design.accelerator.clock_hz, design.batch
        weights = [share.weight for share in shares]
        cycles = _mean(weights, self.cycles)
        throughput = batch * hz / cycles
        joules = _mean(weights, self.energy_j) / batch
        resources = dict(
            zip(design.resources.names(), map(float, design.resources.values()), strict=True)
        )
        return {
            "throughput_images_per_s": throughput,
            "latency_s": cycles / hz,
            "energy_j": joules,
            "power_w": joules * throughput,
            "dram_bytes_per_s": _mean(weights, self.dram_bytes) / batch * throughput,
            **resources,
        }


def _mean(weights: list[float], amounts: tuple[float, ...]) -> float:
    return sum(w * amount for w, amount in zip(weights, amounts, strict=True))


class Evaluator:
    """Runs designs of a study; whatever two designs share is made once."""

    def __init__(self, shares: tuple[Share, ...], seed: int) -> None:
        self._shares = shares
        self._seed = seed

    def run(self, design: Design) -> Outcome | Refusal:
        """The outcome of a design, or why it cannot run a network of the study."""
        cycles, traffic, joules = [], [], []
        for share in self._shares:
            try:
                program = self.program(design, share)
            except LightSimError as error:
                return Refusal(str(error))
            # Numba takes a third of a second to load: only those who run a design pay for it.
            from lightsim.timeline.model import run as run_timeline

            found = run_timeline([program])
            cycles.append(found.cycles)
            events: dict[str, int] = {}
            for layer in found.layers:
                for name, count in layer.events.items():
                    events[name] = events.get(name, 0) + count
            traffic.append(events["dram_byte"])
            joules.append(_joules(design.accelerator, events))
        return Outcome(tuple(cycles), tuple(traffic), tuple(joules))

    def program(self, design: Design, share: Share) -> Program:
        """The mapped network; raises `InputError` or `BudgetError` where that cannot be."""
        acc = design.accelerator
        workload = workload_of(share.network, acc.scheme, self._seed)
        if acc.accumulator.overflow == "refuse":
            _check_sums(workload, acc.accumulator.bits, acc.accumulator.accumulation)
        program = map_workload(workload, acc, images=design.batch)
        check_memory(program, lambda images: map_workload(workload, acc, images=images))
        return program


@lru_cache(maxsize=64)
def workload_of(network: str, scheme_name: str, seed: int) -> Workload:
    """The quantised network, as `lightsim run` has it."""
    return quantise(load_network(network), scheme(scheme_name), seed)


@lru_cache(maxsize=256)
def _check_sums(workload: Workload, bits: int, accumulation: str) -> None:
    check_accumulators(workload, bits, "truncate" if accumulation == "truncate" else "exact")


def _joules(acc: Accelerator, events: Mapping[str, int]) -> float:
    memory = acc.memory
    kind = "ideal" if isinstance(memory, IdealMemory) else memory.part.kind
    return sum(energy(events, energy_table(DEFAULT_ENERGY_TABLE), kind).values())
