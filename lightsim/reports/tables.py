"""The per-layer table of a run as a pandas frame and a CSV file, with its columns explained."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from lightsim.reports.quantities import gops, intensity, k_counts, operations, share, traffic
from lightsim.reports.report import LayerReport, RunReport

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "Column", "column_names", "columns_text", "layers_frame", "layers_text"]


class Column(NamedTuple):
    """The unit of a column ("" if it has none) and the meaning of its values."""

    unit: str
    meaning: str


COLUMNS: dict[str, Column] = {
    "layer": Column("", "name of the engine layer"),
    "kind": Column("", "operator"),
    "fused": Column("", "layers computed in the same pass, joined by +"),
    "input_type": Column("", "type of the activations read, as uint8"),
    "output_type": Column("", "type of those written; sign is one bit, raw a whole sum"),
    "start": Column("cycle", "first cycle of the layer in the run"),
    "end": Column("cycle", "first cycle after the layer"),
    "cycles": Column("cycles", "accelerator cycles, over all images: busy plus every stall"),
    "share": Column("1", "cycles over the cycles of the run"),
    "busy": Column("cycles", "cycles in which the array or pooling unit issued work"),
    "macs": Column("MAC", "multiply-accumulates, over all images"),
    "operations": Column("operations", "two for each multiply-accumulate"),
    "terms": Column("terms", "signed powers of two in the weights"),
    "k0": Column("filters", "filters with no term (pruned)"),
    "k1": Column("filters", "filters with one term"),
    "k2": Column("filters", "filters with two terms"),
    "k<terms>": Column("filters", "filters with so many terms, under a scheme with more than two"),
    "utilisation": Column("1", "useful lane cycles over lanes times cycles"),
    "bound_by": Column("", "the cause without which the layer would be shortest"),
    "gain_cycles": Column("cycles", "cycles that the layer would be shorter without that cause"),
    "tiles": Column("tiles", "tiles computed, over all images"),
    "mapping": Column("", "tile sizes and loop order"),
    "gops": Column("10^9 operations/s", "operations over the layer's time"),
    "operations_per_byte": Column("operations/byte", "operations over traffic; empty if none"),
    "compute_bound_cycles": Column("cycles", "cycles if only the array mattered"),
    "port_bound_cycles": Column("cycles", "cycles if only the ports mattered"),
    "dram_bound_cycles": Column("cycles", "cycles if only the memory's peak rate mattered"),
    "memory_bound_cycles": Column("cycles", "cycles if only ports and memory mattered"),
    "traffic_bytes": Column("bytes", "bytes to and from memory, all streams"),
    "traffic_<stream>_bytes": Column("bytes", "bytes to or from memory of one stream"),
    "stall_<cause>": Column("cycles", "cycles in which the layer waited for this cause"),
}


def layers_frame(report: RunReport) -> pd.DataFrame:
    """One row for each layer, in the order of the run; the columns are those of `COLUMNS`.

    Entries of `COLUMNS` with a `<name>` become a column for each stream, stall cause and further
    number of terms of the run. All rows have the same columns, so a value that a layer does not
    have is 0.
    """
    import pandas as pd

    streams = _union(layer.traffic_bytes for layer in report.layers)
    causes = _union(layer.stalls for layer in report.layers)
    rows = [_row(layer, report, streams, causes) for layer in report.layers]
    return pd.DataFrame(rows, columns=list(column_names(report)))


def column_names(report: RunReport) -> tuple[str, ...]:
    """The columns of the frame of this run, in order."""
    fixed = [name for name in COLUMNS if "<" not in name]
    streams = _union(layer.traffic_bytes for layer in report.layers)
    causes = _union(layer.stalls for layer in report.layers)
    terms = max((len(k_counts(layer)) for layer in report.layers), default=3)
    place = fixed.index("k2") + 1
    return (
        *fixed[:place],
        *(f"k{count}" for count in range(3, terms)),
        *fixed[place:],
        *(f"traffic_{stream}_bytes" for stream in streams),
        *(f"stall_{cause}" for cause in causes),
    )


def layers_text(report: RunReport) -> str:
    """The frame as CSV: comma, header, line feed, no index, no comments."""
    return layers_frame(report).to_csv(index=False, lineterminator="\n")


def columns_text() -> str:
    """A CSV table that explains the columns: name, unit, meaning."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("column", "unit", "meaning"))
    writer.writerows((name, *column) for name, column in COLUMNS.items())
    return text.getvalue()


def _union(rows: Iterable[Mapping[str, int]]) -> tuple[str, ...]:
    return tuple(sorted({name for row in rows for name in row}))


def _row(
    layer: LayerReport, report: RunReport, streams: tuple[str, ...], causes: tuple[str, ...]
) -> dict[str, object]:
    return {
        "layer": layer.name,
        "kind": layer.kind,
        "fused": "+".join(layer.fused),
        "input_type": layer.input_type,
        "output_type": layer.output_type,
        "start": layer.start,
        "end": layer.end,
        "cycles": layer.cycles,
        "share": share(layer, report),
        "busy": layer.busy,
        "macs": layer.macs,
        "operations": operations(layer),
        "terms": layer.terms,
        **{f"k{terms}": count for terms, count in enumerate(k_counts(layer))},
        "utilisation": layer.utilisation,
        "bound_by": layer.bound_by,
        "gain_cycles": layer.gain_cycles,
        "tiles": layer.tiles,
        "mapping": layer.mapping,
        "gops": gops(layer, report.clock_hz),
        "operations_per_byte": intensity(layer),
        "compute_bound_cycles": layer.compute_bound_cycles,
        "port_bound_cycles": layer.port_bound_cycles,
        "dram_bound_cycles": layer.dram_bound_cycles,
        "memory_bound_cycles": layer.memory_bound_cycles,
        "traffic_bytes": traffic(layer),
        **{f"traffic_{name}_bytes": layer.traffic_bytes.get(name, 0) for name in streams},
        **{f"stall_{name}": layer.stalls.get(name, 0) for name in causes},
    }
