"""The designs of a space that are still worth running, the most promising at hand."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from dse.limits.measure_bounds import MeasureBounds
from dse.limits.promising import MOST_HELD, Families, beaten, gather
from dse.limits.reach import LARGE, valued
from dse.machine.design import Design
from dse.machine.doors import Bounds
from dse.search.closed import Closed
from dse.space.left_out import LeftOut
from dse.space.points import Space
from lightsim.hardware.device import Resources

__all__ = ["Pool"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_RESOURCES = len(Resources.names())


class Pool:
    """Designs in order of what they could reach at best.

    A design is *closed*, and never run, when a design that was run is in every objective at least
    as good as its bound. A family is opened up into its designs only when the family is next, so
    most designs of a large space are never listed. Before a design is taken it gets a closer bound
    (`Bounds.closer`) and goes back to the place in the order that the closer bound gives it.
    At most `most` families are held at a time (see `dse.limits.promising`).
    """

    def __init__(self, bounds: Bounds, measures: MeasureBounds, most: int = MOST_HELD) -> None:
        self.space: Space = bounds.space
        self._bounds = bounds
        self._measure_bounds = measures
        self._most = most
        self._dropped: Floats
        self._family_open: NDArray[np.bool_]
        self._opened: list[int] = []
        self._closed = Closed(self.space, measures.objectives)
        self._hold(gather(bounds, measures, most=most))
        self._numbers = np.zeros(0, np.int64)
        self._cycles = np.zeros((0, bounds.networks), np.int64)
        self._used = np.zeros((0, _RESOURCES), np.int64)
        self._looked = np.zeros(0, np.bool_)
        self._values = np.zeros((0, self._family_values.shape[1]))
        self._open = np.zeros(0, np.bool_)
        self._taken: set[int] = set()
        self._beaten_by = np.zeros((0, self._family_values.shape[1]))

    def take(self, objective: int = 0, within: Mapping[str, int] | None = None) -> int | None:
        """Close the open design with the best bound in one objective and return its number.

        `within` restricts the search to one place on each named axis of the families. Among
        designs with equal bounds the highest number is taken, which is the larger machine.
        None when no design is open.
        """
        at = self._promising(objective, within)
        if at is None:
            return None
        self._open[at] = False
        number = int(self._numbers[at])
        self._taken.add(number)
        return number

    def mark(self, number: int) -> None:
        """Note that the design `number` has been run: it is never taken."""
        self._taken.add(number)
        self._open[self._numbers == number] = False

    def close(self, values: Floats) -> None:
        """Close all designs whose bounds are no better than a row of `values` [row, objective]."""
        for row in values:
            if beaten(row[None, :], self._beaten_by).any():
                continue
            self._beaten_by = np.vstack((self._beaten_by, row))
            if (row <= self._dropped).all():
                self._closed.note_any(self._dropped)
                self._dropped = np.full_like(self._dropped, np.inf)
            families = self._family_open & beaten(self._family_values, row[None, :])
            self._closed.note(self._families[families], self._family_values[families])
            self._family_open &= ~families
            self._close_listed(self._open & beaten(self._values, row[None, :]))

    def cannot_run(self, number: int, design: Design) -> bool:
        """Whether a design that was taken cannot be run. If so, other designs that cannot be run
        for the same reason are closed too."""
        if not self._bounds.cannot_run(number, design):
            return False
        self._family_open &= self._bounds.usable(self._families)
        self._open &= self._bounds.usable(self._numbers // self.space.variants)
        return True

    @property
    def bounds(self) -> Bounds:
        """The bounds of the space."""
        return self._bounds

    @property
    def left_out(self) -> LeftOut:
        """The points of the space that are known to be no design."""
        return self._bounds.left_out

    def limit(self, objective: int = 0) -> float | None:
        """The best bound of the open designs in one objective; None if no design is open."""
        at = self._promising(objective)
        return None if at is None else float(self._values[at, objective])

    def limit_of(self, scheme: int, objective: int = 0) -> float | None:
        """The best bound of the designs of a scheme (by its place) that were not taken, be they
        open or closed; None if there is no such design."""
        at = self._promising(objective, {"scheme": scheme})
        found = min(
            np.inf if at is None else float(self._values[at, objective]),
            self._closed.best(scheme, objective),
            float(self._dropped[objective]),
        )
        return found if np.isfinite(found) else None

    def empty(self) -> bool:
        """Whether every design is closed."""
        held = self._family_open.any() or self._open.any()
        return not held and not np.isfinite(self._dropped).any()

    def _promising(self, objective: int, within: Mapping[str, int] | None = None) -> int | None:
        """The place of the listed design that is next: it has its closer bound, and every family
        that could hold a better design has been opened up."""
        while True:
            family = self._next_family(objective, within)
            at = self._best_listed(objective, within)
            if within is None and self._dropped[objective] < self._next_value(
                family, at, objective
            ):
                self._gather_again(objective)
                continue
            if family is not None and (at is None or self._before(family, at, objective)):
                if self._family_looked[family]:
                    self._open_up(family)
                else:
                    self._look_at_family(family)
            elif at is None:
                return None
            elif int(self._numbers[at]) in self._taken:
                self._open[at] = False
            elif self._looked[at] or self._cycles[at].max() > LARGE:
                return at
            else:
                self._look_at(at)

    def _before(self, family: int, at: int, objective: int) -> bool:
        """Whether a family could hold a design that comes before a listed design: with a better
        value, or with the same value and a higher number."""
        value, listed = self._family_values[family, objective], self._values[at, objective]
        later = int(self._families[family]) > int(self._numbers[at]) // self.space.variants
        return bool(value < listed or (value == listed and later))

    def _next_value(self, family: int | None, at: int | None, objective: int) -> float:
        """The better of two values: the next family's and the next listed design's."""
        held = np.inf if family is None else float(self._family_values[family, objective])
        return held if at is None else min(held, float(self._values[at, objective]))

    def _gather_again(self, objective: int) -> None:
        """Hold the most promising of the dropped families, beside the families still open."""
        held, opened = self._family_open, np.array(self._opened, np.int64)
        numbers, values = self._families[held], self._family_values[held]
        known = np.sort(np.concatenate((numbers, opened)))
        self._closed.note_any(self._dropped)  # `gather` does not say what it leaves out
        more = gather(
            self._bounds, self._measure_bounds, objective=objective, known=known,
            beaten_by=self._beaten_by, most=self._most,
        )  # fmt: skip
        families = Families(
            np.concatenate((numbers, more.numbers)),
            np.concatenate((values, more.values)),
            np.concatenate((self._family_cycles[held], more.cycles)),
            more.dropped,
        )
        self._hold(families, self._family_looked[held])

    def _hold(self, families: Families, looked: NDArray[np.bool_] | None = None) -> None:
        """Hold these families; `looked` says which of the first have had a closer bound."""
        self._families, self._family_values = families.numbers, families.values
        self._family_cycles, self._dropped = families.cycles, families.dropped
        self._family_open = np.ones(self._families.size, np.bool_)
        # A family of one design needs no closer bound of its own: its design gets one.
        self._family_looked = (self._family_cycles > LARGE) | (self.space.variants == 1)
        if looked is not None:
            self._family_looked[: looked.size] |= looked
        self._orders = [np.lexsort((-self._families, column)) for column in self._family_values.T]
        self._next = [0] * len(self._orders)
        # Families whose values were raised, by objective: value, number (falling), place.
        self._raised: list[list[tuple[float, int, int]]] = [[] for _ in self._orders]
        self._moved = np.zeros(self._families.size, np.bool_)

    def _look_at_family(self, family: int) -> None:
        """Raise the values of a family to a closer bound of all its designs. Close the family if
        the raised values break a budget or are beaten."""
        self._family_looked[family] = True
        number = int(self._families[family])
        closer = self._bounds.closer_of_family(number)
        if closer is None:
            return
        cycles, none = closer.cycles[None, :], np.zeros((1, _RESOURCES), np.int64)
        values, possible = valued(self._bounds, self._measure_bounds, number, cycles, none, closer)
        raised = np.maximum(values[0], self._family_values[family])
        if not possible[0]:
            self._family_open[family] = False
        elif beaten(raised[None, :], self._beaten_by)[0]:
            self._family_open[family] = False
            self._closed.note(self._families[[family]], raised[None, :])
        elif (raised > self._family_values[family]).any():
            self._family_values[family] = raised
            self._moved[family] = True
            for heap, value in zip(self._raised, raised.tolist(), strict=True):
                heappush(heap, (value, -number, family))

    def _look_at(self, at: int) -> None:
        """Raise the values of a listed design to its closer bound. Close the design if the raised
        values break a budget or are beaten."""
        self._looked[at] = True
        number = int(self._numbers[at])
        closer = self._bounds.closer(number)
        if closer is None:
            return
        family, cycles, used = number // self.space.variants, self._cycles[[at]], self._used[[at]]
        values, possible = valued(self._bounds, self._measure_bounds, family, cycles, used, closer)
        self._values[at] = np.maximum(values[0], self._values[at])
        if not possible[0]:
            self._open[at] = False
        elif beaten(self._values[[at]], self._beaten_by)[0]:
            self._close_listed(np.arange(self._open.size) == at)

    def _next_family(self, objective: int, within: Mapping[str, int] | None) -> int | None:
        """The open family with the best value; among equal values the highest number."""
        if within is not None:
            return self._family_in(objective, within)
        order, at = self._orders[objective], self._next[objective]
        while at < order.size and not (self._family_open[order[at]] and not self._moved[order[at]]):
            at += 1
        self._next[objective] = at
        heap = self._raised[objective]
        while heap and not self._family_open[heap[0][2]]:
            heappop(heap)
        if at == order.size:
            return heap[0][2] if heap else None
        family = int(order[at])
        known = float(self._family_values[family, objective]), -int(self._families[family]), family
        return heap[0][2] if heap and heap[0] < known else family

    def _family_in(self, objective: int, within: Mapping[str, int]) -> int | None:
        where = np.flatnonzero(self._family_open & self.space.inside(self._families, within))
        if not where.size:
            return None
        column = self._family_values[where, objective]
        return int(where[np.flatnonzero(column == column.min())[-1]])

    def _best_listed(self, objective: int, within: Mapping[str, int] | None = None) -> int | None:
        where = np.flatnonzero(self._open)
        if within is not None:
            families = self._numbers[where] // self.space.variants
            where = where[self.space.inside(families, within)]
        if not where.size:
            return None
        column = self._values[where, objective]
        ties = where[column == column.min()]
        return int(ties[np.argmax(self._numbers[ties])])

    def _open_up(self, family: int) -> None:
        """List the designs of a family that could keep every budget."""
        number = int(self._families[family])
        found = self._bounds.listed(number)
        values, kept = valued(self._bounds, self._measure_bounds, number, found.cycles, found.used)
        values = values[kept]
        if self._open.size > 4096:  # forget what is closed
            open_ = np.flatnonzero(self._open)
            self._numbers, self._values = self._numbers[open_], self._values[open_]
            self._cycles, self._used = self._cycles[open_], self._used[open_]
            self._looked, self._open = self._looked[open_], self._open[open_]
        self._numbers = np.concatenate((self._numbers, found.numbers[kept]))
        self._values = np.concatenate((self._values, values))
        self._cycles = np.concatenate((self._cycles, found.cycles[kept]))
        self._used = np.concatenate((self._used, found.used[kept]))
        self._looked = np.concatenate((self._looked, np.zeros(len(values), np.bool_)))
        shut = beaten(values, self._beaten_by)
        self._open = np.concatenate((self._open, ~shut))
        self._closed.note(np.full(np.count_nonzero(shut), number, np.int64), values[shut])
        # Last, so that an interrupt before this line loses no design from the limit.
        self._opened.append(number)
        self._family_open[family] = False

    def _close_listed(self, where: NDArray[np.bool_]) -> None:
        self._closed.note(self._numbers[where] // self.space.variants, self._values[where])
        self._open &= ~where
