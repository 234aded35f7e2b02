"""The default accelerator of a network on a board: the best that fits, by the bound."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lightsim.bounds import NetworkBound, layout
from lightsim.bounds.network import without_weights
from lightsim.errors import InputError
from lightsim.estimation.defaults import kinds_for
from lightsim.estimation.sizing import least_design
from lightsim.hardware.accelerator import Accelerator
from lightsim.hardware.device import Board
from lightsim.mapping.lowering import lower
from lightsim.mapping.plan import Plan
from lightsim.optimum.closer import CloserBound, effort_us
from lightsim.optimum.default_space import DefaultSpace, default_space
from lightsim.optimum.needs import needs
from lightsim.optimum.refusal import Refusal
from lightsim.quantisation.workload import Workload

__all__ = ["BestDefault", "best_default"]

Floats = NDArray[np.float64]

# Arrays whose tilings are looked at: as many as this, or as such a time allows.
_MOST_LOOKS, _LEAST_LOOKS = 12, 2
_LOOKS_US = 100_000.0


@dataclass(frozen=True, slots=True)
class BestDefault:
    """The default accelerator of a network, and what is proven about it.

    In `bound_cycles` no mapping runs `images` images together on any machine of the default
    space (docs/model.md).
    """

    accelerator: Accelerator
    bound_cycles: int
    images: int


def best_default(
    workload: Workload,
    board: Board,
    *,
    pe: str | None = None,
    images: int = 1,
    utilisation: float = 0.8,
) -> BestDefault:
    """The accelerator of the default space with the least bound for the network.

    The space has all arrays of one PE kind, `pe` or the scheme's usual one (another that runs
    the scheme only where the device has nothing for the usual one), that fit `utilisation` of
    every resource with memories that hold the network's smallest tiles. Arrays are looked at in
    the order of `lightsim.bounds`; of the first few the tilings are bounded too (`closer`), and
    the best of them is taken; of equals the one with the fewest lanes. It is chosen for one
    image; `images` together are what the bound is for.

    Raises `BudgetError` where the device has not even room for one lane, or none for memories
    that hold the network, and `InputError` for an unknown PE kind or a network that no array of
    the board can run.
    """
    kinds = kinds_for(workload.scheme) if pe is None else (pe,)
    refusal = Refusal(workload, board, kinds[0], utilisation)
    for lifted in (False, True):
        for kind in kinds:
            space = default_space(board, workload.scheme, kind, utilisation, lifted)
            best = _Search(space, without_weights(workload), images, refusal).best()
            if best is not None:
                return best
    raise refusal.error()


@dataclass(slots=True, eq=False)
class _Search:
    """A network's search through a space; `workload` has shapes of weights only."""

    space: DefaultSpace
    workload: Workload
    images: int
    refusal: Refusal
    bound: NetworkBound = field(init=False)
    looks: int = field(init=False, default=_MOST_LOOKS)
    looked: int = field(init=False, default=0)

    def best(self) -> BestDefault | None:
        """The best design of the space, None where it has none."""
        space = self.space
        if not space.shapes:
            return None
        template = least_design(space.board, space.scheme, space.array(0))
        try:
            self.bound = NetworkBound(self.workload, template)
            cycles = self.bound.cycles(space.machines)
        except InputError as error:
            self.refusal.tell(error)
            return None
        best: tuple[int, int, Accelerator] | None = None
        proven = np.inf
        seen: dict[tuple[int, int], float] = {}
        order = self._order(cycles)
        for place in order:
            rows, columns, _ = space.shapes[place]
            if best is not None and (cycles[place] >= best[0] or self.looked >= self.looks):
                proven = min(proven, float(cycles[place]))
                break
            if seen.get((rows, columns)) == cycles[place]:
                # Fewer pixels that the bound says are worth nothing.
                proven = min(proven, float(cycles[place]))
                continue
            found = self._look(place)
            if found is None:
                continue
            seen[rows, columns] = cycles[place]
            limit, acc = found
            if best is None or (limit, acc.array.lanes) < best[:2]:
                best = limit, acc.array.lanes, acc
        if best is None:
            return None
        least = min(proven, best[0]) if self.images == 1 else self._of_batch()
        return BestDefault(space.grown(best[2]), int(least), self.images)

    def _order(self, cycles: Floats) -> list[int]:
        """The arrays in the order of their bounds, without those that no weight memory serves.

        A tile holds at least one word of weights for every tap of a kernel. Where all are left
        out, the one with the shortest words is kept, so that it can be told what is short.
        """
        space, port_bits = self.space, self.space.board.port_bits
        taps = np.ones(len(cycles))
        for columns in np.unique(space.machines.columns).tolist():
            facts = self.bound.facts(columns, port_bits)
            kept = self.bound.k.sum(axis=1) > 0 if space.scheme.k_per_filter else True
            whole = (facts[:, layout.CONVOLVES] > 0) & (facts[:, layout.DEPTHWISE] == 0) & kept
            most = facts[whole, layout.TAPS].max(initial=1)
            taps[space.machines.columns == columns] = most
        held = taps * space.word_bits / 8
        serves = held <= np.minimum(space.machines.weight_bytes, space.room)
        if not serves.any():
            return [int(np.argmin(held))]
        order = np.argsort(cycles, kind="stable")
        return [int(place) for place in order[serves[order]]]

    def _of_batch(self) -> float:
        """The least bound of all arrays that fit, for all images together."""
        cycles = self.bound.cycles(self.space.machines.vary(images=self.images))
        order = np.argsort(cycles, kind="stable").tolist()
        return float(next(cycles[p] for p in order if self.space.least(p) is not None))

    def _look(self, place: int) -> tuple[int, Accelerator] | None:
        """The closer bound of an array with any memories, and the array with those that the
        network needs at least; None where the array is not in the space."""
        built = self._built(place)
        if built is None:
            return None
        plan, acc = built
        if self.looked == 0:
            effort = max(1.0, effort_us(plan, acc))
            self.looks = max(_LEAST_LOOKS, min(_MOST_LOOKS, int(_LOOKS_US / effort)))
        self.looked += 1
        closer = CloserBound.of(self.bound, plan, acc, 1)
        limit = closer.cycles(self.space.roomiest(acc))
        # The smallest tile of every pass fits, so some tiling is legal.
        assert limit is not None
        return limit, acc

    def _built(self, place: int) -> tuple[Plan, Accelerator] | None:
        """The network's plan on an array, and the array with memories that hold it."""
        least = self.space.least(place)
        if least is None:
            return None
        try:
            plan = lower(self.workload, least)
        except InputError as error:
            self.refusal.tell(error)
            return None
        need = needs(plan, least)
        if need is None:
            self.refusal.no_tile(plan, least)
            return None
        acc = self.space.holding(least, need)
        if acc is None:
            *_, smallest = self.space.banked(least, need)
            self.refusal.too_large(smallest, need)
            return None
        return plan, acc
