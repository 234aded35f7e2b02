"""The search: the most promising boxes are cut until no open one can hold a better design."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dse.proof.boxes import Boxes

__all__ = ["Bound", "Evaluate", "Possible", "Proof", "Standing"]

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

# low[box, axis], high[box, axis] -> a number per box that no design's value in it is below.
Bound = Callable[[Ints, Ints], Floats]
# low, high -> False for boxes of which no design is allowed.
Possible = Callable[[Ints, Ints], NDArray[np.bool_]]
# index[design, axis] -> values, infinite for designs that are not allowed.
Evaluate = Callable[[Ints], Floats]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a proof is: no design of the space has a value below `bound`.

    `best` are the indices of the best design found, None before there is one; `value` is its
    value (infinite then). `evaluated` designs were evaluated exactly, `bounded` boxes bounded,
    `open_boxes` are left.
    """

    best: tuple[int, ...] | None
    value: float
    bound: float
    evaluated: int
    bounded: int
    open_boxes: int

    @property
    def gap(self) -> float:
        """By what share of it the best value could still be lowered; 0 when it is the optimum."""
        if self.bound >= self.value:
            return 0.0
        if not np.isfinite(self.value):
            return np.inf
        return (self.value - self.bound) / abs(self.value) if self.value else np.inf

    @property
    def closed(self) -> bool:
        """Whether nothing is left to look at: the best design is the optimum, to the tolerance
        that was asked for, or there is no design at all.
        """
        return self.open_boxes == 0


class Proof:
    """Minimises over a space of designs and knows at any time how much better there could be.

    `sizes` are the lengths of the axes. On an axis where `monotone` is true a higher index is
    never worse in value: of a box with one value on every other axis only its highest design
    counts, if it is allowed. `tolerance` is the share of the best value by which a design must
    be better to be looked for; with 0 the proof ends at the optimum. `batch` boxes are cut, and
    at most `evaluations` designs evaluated, in one step.

    Whatever interrupts a step leaves the proof as it was before; `save` and `load` carry it over
    to another process.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        bound: Bound,
        evaluate: Evaluate,
        possible: Possible | None = None,
        *,
        monotone: Sequence[bool] | None = None,
        tolerance: float = 0.0,
        batch: int = 1024,
        evaluations: int = 64,
    ) -> None:
        self._bound, self._evaluate, self._possible = bound, evaluate, possible
        self._sizes = tuple(int(size) for size in sizes)
        self._monotone = np.zeros(len(self._sizes), bool)
        if monotone is not None:
            self._monotone[:] = monotone
        self._tolerance, self._batch, self._at_once = tolerance, batch, evaluations
        self._best: tuple[int, ...] | None = None
        self._value = np.inf
        self._evaluated = self._bounded = 0
        self._known: dict[tuple[int, ...], float] = {}
        self._open = self._bounded_boxes(Boxes.whole(self._sizes))

    @property
    def standing(self) -> Standing:
        """What is known now."""
        least = float(self._open.bound.min()) if len(self._open) else np.inf
        return Standing(
            self._best,
            self._value,
            min(least, self._goal),
            self._evaluated,
            self._bounded,
            len(self._open),
        )

    def offer(self, designs: Ints, values: Floats | None = None) -> None:
        """Designs int32[design, axis] that another search found; better ones are kept.

        `values` are their exact values if they are known already.
        """
        if len(designs) == 0:
            return
        found = self._evaluate(designs) if values is None else values
        self._evaluated += len(designs) if values is None else 0
        at = int(np.argmin(found))
        if found[at] < self._value:
            self._value = float(found[at])
            self._best = tuple(int(index) for index in designs[at])

    def steps(self) -> Iterator[Standing]:
        """The standing after each step, until the proof is closed."""
        while len(self._open):
            self.step()
            yield self.standing

    def step(self) -> None:
        """Cut the most promising open boxes, and evaluate those of which one design counts."""
        left = self._open.take(self._open.bound < self._goal)
        if len(left):
            count = min(self._batch, len(left))
            order = np.argpartition(left.bound, count - 1)[:count]
            order = order[np.argsort(left.bound[order], kind="stable")]
            rest = np.ones(len(left), bool)
            rest[order] = False
            left = left.take(rest).joined(self._work_on(left.take(order)))
        # Only now: whoever interrupts a step loses nothing but its work.
        self._open = left.take(left.bound < self._goal)

    def save(self, path: Path) -> None:
        """Write the standing and all open boxes down."""
        best = np.array([] if self._best is None else self._best, np.int32)
        counts = np.array([self._evaluated, self._bounded])
        with path.open("wb") as file:
            np.savez_compressed(
                file, sizes=np.array(self._sizes), low=self._open.low, high=self._open.high,
                bound=self._open.bound, best=best, value=np.array(self._value), counts=counts,
            )  # fmt: skip

    def load(self, path: Path) -> None:
        """Go on from what `save` wrote; raises `ValueError` if it is of another space."""
        with np.load(path) as saved:
            if tuple(saved["sizes"].tolist()) != self._sizes:
                raise ValueError(f"{path} holds a proof over axes of {saved['sizes'].tolist()}")
            self._open = Boxes(saved["low"], saved["high"], saved["bound"])
            self._best = tuple(saved["best"].tolist()) or None
            self._value = float(saved["value"])
            self._evaluated, self._bounded = saved["counts"].tolist()

    @property
    def _goal(self) -> float:
        """Only designs with a value below this are looked for."""
        if not np.isfinite(self._value):
            return np.inf
        return self._value - self._tolerance * abs(self._value)

    def _work_on(self, boxes: Boxes) -> Boxes:
        """What remains open of these boxes, best first, after one step."""
        single = ((boxes.widths == 1) | self._monotone).all(axis=1)
        leaves, inner = boxes.take(single), boxes.take(~single)
        later = leaves.take(slice(self._at_once, None))
        inner = inner.joined(self._settle(leaves.take(slice(0, self._at_once))))
        return later.joined(self._cut(inner)) if len(inner) else later

    def _settle(self, leaves: Boxes) -> Boxes:
        """Evaluate the highest design of every leaf; what is left are the leaves of which it is
        not allowed, and which hold others.
        """
        if len(leaves) == 0:
            return leaves
        keys = [tuple(row) for row in leaves.high.tolist()]
        fresh = [at for at, key in enumerate(keys) if key not in self._known]
        if fresh:
            designs = leaves.high[fresh]
            values = self._evaluate(designs)
            self._evaluated += len(fresh)
            self._known.update(zip((keys[at] for at in fresh), values.tolist(), strict=True))
            self.offer(designs, values)
        found = np.array([self._known[key] for key in keys])
        return leaves.take(~np.isfinite(found) & (leaves.widths > 1).any(axis=1))

    def _cut(self, boxes: Boxes) -> Boxes:
        """The halves of boxes, each cut on the axis where that helps most."""
        axes = [axis for axis, size in enumerate(self._sizes) if size > 1]
        score = np.full((len(axes), len(boxes)), -np.inf)
        parts: list[tuple[NDArray[np.intp], Boxes, Boxes]] = []
        for number, axis in enumerate(axes):
            where = np.flatnonzero(boxes.widths[:, axis] > 1)
            halves = boxes.take(where).halves(np.full(len(where), axis))
            first, second = (self._bounded_boxes(half) for half in halves)
            share = (boxes.widths[where, axis] - 1) / self._sizes[axis]
            score[number, where] = self._merit(first.bound, second.bound, share)
            parts.append((where, first, second))
        taken = np.argmax(score, axis=0)
        cut = Boxes.none(len(self._sizes))
        for number, (where, first, second) in enumerate(parts):
            mine = taken[where] == number
            cut = cut.joined(first.take(mine)).joined(second.take(mine))
        return cut.take(cut.bound < self._goal)

    def _merit(self, first: Floats, second: Floats, share: Floats) -> Floats:
        """How good a cut is: the lower bound of its halves, a little of the higher one, and
        between equals the share of the axis that is cut.
        """
        goal = self._goal if np.isfinite(self._goal) else 1e300
        low = np.clip(np.minimum(first, second), -1e300, goal)
        high = np.clip(np.maximum(first, second), -1e300, goal)
        return np.asarray(low + 0.01 * (high - low) + 1e-9 * share * (1 + np.abs(low)))

    def _bounded_boxes(self, boxes: Boxes) -> Boxes:
        """The boxes with their bounds, infinite where no design is allowed."""
        if len(boxes) == 0:
            return boxes
        self._bounded += len(boxes)
        bound = np.maximum(self._bound(boxes.low, boxes.high), boxes.bound)
        if self._possible is not None:
            bound = np.where(self._possible(boxes.low, boxes.high), bound, np.inf)
        return Boxes(boxes.low, boxes.high, bound)
