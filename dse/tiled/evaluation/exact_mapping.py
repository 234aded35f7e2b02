"""A tiled accelerator mapped exactly: each pass gets the tiling that is quickest for this pass
alone."""

from __future__ import annotations

from collections.abc import Mapping

from dse.evaluation.workloads import workload_of
from dse.free_k.problem import FreeK
from dse.machine import doors
from dse.machine.design import Design
from dse.machine.outcome import Outcome
from dse.space.k_digits import k_of
from dse.study.study import Share
from dse.tiled.evaluation.evaluate import Evaluator
from lightsim.errors import LightSimError
from lightsim.quantisation.workload import Workload
from lightsim.tiled.mapping.program import Program, map_workload
from lightsim.tiled.mapping.tiles.tiling import Tiling

__all__ = ["ExactMapping"]


class ExactMapping(doors.ExactMapping):
    """Maps the designs of a study exactly; if k is free, `free_k` holds the rounded network."""

    def __init__(self, shares: tuple[Share, ...], seed: int, free_k: FreeK | None) -> None:
        self._shares, self._seed, self._free_k = shares, seed, free_k
        self._evaluator = Evaluator(shares, seed, free_k=free_k)

    def quicker(
        self, design: Design, k: Mapping[str, str]
    ) -> tuple[Outcome, dict[str, Mapping[str, Tiling]]] | None:
        """The outcome of a design with its exact tilings, and the tilings by network that are
        quicker than the usual tilings; None if no tilings are quicker.

        `k` is the allocation that was chosen for the design, as a digit for each filter by layer.
        """
        cycles, traffic, joules = [], [], []
        tilings: dict[str, Mapping[str, Tiling]] = {}
        for share in self._shares:
            if self._free_k is None:
                workload = workload_of(share.network, design.accelerator.scheme, self._seed)
            else:
                workload = self._free_k.rounded_network.with_k(k_of(k))
            usual = map_workload(workload, design.accelerator, images=design.batch)
            found = self._evaluator.timed(usual)
            exact = _program(workload, design)
            timed = None if exact is None else self._evaluator.timed(exact)
            if exact is not None and timed is not None and timed[0] < found[0]:
                found = timed
                tilings[share.network] = {s.layer.name: s.tiling for s in exact.schedules}
            cycles.append(found[0])
            traffic.append(found[1])
            joules.append(found[2])
        if not tilings:
            return None
        return Outcome(tuple(cycles), tuple(traffic), tuple(joules), dict(k)), tilings


def _program(workload: Workload, design: Design) -> Program | None:
    # The import loads numba.
    from lightsim.tiled.optimum import exact_tilings

    try:
        found = exact_tilings(workload, design.accelerator, images=design.batch)
        best = {name: choice.tiling for name, choice in found.items()}
        return map_workload(workload, design.accelerator, images=design.batch, tilings=best)
    except LightSimError:  # the usual mapping is kept
        return None
