"""The order of a tile's filters in its row slots, as far as the post-processing lanes allow one.

Slot s is row s mod rows of row group s // rows. A filter stays in the slots that are congruent,
modulo the lanes, to its place in the tile: so each lane, after a rotation that is the same for a
whole row group, writes a slice of the output buffer that no other lane writes.
"""

from __future__ import annotations

from collections.abc import Sequence

from lightsim.units import ceil_div

__all__ = ["slots_by_terms"]


def slots_by_terms(k: Sequence[int], rows: int, fast: Sequence[int], lanes: int) -> list[int]:
    """The place (0, 1, ... in `k`) of the filter in every slot of whole row groups, -1 for none.

    Within each residue class, two-term filters come first: in every row of the groups that have
    to be slow, elsewhere in the `fast` rows, which take any weight in one pass. All others follow
    by falling k in the slots left free. There may be more groups than the filters fill where
    leaving slow rows empty takes fewer passes.
    """
    twos = [0] * lanes
    for place, terms in enumerate(k):
        twos[place % lanes] += terms > 1
    quick = [row in set(fast) for row in range(rows)]
    count = ceil_div(len(k), rows)
    slow = _slow_groups(twos, quick, count)
    if any(quick) and not all(quick):
        fewest, more = count + len(slow), count + 1
        while more < fewest:
            found = _slow_groups(twos, quick, more)
            if more + len(found) < fewest:
                count, slow, fewest = more, found, more + len(found)
            more += 1
    return _seated(k, quick, count, slow, lanes)


def _slow_groups(twos: Sequence[int], quick: Sequence[bool], count: int) -> set[int]:
    """Which of `count` groups need two-term filters in slow rows, by two-term filters per class."""
    rows, lanes = len(quick), len(twos)
    left = list(twos)
    for slot in range(count * rows):
        left[slot % lanes] -= quick[slot % rows]
    slow = set()
    for group in range(count):
        classes = [(group * rows + row) % lanes for row in range(rows) if not quick[row]]
        if any(left[own] > 0 for own in classes):
            slow.add(group)
            for own in classes:
                left[own] -= 1
    return slow


def _seated(
    k: Sequence[int], quick: Sequence[bool], count: int, slow: set[int], lanes: int
) -> list[int]:
    rows = len(quick)
    slots = [-1] * (count * rows)
    for own in range(min(lanes, len(k))):
        places = sorted(range(own, len(k), lanes), key=lambda place: -k[place])
        twos = [place for place in places if k[place] > 1]
        mine = range(own, len(slots), lanes)
        open_to_twos = [slot for slot in mine if quick[slot % rows] or slot // rows in slow]
        for slot, place in zip(open_to_twos, twos, strict=False):
            slots[slot] = place
        free = [slot for slot in mine if slots[slot] < 0]
        for slot, place in zip(free, places[len(twos) :], strict=False):
            slots[slot] = place
    return slots
