"""The reports room: the data of a run's report, and the tables, pages and files drawn from it."""

from __future__ import annotations

from lightsim.reports.report import (
    LayerReport,
    PartReport,
    ResourceReport,
    RunReport,
    TraceEvent,
    UnitReport,
)

# The functions that draw (`directory.write_directory`, `console.show_run`, `tables.layers_frame`,
# `page.page`, ...) are imported from their files, so that `--help` never waits for plotly.
__all__ = ["LayerReport", "PartReport", "ResourceReport", "RunReport", "TraceEvent", "UnitReport"]
