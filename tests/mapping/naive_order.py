"""The order of filters in row slots as docs/machine.md, section 3, has it, written plainly."""

from __future__ import annotations

from math import ceil


def slots(k, fast, lanes):
    """The place in each slot (-1: none) of filters with `k`; `fast` says it of every row."""
    rows = len(fast)
    classes = [[p for p in range(len(k)) if p % lanes == own] for own in range(lanes)]
    least = ceil(len(k) / rows)
    tried = range(least, least + 1 if all(fast) or not any(fast) else 2 * least + 1)
    best = min(tried, key=lambda count: count + len(slow_groups(k, fast, classes, count)))
    slow = slow_groups(k, fast, classes, best)
    seated = [-1] * (best * rows)
    for own, places in enumerate(classes):
        mine = range(own, len(seated), lanes)
        falling = sorted(places, key=lambda p: -k[p])
        for p in falling:
            open_to = [s for s in mine if seated[s] < 0]
            if k[p] == 2:
                open_to = [s for s in open_to if fast[s % rows] or s // rows in slow]
            seated[open_to[0]] = p
    return seated


def slow_groups(k, fast, classes, count):
    """The groups, of so many, that need two-term filters in serial rows."""
    rows, lanes = len(fast), len(classes)
    places = {own: [s for s in range(count * rows) if s % lanes == own] for own in range(lanes)}
    found = set()
    for group in range(count):
        for row in range(rows):
            own = (group * rows + row) % lanes
            twos = sum(k[p] == 2 for p in classes[own])
            seats = sum(fast[s % rows] or s // rows in found for s in places[own])
            if not fast[row] and twos > seats:
                found.add(group)
                break
    return found
