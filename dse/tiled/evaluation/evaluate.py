"""The evaluation of a design: its networks are mapped, run on the timeline, and measured.

`lightsim run` takes the same mapping for the same accelerator, so it reports the same cycles.
"""

from __future__ import annotations

from collections.abc import Mapping

from dse.evaluation.workloads import check_sums, workload_of
from dse.free_k.problem import FreeK
from dse.machine import doors
from dse.machine.design import Design, Refusal
from dse.machine.outcome import Outcome
from dse.machine.spending import memory_kind
from dse.study.study import Share
from dse.tiled.design.patterns import Kept, Pattern, timing_key
from lightsim.energy.joules import DEFAULT_ENERGY_TABLE, energy, energy_table
from lightsim.errors import LightSimError
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.program import Program, map_workload, plan_workload
from lightsim.tiled.run.capacity import check_memory

__all__ = ["Evaluator"]

_MOST_PATTERNS = 64
_MOST_RUNS = 4096


class Evaluator(doors.Evaluator):
    """Runs designs of a study; parts that several designs share are made once.

    Energy is counted only `with_energy`, because it takes as long as the rest of a run. If k is
    free, the allocation of a design is chosen by `free_k`.
    """

    def __init__(
        self,
        shares: tuple[Share, ...],
        seed: int,
        *,
        with_energy: bool = True,
        free_k: FreeK | None = None,
    ) -> None:
        self._free_k = free_k
        self._shares = shares
        self._seed = seed
        self._with_energy = with_energy
        self._patterns: Kept[Pattern] = Kept(_MOST_PATTERNS)
        self._runs: Kept[tuple[int, int, float]] = Kept(_MOST_RUNS)

    def run(self, design: Design) -> Outcome | Refusal:
        """The outcome of a design, or the reason why it cannot run a network of the study."""
        try:
            if self._free_k is not None:
                return self._run_free(design, self._free_k)
            found = [self._run(design, share) for share in self._shares]
        except LightSimError as error:
            return Refusal(str(error))
        cycles, traffic, joules = zip(*found, strict=True)
        return Outcome(cycles, traffic, joules if self._with_energy else None)

    def _run_free(self, design: Design, free_k: FreeK) -> Outcome:
        """The outcome with the best allocation of k; raises `LightSimError` if there is none."""
        from dse.tiled.free_k.best import best_allocation

        best = best_allocation(free_k, design)
        check_memory(
            best.program,
            lambda images: map_workload(
                free_k.rounded_network.with_k(best.k), design.accelerator, images=images
            ),
        )
        cycles, traffic, joules = self.timed(best.program)
        digits = {name: "".join(map(str, own.tolist())) for name, own in best.k.items()}
        energy_j = (joules,) if self._with_energy else None
        return Outcome((cycles,), (traffic,), energy_j, digits, free_k.values(best.k))

    def _run(self, design: Design, share: Share) -> tuple[int, int, float]:
        """Cycles, bytes and joules of a network on a design; raises `LightSimError` if the design
        cannot run the network."""
        acc = design.accelerator
        workload = workload_of(share.network, acc.scheme, self._seed)
        check_sums(workload, acc.accumulator)
        pattern_key = share.network, Pattern.key(design)
        pattern = self._patterns.get(pattern_key)
        if pattern is None:
            pattern = Pattern.of(plan_workload(workload, acc), acc, design.batch)
            self._patterns.put(pattern_key, pattern)
        tilings = pattern.tilings(acc)
        run_key = share.network, design.batch, timing_key(acc, tilings)
        known = self._runs.get(run_key)
        if known is not None:
            return known
        program = map_workload(workload, acc, images=design.batch, tilings=tilings)
        check_memory(program, lambda images: map_workload(workload, acc, images=images))
        found = self.timed(program)
        self._runs.put(run_key, found)
        return found

    def timed(self, program: Program) -> tuple[int, int, float]:
        """Cycles, bytes and joules of a program; the joules are 0 if energy is not counted."""
        # Numba takes a third of a second to load: only the run of a design pays for it.
        from lightsim.tiled.timeline.model import run as run_timeline

        found = run_timeline([program])
        if not self._with_energy:
            return found.cycles, found.traffic_bytes, 0.0
        events: dict[str, int] = {}
        for layer in found.layers:
            for name, count in layer.events.items():
                events[name] = events.get(name, 0) + count
        return found.cycles, found.traffic_bytes, _joules(program.accelerator, events)


def _joules(acc: Accelerator, events: Mapping[str, int]) -> float:
    kind = memory_kind(acc.memory)
    return sum(energy(events, energy_table(DEFAULT_ENERGY_TABLE), kind).values())
