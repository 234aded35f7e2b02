"""The result of every scheme of an exploration, in the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dse.search.result import Exploration
from dse.study.measures import spell_measure

__all__ = ["show_schemes"]


def show_schemes(found: Exploration, console: Console) -> None:
    """Print, if there are several schemes, the best design of each scheme with its limit and gap.
    Below the table stand the reasons of schemes without a best design."""
    if len(found.schemes) < 2:
        return
    objective = found.study.objectives[0].measure
    part = next((found.words(row.best).part for row in found.schemes if row.best), "design")
    table = Table()
    for name in ("scheme", f"best {objective.title}", "limit", "gap", "tried", part, "LUT"):
        table.add_column(name, justify="left" if name in ("scheme", part) else "right")
    for row in found.schemes:
        short, luts = "-", "-"
        if row.best is not None:
            short = found.words(row.best).short
            luts = f"{row.best.values['lut']:,.0f}"
        value = None if row.best is None else row.best.values[objective.key]
        gap = "-" if row.gap is None else f"{row.gap:.2%}"
        limit = spell_measure(objective, row.limit)
        best = spell_measure(objective, value)
        table.add_row(row.scheme, best, limit, gap, f"{row.tried:,}", short, luts)
    console.print()
    console.print(table)
    for row in found.schemes:
        if row.reason is not None:
            console.print(escape(f"{row.scheme}: {row.reason}"), highlight=False)
