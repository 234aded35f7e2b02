"""The exploration as one self-contained HTML page: numbers, figures and tables, no network."""

from __future__ import annotations

from dse.reports.commands import run_command
from dse.reports.figures import FIGURES
from dse.reports.front_table import front_table
from dse.reports.scheme_table import scheme_table
from dse.search.result import Exploration
from dse.study.measures import spell_measure
from lightsim.reports.frame.document import document, fact, section
from lightsim.reports.frame.figure import figure_sections
from lightsim.reports.frame.table import again

__all__ = ["page"]

_FOOTER = (
    "Made by LightSim. The same numbers stand in summary.json and front.csv, every trial in "
    "trials.parquet, and the study with nothing left open in study.toml."
)


def page(found: Exploration) -> str:
    """The page's HTML, about 5 MB, most of it the drawing library."""
    study = found.study
    networks = " + ".join(
        share.network if len(study.shares) == 1 else f"{share.weight:.0%} {share.network}"
        for share in study.shares
    )
    return document(
        title=f"{networks} on {study.board.name}: {found.designs:,} designs",
        subtitle=_subtitle(found),
        facts=[fact(*row) for row in _headline(found)],
        notes=_notes(found),
        sections=(
            *figure_sections(FIGURES, found),
            _front(found),
            *_schemes(found),
            _again(found),
        ),
        footer=_FOOTER,
    )


def _front(found: Exploration) -> str:
    return section("designs", "The front", front_table(found), long=True)


def _schemes(found: Exploration) -> list[str]:
    if len(found.schemes) < 2:
        return []
    return [section("by-scheme", "Every scheme by itself", scheme_table(found), long=True)]


def _again(found: Exploration) -> str:
    command = run_command(found, anywhere=True) or "no design keeps every budget"
    return again(
        [
            ("Run the best design, in the directory of this page", command),
            ("Search again, there too", "lightsim explore study.toml"),
        ]
    )


def _subtitle(found: Exploration) -> str:
    aims = ", ".join(f"{o.direction} {o.measure.title}" for o in found.study.objectives)
    return f"{aims[:1].upper()}{aims[1:]}. Sampler {found.sampler}, seed {found.study.search.seed}."


def _headline(found: Exploration) -> list[tuple[str, str, str]]:
    objective = found.study.objectives[0].measure
    best = found.front[0].values[objective.key] if found.front else None
    gap = "unknown" if found.gap is None else f"{100 * found.gap:.2f} %"
    proven = "run or proven no better" if found.exhaustive else "some designs are still open"
    return [
        ("Best", spell_measure(objective, best), objective.title),
        ("Limit", spell_measure(objective, found.limit), "no design of the space beats it"),
        ("Gap", gap, proven),
        *(
            ("Limit", spell_measure(row.objective.measure, row.value), row.objective.measure.title)
            for row in found.limits[1:]
        ),
        *_any_k(found),
        ("Run", f"{found.evaluations:,} designs", f"of {found.designs:,}, on the timeline"),
    ]


def _any_k(found: Exploration) -> list[tuple[str, str, str]]:
    """If k is free, the limit over all allocations."""
    if found.limit_of_any_k is None:
        return []
    value = spell_measure(found.study.objectives[0].measure, found.limit_of_any_k)
    return [("Any k", value, "no allocation of k beats it, on designs that were run either")]


def _notes(found: Exploration) -> list[str]:
    notes = [
        "Resources are estimates and leave routing and timing closure open; the budgets of "
        "this study are in its file.",
        "A design's mapping is the one that lightsim run takes for it; the limit holds for every "
        "mapping.",
    ]
    if found.limit_of_any_k is not None:
        notes.append(
            "k was chosen with each design. The limit takes designs that were run at the k they "
            "were run with."
        )
    if found.study.layers:
        rows = (f"{n} {' or '.join(map(str, c))}" for n, c in found.study.layers.items())
        notes.append(f"Terms that the study leaves to single layers: {', '.join(rows)}.")
    says = found.limit_of_any_k is not None
    if says or any(record.values.get("accuracy") is not None for record in found.front):
        notes.append(f"Accuracy source: {found.accuracy_source} ({found.accuracy_detail}).")
    if found.left_out:
        rows = (f"{count:,} ({reason})" for reason, count in found.left_out.items())
        notes.append(f"Combinations of the axes that are no designs: {'; '.join(rows)}.")
    if found.interrupted:
        notes.insert(
            0, "The search was interrupted: --resume (in Python resume=True) goes on with it."
        )
    return notes
