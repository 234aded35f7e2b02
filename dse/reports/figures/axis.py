"""The titles of the figures' axes, and a design in a few words."""

from __future__ import annotations

from dse.search.result import Exploration
from dse.storage.record import Record
from dse.study.measures import MEASURES, Measure, spell_measure

__all__ = ["against", "axis_title", "told"]


def axis_title(row: Measure) -> str:
    """A measure with its unit."""
    units = {"throughput": "images/s", "latency": "s", "energy": "J", "power": "W"}
    units["dram_bandwidth"] = "B/s"
    return f"{row.title} ({units[row.name]})" if row.name in units else row.title


def against(found: Exploration) -> Measure:
    """The measure against which the first objective is drawn: the second objective, or the LUTs
    if there is only one."""
    objectives = found.study.objectives
    return objectives[1].measure if len(objectives) > 1 else MEASURES["lut"]


def told(found: Exploration, record: Record) -> str:
    """A design in the text that appears under the mouse."""
    point = found.space.point(record.number)
    varied = [name for name in found.space.names if len(found.space.axes[name]) > 1]
    lines = [f"design {record.number}", *(f"{name} {point[name]}" for name in varied)]
    lines += [
        f"{row.title} {spell_measure(row, record.values[row.key])}"
        for row in MEASURES.values()
        if record.values.get(row.key) is not None
    ]
    return "<br>".join(lines)
