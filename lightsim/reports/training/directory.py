"""The reports of a training as files of its run directory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lightsim.files.writing import write_files
from lightsim.reports.training.report import TrainingReport
from lightsim.reports.training.summary import summary_text
from lightsim.reports.training.tables import curves_text, layers_text

__all__ = ["REPORTS", "write_reports"]


def _page(report: TrainingReport) -> str:
    # Importing Plotly takes a quarter of a second, so only writing a page imports it.
    from lightsim.reports.training.page import page

    return page(report)


# The summary comes last, because it marks a training as done.
REPORTS: dict[str, Callable[[TrainingReport], str]] = {
    "curves.csv": curves_text,
    "layers.csv": layers_text,
    "report.html": _page,
    "summary.json": summary_text,
}


def write_reports(report: TrainingReport, directory: Path) -> None:
    """Write all `REPORTS`, or none; raises `OutputError` if they cannot be written."""
    write_files(directory, {name: text(report) for name, text in REPORTS.items()})
