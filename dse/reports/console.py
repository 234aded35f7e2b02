"""An exploration in the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dse.reports.commands import run_command
from dse.reports.console_schemes import show_schemes
from dse.search.result import Exploration
from dse.study.measures import spell_measure

__all__ = ["show_exploration"]

_MOST_ROWS = 12
_MOST_REASONS = 3


def show_exploration(found: Exploration, console: Console, best: str = "best.toml") -> None:
    """Print the best design, its limit and gap, the front, and the command that runs the file
    `best` with the best design."""
    study = found.study
    networks = ", ".join(
        share.network if len(study.shares) == 1 else f"{share.weight:.0%} {share.network}"
        for share in study.shares
    )
    console.print(f"{networks} on {study.board.name}", highlight=False)
    console.print(escape(_searched(found)), highlight=False)
    for reason, count in [*found.left_out.items()][:_MOST_REASONS]:
        console.print(escape(f"left out: {count:,} combinations, {reason}"), highlight=False)
    console.print()
    if not found.front:
        console.print("No design that was run keeps every budget.")
        show_schemes(found, console)
        return
    for label, value in _facts(found):
        console.print(f"{label:<11} {escape(value)}", highlight=False)
    console.print()
    console.print(_table(found))
    if len(found.front) > _MOST_ROWS:
        console.print(f"... and {len(found.front) - _MOST_ROWS} more on the front")
    show_schemes(found, console)
    console.print()
    console.print(f"Run it: {escape(run_command(found, best))}", highlight=False, soft_wrap=True)


def _searched(found: Exploration) -> str:
    how = "all of them run or proven no better" if found.exhaustive else f"sampler {found.sampler}"
    return f"{found.designs:,} designs, {found.evaluations:,} run on the timeline, {how}"


def _facts(found: Exploration) -> list[tuple[str, str]]:
    objective, best = found.study.objectives[0].measure, found.front[0]
    words = found.words(best)
    gap = "unknown" if found.gap is None else f"{found.gap:.2%}"
    return [
        ("Best", spell_measure(objective, best.values[objective.key])),
        ("Limit", f"{spell_measure(objective, found.limit)} (no design of the space beats it)"),
        ("Gap", gap),
        *_further(found),
        *_any_k(found),
        (words.part.capitalize(), words.whole),
    ]


def _further(found: Exploration) -> list[tuple[str, str]]:
    """The limits of the objectives after the first."""
    rows = []
    for row in found.limits[1:]:
        gap = "unknown" if row.gap is None else f"{row.gap:.2%}"
        of = f"of {row.objective.measure.title} by itself, gap {gap}"
        rows.append(("Limit", f"{spell_measure(row.objective.measure, row.value)} ({of})"))
    return rows


def _any_k(found: Exploration) -> list[tuple[str, str]]:
    """If k is free: the limit over all allocations, and the allocation that was chosen."""
    if found.limit_of_any_k is None:
        return []
    objective, best = found.study.objectives[0].measure, found.front[0]
    digits = "".join(best.k.values())
    counts = ", ".join(f"{digits.count(digit)} of {digit}" for digit in "012")
    limit = spell_measure(objective, found.limit_of_any_k)
    known = best.values.get("accuracy")
    accuracy = f"{100 * known:.2f} %" if known is not None else "not known"
    chosen = best.values.get("choosing_accuracy")
    told = "" if chosen is None else f" held out, {100 * chosen:.2f} % on the images for choosing"
    return [
        ("Any k", f"{limit} (no allocation beats it, on designs that were run either)"),
        ("Terms", f"{counts} (filters by k)"),
        ("Accuracy", f"{accuracy}{told} ({found.accuracy_source})"),
    ]


def _table(found: Exploration) -> Table:
    objectives = [objective.measure for objective in found.study.objectives]
    table = Table()
    for row in objectives:
        table.add_column(row.title, justify="right")
    numbers = found.words(found.front[0]).numbers
    names = ("scheme", *numbers, "LUT", "DSP", "BRAM36")
    for name in names:
        table.add_column(name, justify="right")
    for record in found.front[:_MOST_ROWS]:
        design = found.design(record)
        table.add_row(
            *(spell_measure(row, record.values.get(row.key)) for row in objectives),
            design.accelerator.scheme,
            *map(str, found.machine.words(design).numbers.values()),
            *(f"{record.values[key]:,.0f}" for key in ("lut", "dsp", "bram36")),
        )
    return table
