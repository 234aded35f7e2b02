"""The training as one self-contained HTML page: accuracies, curves, k, no network needed."""

from __future__ import annotations

from html import escape

from lightsim.files.commands import command_line
from lightsim.reports.frame.document import document, fact, section
from lightsim.reports.frame.figure import figure_sections
from lightsim.reports.frame.table import TEXT, again, table
from lightsim.reports.training.figures import FIGURES
from lightsim.reports.training.report import SeedReport, TrainingReport, k_heading, k_totals

__all__ = ["page"]

_FOOTER = (
    "Made by LightSim. The same numbers stand in summary.json, curves.csv and layers.csv, and "
    "everything that decided them in recipe.toml, in the directory of this page."
)


def page(report: TrainingReport) -> str:
    """The HTML of the page, about 5 MB, mostly the drawing library; equal for equal reports."""
    return document(
        title=f"{report.network} trained under {report.scheme}",
        subtitle=f"{report.title}. {report.parameters:,} parameters, {report.data}.",
        facts=[fact(*row) for row in _headline(report)],
        notes=report.notes,
        sections=(_seeds(report), *figure_sections(FIGURES, report), _again()),
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
    counted = k_heading(report)
    heads = [(name, "") for name in ("seed", "accuracy", f"k {counted}", "bit exact")]
    heads.append(("run it, in this directory", TEXT))
    return section("seeds", "Seeds", table(heads, map(_row, report.seeds)), long=True)


def _row(seed: SeedReport) -> list[str]:
    k = "/".join(map(str, k_totals(seed.k.values())))
    exact = {True: "yes", False: "NO", None: "-"}[seed.bit_exact]
    # The command has no --scheme: a network file runs under the scheme that it was trained for, and
    # some forms of a scheme have another name there.
    command = "-" if seed.network is None else command_line("run", seed.network)
    cells = (str(seed.seed), f"{seed.accuracy:.2%}", k, exact, command)
    return [escape(cell) for cell in cells]


def _again() -> str:
    return again([("In the directory of this page", "lightsim train recipe.toml --output DIR")])
