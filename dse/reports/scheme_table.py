"""The result of every scheme of an exploration, as an HTML table."""

from __future__ import annotations

from html import escape

from dse.search.result import Exploration
from dse.search.schemes import SchemeFound
from dse.study.measures import spell_measure
from lightsim.reports.frame.table import TEXT, table

__all__ = ["scheme_table"]


def scheme_table(found: Exploration) -> str:
    """A row for every scheme: its best design, its limit and gap, or why it has none."""
    title = found.study.objectives[0].measure.title
    heads = [
        ("scheme", TEXT),
        (f"best {escape(title)}", ""),
        ("limit", ""),
        ("gap", ""),
        ("designs tried", ""),
        ("best design, or why there is none", TEXT),
    ]
    return table(heads, (_row(found, row) for row in found.schemes))


def _row(found: Exploration, row: SchemeFound) -> list[str]:
    objective = found.study.objectives[0].measure
    value = None if row.best is None else row.best.values[objective.key]
    cells = [
        row.scheme,
        spell_measure(objective, value),
        spell_measure(objective, row.limit),
        "-" if row.gap is None else f"{100 * row.gap:.2f} %",
        f"{row.tried:,}",
        _design(found, row),
    ]
    return [escape(cell) for cell in cells]


def _design(found: Exploration, row: SchemeFound) -> str:
    if row.best is None:
        return row.reason or "-"
    return f"{found.words(row.best).whole}, {row.best.values['lut']:,.0f} LUT"
