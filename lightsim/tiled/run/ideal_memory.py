"""The effect of an ideal memory: the same run is compared with the memory that it replaces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lightsim.errors import InputError
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.accounts import LayerTiming
from lightsim.tiled.mapping.program import Program
from lightsim.tiled.run.timing import Timing

__all__ = ["ideal_memory_note"]

_MOST_NAMED = 4


def ideal_memory_note(programs: Sequence[Program], timing: Timing, replaced: Accelerator) -> str:
    """One or two sentences on the cycles that the run takes on `replaced`, the accelerator with its
    own memory.
    """
    # The kernels of the timeline are loaded here, so only runs that replace a memory load them.
    from lightsim.tiled.timeline.model import run

    said = (
        "The memory is ideal: it answers at once and never waits. The tilings are those chosen for "
        "the memory that it replaces"
    )
    once = {id(program): replace(program, accelerator=replaced) for program in programs}
    try:
        before = run([once[id(program)] for program in programs])
    except InputError:  # the data does not fit the replaced memory
        return f"{said}, which does not hold the network's data."
    said += f", with which they take {before.cycles:,} cycles."
    return said + _longer(before.layers, timing.layers)


def _longer(before: Sequence[LayerTiming], now: Sequence[LayerTiming]) -> str:
    """Names the layers that take longer with the ideal memory, and the reason; "" if none does."""
    pairs = list(zip(before, now, strict=True))
    more = [
        (new.end - new.start - (old.end - old.start), new.name, new.end > old.end)
        for old, new in pairs
        if new.end - new.start > old.end - old.start
    ]
    if not more:
        return ""
    names = list(dict.fromkeys(name for _, name, _ in sorted(more, key=lambda row: -row[0])))
    listed = ", ".join(names[:_MOST_NAMED]) + (" and others" if names[_MOST_NAMED:] else "")
    why = (
        "streams that share a port come in another order"
        if any(later for _, _, later in more)
        else "the layers before end sooner, so that there is less time to fetch weights ahead; no "
        "layer ends later"
    )
    cycles = max(row[0] for row in more)
    return f" Longer than there, by {cycles:,} cycles at most: {listed}: {why}."
