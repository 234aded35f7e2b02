"""Equality of the two models: every number and every interval of a run, by ==."""

from __future__ import annotations

from lightsim.tiled.simulation.machine import simulate
from lightsim.tiled.timeline.model import run
from tests.tiled.simulation.checks import numbers


def _sorted(trace):
    """Intervals in an order that does not depend on who wrote them down first."""
    return sorted(trace, key=lambda i: (i.end, i.start, i.unit, i.name))


def differences(programs, batches):
    """What a simulation and a timeline of the same programs disagree on; nothing, it should be.

    Compared are cycles, every pass's account (cycles, busy, stalls by cause, tiles, activity,
    traffic), every unit's totals, the memory's counters, and every interval of every unit: the
    start and end of each tile, load, store, wait, drain and pass.
    """
    simulated = simulate(programs, batches)
    found = run(programs, tracing=True)
    names = ("cycles", "layers", "units", "memory counters")
    wrong = [
        f"{name}: {one} != {other}"
        for name, one, other in zip(names, numbers(simulated), numbers(found), strict=True)
        if one != other
    ]
    ours, theirs = _sorted(found.trace), _sorted(simulated.trace)
    if ours != theirs:
        wrong += [f"{a} != {b}" for a, b in zip(ours, theirs, strict=False) if a != b][:3]
        wrong.append(f"{len(ours)} intervals, simulated {len(theirs)}")
    if numbers(run(programs)) != numbers(found):
        wrong.append("watching changes the numbers")
    return wrong
