"""The training as one self-contained HTML page: accuracies, curves, k, no network needed."""

from __future__ import annotations

from html import escape

from lightsim.files.commands import command_line
from lightsim.reports.document import document, fact, figure_section
from lightsim.reports.training.figures import FIGURES
from lightsim.reports.training.report import SeedReport, TrainingReport

__all__ = ["page"]

_FOOTER = (
    "Made by LightSim. The same numbers stand in summary.json, curves.csv and layers.csv, and "
    "everything that decided them in recipe.toml, in the directory of this page."
)


def page(report: TrainingReport) -> str:
    """The page's HTML, about 5 MB, most of it the drawing library; equal for equal reports."""
    figures = [
        figure_section(row.name, row.title, row.draw(report), row.definition)
        for row in FIGURES
        if row.applies(report)
    ]
    return document(
        title=f"{report.network} trained under {report.scheme}",
        subtitle=f"{report.title}. {report.parameters:,} parameters, {report.data}.",
        facts=[fact(*row) for row in _headline(report)],
        notes=report.notes,
        sections=(_seeds(report), *figures, _again(report)),
        footer=_FOOTER,
    )


def _headline(report: TrainingReport) -> list[tuple[str, str, str]]:
    found, count = report.accuracy, len(report.seeds)
    deviation = "" if found.deviation is None else f" ± {100 * found.deviation:.2f}"
    rows = [
        (
            "Accuracy",
            f"{100 * found.mean:.2f}{deviation} %",
            f"mean and deviation of {count} seeds" if count > 1 else "of one seed",
        ),
        ("Judged by", f"{report.judging_images:,} images", report.judges),
        ("Trained on", f"{report.training_images:,} images", report.data),
        ("Epochs", f"{report.epochs}", f"after {report.float_epochs} in float"),
    ]
    if report.mean_k is not None:
        rows.append(("Terms", f"{report.mean_k:.2f}", "a filter (mean k)"))
    return rows


def _seeds(report: TrainingReport) -> str:
    head = "".join(
        f"<th>{name}</th>"
        for name in ("seed", "accuracy", "k 0/1/2", "bit exact", "run it, in this directory")
    )
    rows = "\n".join(_row(seed) for seed in report.seeds)
    return (
        '<section class="long" id="seeds">\n<h2>Seeds</h2>\n<div class="scroll"><table>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>\n</section>"
    )


def _row(seed: SeedReport) -> str:
    k = "/".join(str(sum(row[terms] for row in seed.k.values())) for terms in (0, 1, 2))
    exact = {True: "yes", False: "NO", None: "-"}[seed.bit_exact]
    # Without --scheme: a network file runs under the one it was trained for, which for some forms
    # of a scheme is called otherwise.
    command = "-" if seed.network is None else command_line("run", seed.network)
    cells = (str(seed.seed), f"{seed.accuracy:.2%}", k, exact, command)
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _again(report: TrainingReport) -> str:
    return (
        '<section id="again">\n<h2>To do it again</h2>\n'
        "<p>In the directory of this page: <code>lightsim train recipe.toml --output DIR</code>"
        "</p>\n</section>"
    )
