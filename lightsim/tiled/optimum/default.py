"""The default accelerator of a network on a board: the best that fits, by its bound."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.hardware.device import Board
from lightsim.quantisation.elements import activation_widths
from lightsim.quantisation.workload import Workload
from lightsim.tiled.bounds import NetworkBound, layout
from lightsim.tiled.bounds.network import without_weights
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.estimation.defaults import kinds_for
from lightsim.tiled.estimation.sizing import least_design
from lightsim.tiled.mapping.lowering.passes import lower
from lightsim.tiled.mapping.plan.plan import Plan
from lightsim.tiled.optimum.default_space import DefaultSpace, default_space
from lightsim.tiled.optimum.needs import needs
from lightsim.tiled.optimum.refusal import Refusal
from lightsim.tiled.optimum.tilings_bound import TilingsBound, effort_us

__all__ = ["BestDefault", "best_default"]

Floats = NDArray[np.float64]

# The most and the fewest arrays whose tilings are bounded; the time they take decides between.
_MOST_LOOKS, _LEAST_LOOKS = 8, 1
_LOOKS_US = 100_000.0


@dataclass(frozen=True, slots=True)
class BestDefault:
    """The default accelerator of a network, and a bound on every machine of its space.

    No mapping runs `images` images together in fewer than `bound_cycles` cycles, on any machine of
    the default space (docs/model.md).
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

    The space has all arrays of one PE kind that fit `utilisation` of every resource together with
    memories that hold the network's smallest tiles. The PE kind is `pe`, or else the scheme's usual
    kind; another kind that runs the scheme is tried only where no design of the usual kind fits the
    device.

    Arrays are taken in the order of their bounds from `tiled.bounds`. For the first few arrays the
    tilings are bounded too (`tilings_bound`), and the best of these arrays is taken. The array that
    the board has for any network is taken where it is better. Of equal designs the design with the
    fewest lanes is taken. The choice is made for one image; `bound_cycles` is for `images` images
    together.

    Raises `BudgetError` where the device has no room for one lane, or no room for memories that
    hold the network. Raises `InputError` for an unknown PE kind, or for a network that no array of
    the board can run.
    """
    kinds = kinds_for(workload.scheme) if pe is None else (pe,)
    widths = activation_widths(workload.network, workload.scheme)
    refusal = Refusal(workload, board, kinds[0], utilisation)
    for lifted in (False, True):
        for kind in kinds:
            space = default_space(board, workload.scheme, kind, utilisation, lifted, widths)
            best = _Search(space, without_weights(workload), images, refusal).best()
            if best is not None:
                return best
    raise refusal.error()


@dataclass(slots=True, eq=False)
class _Search:
    """The search of one network through a space; the weights of `workload` have only shapes."""

    space: DefaultSpace
    workload: Workload
    images: int
    refusal: Refusal
    bound: NetworkBound = field(init=False)
    looks: int = field(init=False, default=_MOST_LOOKS)
    looked: set[int] = field(init=False, default_factory=set)

    def best(self) -> BestDefault | None:
        """The best design of the space, None if the space has no design."""
        space = self.space
        if not space.shapes:
            return None
        template = least_design(space.board, space.scheme, space.array(0), space.activation_bits)
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
            if best is not None and (cycles[place] >= best[0] or len(self.looked) >= self.looks):
                proven = min(proven, float(cycles[place]))
                break
            if seen.get((rows, columns)) == cycles[place]:
                # An array with more pixels has the same bound: the difference in pixels is worth
                # nothing.
                proven = min(proven, float(cycles[place]))
                continue
            found = self._look(place)
            if found is None:
                continue
            seen[rows, columns] = cycles[place]
            limit, expected, acc = found
            proven = min(proven, max(limit, float(cycles[place])))
            best = _better(best, expected, acc)
        if best is None:
            return None
        usual = self._usual(order)
        if usual is not None:
            best = _better(best, *usual)
        least = proven if self.images == 1 else self._of_batch()
        return BestDefault(best[2], int(least), self.images)

    def _order(self, cycles: Floats) -> list[int]:
        """The indices of the arrays in the order of their bounds, without arrays whose weight tiles
        do not fit.

        A tile holds at least one weight word for every tap of a kernel. If no array can hold that
        many words, the array with the shortest words is kept, so that the error can say what is
        short.
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

    def _usual(self, order: list[int]) -> tuple[int, Accelerator] | None:
        """The expected cycles of the array that the board has for any network, and its design."""
        place = next((p for p in sorted(order) if self.space.least(p) is not None), None)
        found = None if place is None or place in self.looked else self._look(place)
        return None if found is None else found[1:]

    def _of_batch(self) -> float:
        """The least bound of all arrays that fit, for all `images` images together."""
        cycles = self.bound.cycles(self.space.machines.vary(images=self.images))
        order = np.argsort(cycles, kind="stable").tolist()
        return float(next(cycles[p] for p in order if self.space.least(p) is not None))

    def _look(self, place: int) -> tuple[int, int, Accelerator] | None:
        """The closer bound of an array with any memories, the expected cycles of its design, and
        the design.

        None if the array is not in the space.
        """
        built = self._built(place)
        if built is None:
            return None
        plan, acc = built
        if not self.looked:
            effort = max(1.0, effort_us(plan, acc))
            self.looks = max(_LEAST_LOOKS, min(_MOST_LOOKS, int(_LOOKS_US / effort)))
        self.looked.add(place)
        closer = TilingsBound.of(self.bound, plan, acc, 1)
        design = self.space.grown(acc)
        return closer.limit(self.space.roomiest(acc)), closer.expected(design), design

    def _built(self, place: int) -> tuple[Plan, Accelerator] | None:
        """The network's plan on an array, and the array with memories that hold the network."""
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


def _better(
    best: tuple[int, int, Accelerator] | None, cycles: int, acc: Accelerator
) -> tuple[int, int, Accelerator]:
    """The design with fewer expected cycles; of equal designs, the design with fewer lanes."""
    other = cycles, acc.array.lanes, acc
    return other if best is None or other[:2] < best[:2] else best
