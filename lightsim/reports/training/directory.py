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
    # Plotly takes a quarter of a second to import: only who writes a page pays for it.
    from lightsim.reports.training.page import page

    return page(report)


# The summary comes last: it is what says that the training is done.
REPORTS: dict[str, Callable[[TrainingReport], str]] = {
    "curves.csv": curves_text,
    "layers.csv": layers_text,
    "report.html": _page,
    "summary.json": summary_text,
}


def write_reports(report: TrainingReport, directory: Path) -> None:
    """Write `REPORTS`, all of them or none; `OutputError` where they cannot be written."""
    write_files(directory, {name: text(report) for name, text in REPORTS.items()})
