"""The front as an HTML table."""

from __future__ import annotations

from html import escape

from dse.search.result import Exploration
from dse.storage.record import Record
from dse.study.measures import spell_measure
from lightsim.hardware.device import Resources
from lightsim.reports.frame.table import TEXT, table

__all__ = ["front_table"]


def front_table(found: Exploration) -> str:
    """A row for every design of the front, the best in the first objective first."""
    objectives = [objective.measure for objective in found.study.objectives]
    own = found.words(found.front[0]).numbers if found.front else {}
    numbers = (*own, "batch", *map(str.upper, Resources.names()))
    heads = [
        *((escape(row.title), "") for row in objectives),
        ("scheme", TEXT),
        ("lanes", TEXT),
        *((name, "") for name in numbers),
    ]
    return table(heads, (_row(found, record) for record in found.front))


def _row(found: Exploration, record: Record) -> list[str]:
    design = found.design(record)
    words = found.machine.words(design)
    cells = [
        *(
            spell_measure(o.measure, record.values.get(o.measure.key))
            for o in found.study.objectives
        ),
        design.accelerator.scheme,
        words.lanes,
        *map(str, words.numbers.values()),
        str(design.batch),
        *(f"{amount:,}" for amount in design.resources.values()),
    ]
    return [escape(cell) for cell in cells]
