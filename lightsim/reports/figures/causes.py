"""A colour for each cause of a stall, the same in every figure of every run."""

from __future__ import annotations

from collections.abc import Iterable

from lightsim.reports.frame.style import BUSY, IDLE
from lightsim.reports.report import RunReport

__all__ = ["bound_colours", "cause_colours"]

# Every stall cause and every cause that can bind a layer has one colour in all runs. A stall cause
# and the unit that causes it share a colour: the memory, and the working array.
_KNOWN = {
    "compute": BUSY,
    "dram": "#D55E00",
    "memory": "#D55E00",
    "input": "#E69F00",
    "weight": "#56B4E9",
    "residual": "#009E73",
    "output": "#CC79A7",
    "post": "#F0E442",
    "flush": "#882255",
    "store": "#999933",
    "start": "#332288",
    "bank": "#44AA99",
    "port": "#AA4499",
    "weights": "#DDCC77",
    "fifo": "#117733",
}
# For causes without a fixed colour.
_SPARE = ("#CC6677", "#88CCEE", "#661100", "#6699CC", "#AA4466", "#4B0092", "#1A85FF", "#B2DF8A")


def bound_colours(report: RunReport) -> dict[str, str]:
    """A colour for every value of `bound_by`; a cause has the same colour in every run."""
    return cause_colours(report) | _coloured({layer.bound_by for layer in report.layers})


def cause_colours(report: RunReport) -> dict[str, str]:
    """A colour for `busy`, `idle` and every stall cause of the run, layers and units alike."""
    rows = [*(layer.stalls for layer in report.layers), *(unit.stalls for unit in report.units)]
    return {"busy": BUSY, **_coloured({cause for row in rows for cause in row}), "idle": IDLE}


def _coloured(causes: Iterable[str]) -> dict[str, str]:
    others = sorted(set(causes) - set(_KNOWN))
    spare = {cause: _SPARE[number % len(_SPARE)] for number, cause in enumerate(others)}
    return {cause: _KNOWN.get(cause) or spare[cause] for cause in sorted(causes)}
