"""The JSON summary of a run: the stable contract `lightsim.run/1`, with additions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from lightsim.reports.quantities import k_counts, traffic
from lightsim.reports.report import (
    DefaultReport,
    LayerReport,
    OwnPart,
    ResourceReport,
    RunReport,
)

__all__ = ["SCHEMA_NAME", "run_schema", "summary", "summary_text"]

SCHEMA_NAME = "lightsim.run/1"


def summary(report: RunReport) -> dict[str, Any]:
    """The run as JSON data: the keys of the contract in the contract's order, then additions.

    The units are part of the keys' names (`_hz`, `_s`, `_j`, `_bytes`); `cycles` are cycles of the
    accelerator clock. The schema is `run_schema()`. The parts that only the template has stand
    beside the other keys.
    """
    document = {
        "schema": SCHEMA_NAME,
        "network": report.network,
        "board": report.board,
        "scheme": report.scheme,
        "engine": report.engine,
        "clock_hz": int(report.clock_hz),
        "images": int(report.images),
        "cycles": int(report.cycles),
        "latency_s": float(report.latency_s),
        "throughput_images_per_s": float(report.throughput_images_per_s),
        "gops": float(report.gops),
        "bit_exact": None if report.bit_exact is None else bool(report.bit_exact),
        "output_sha256": report.output_sha256,
        "resources": {name: _resource(row) for name, row in report.resources.items()},
        "energy_j": float(report.energy_j),
        "accuracy": None if report.accuracy is None else float(report.accuracy),
        "layers": [_layer(layer) for layer in report.layers],
        **_additions(report),
    }
    for part in report.own:
        if part.key in document:  # a fault of the wing: its key is a key of every report
            raise ValueError(f"template '{report.template}': '{part.key}' is a key of every report")
        document[part.key] = _own(part)
    return document


def summary_text(report: RunReport) -> str:
    """The summary as one JSON document; refuses NaN and infinity, which JSON does not have."""
    return json.dumps(summary(report), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def run_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) that every summary fulfils."""
    text = (files("lightsim.reports") / "schemas" / "run-1.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _resource(row: ResourceReport) -> dict[str, int | None]:
    available = None if row.available is None else int(row.available)
    return {"used": int(row.used), "available": available}


def _layer(layer: LayerReport) -> dict[str, Any]:
    return {
        "name": layer.name,
        "cycles": int(layer.cycles),
        "macs": int(layer.macs),
        "terms": int(layer.terms),
        "k": {str(terms): int(count) for terms, count in enumerate(k_counts(layer))},
        "utilisation": float(layer.utilisation),
        "bound_by": layer.bound_by,
        "stalls": _ints(layer.stalls),
        "kind": layer.kind,
        "fused": list(layer.fused),
        "start": int(layer.start),
        "end": int(layer.end),
        "busy": int(layer.busy),
        "tiles": int(layer.tiles),
        "mapping": layer.mapping,
        "traffic_bytes": _ints(layer.traffic_bytes),
        "compute_bound_cycles": int(layer.compute_bound_cycles),
        "memory_bound_cycles": int(layer.memory_bound_cycles),
        "port_bound_cycles": int(layer.port_bound_cycles),
        "dram_bound_cycles": int(layer.dram_bound_cycles),
        "gain_cycles": int(layer.gain_cycles),
        "input_type": layer.input_type,
        "output_type": layer.output_type,
    }


def _additions(report: RunReport) -> dict[str, Any]:
    return {
        "template": report.template,
        "values_computed": report.values_computed,
        "title": report.title,
        "accelerator": report.accelerator,
        "default": _default(report.default),
        "batch": int(report.batch),
        "seed": int(report.seed),
        "weights_origin": report.weights_origin,
        "accuracy_images": int(report.accuracy_images),
        "test_set": None if report.test_set is None else asdict(report.test_set),
        "traffic_bytes": sum(int(traffic(layer)) for layer in report.layers),
        "peak_ops_per_cycle": float(report.peak_ops_per_cycle),
        "peak_bytes_per_cycle": float(report.peak_bytes_per_cycle),
        "port_bytes_per_cycle": float(report.port_bytes_per_cycle),
        "energy_by_event_j": {k: float(v) for k, v in report.energy_by_event_j.items()},
        "energy_source": report.energy_source,
        "units": [
            {
                "name": unit.name,
                "busy": int(unit.busy),
                "stalls": _ints(unit.stalls),
                "idle": int(unit.idle),
            }
            for unit in report.units
        ],
        "parts": [
            {"name": part.name, "resources": _ints(part.resources), "source": part.source}
            for part in report.parts
        ],
        "outputs": list(report.outputs),
        "notes": list(report.notes),
        "lightsim_version": version("lightsim"),
    }


def _own(part: OwnPart) -> Any:
    """A part that only the run's template has, with rows as objects."""
    return [dict(row) for row in part.value] if isinstance(part.value, tuple) else part.value


def _default(default: DefaultReport | None) -> dict[str, int | float] | None:
    if default is None:
        return None
    return {
        "bound_cycles": int(default.bound_cycles),
        "cycles": int(default.cycles),
        "images": int(default.images),
        "share_of_best": float(default.share_of_best),
    }


def _ints(row: Mapping[str, int]) -> dict[str, int]:
    return {name: int(value) for name, value in row.items()}
