"""The JSON document of an exploration: the stable contract `lightsim.explore/1`, with additions."""

from __future__ import annotations

import json
import tomllib
from importlib.metadata import version
from typing import Any

from dse.reports.ks import k_counts
from dse.search.result import Exploration
from dse.search.schemes import SchemeFound
from dse.storage.record import Record
from lightsim.hardware.device import Resources

__all__ = ["SCHEMA_NAME", "summary", "summary_text"]

SCHEMA_NAME = "lightsim.explore/1"


def summary(found: Exploration) -> dict[str, Any]:
    """The exploration as JSON-able data: the contract's keys, then additions.

    `values` has every measure by its key, whose name contains the unit; `accuracy` is null if no
    source gives it. `bound.gap` is |bound - best| / max(|bound|, |best|), and null if there is no
    best design.
    """
    objective = found.study.objectives[0].measure.key
    return {
        "schema": SCHEMA_NAME,
        "front": [_design(found, record) for record in found.front],
        "bound": {"objective": objective, "value": found.limit, "gap": found.gap},
        "evaluations": found.evaluations,
        "exhaustive": found.exhaustive,
        "trials": {
            state: sum(1 for record in found.records if record.state == state)
            for state in ("complete", "infeasible", "failed")
        },
        "accuracy_source": found.accuracy_source,
        **_additions(found),
    }


def summary_text(found: Exploration) -> str:
    """The summary as one JSON document; refuses NaN and infinity, which JSON does not have."""
    return json.dumps(summary(found), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _design(found: Exploration, record: Record) -> dict[str, Any]:
    design = found.design(record)
    limits = found.study.board.device.resources.values()
    rows = zip(Resources.names(), design.resources.values(), limits, strict=True)
    return {
        "values": {"accuracy": None, **record.values},
        "accelerator": tomllib.loads(found.machine.text(design)),
        "k": k_counts(found, record),
        "resources": {name: {"used": used, "available": limit} for name, used, limit in rows},
        "design": record.number,
        "cycles": dict(record.cycles),
        "batch": design.batch,
        "scheme": design.accelerator.scheme,
        "mapping": "exact" if record.mappings else "usual",
        **({"k_choice": design.k, "terms": dict(record.k)} if record.k else {}),
    }


def _scheme(found: Exploration, row: SchemeFound) -> dict[str, Any]:
    """The result of a scheme; its best design has the form of a design of the front, and is null
    if there is none."""
    return {
        "scheme": row.scheme,
        "best": None if row.best is None else _design(found, row.best),
        "bound": {"value": row.limit, "gap": row.gap},
        "tried": row.tried,
        "reason": row.reason,
    }


def _of_any_k(found: Exploration) -> dict[str, Any]:
    """If k is free, the limit over all allowed allocations of k."""
    if found.limit_of_any_k is None:
        return {}
    return {"limit_of_any_k": found.limit_of_any_k}


def _additions(found: Exploration) -> dict[str, Any]:
    study = found.study
    return {
        "study": study.name,
        "board": study.board.name,
        "networks": {share.network: share.weight for share in study.shares},
        "objectives": {o.measure.key: o.direction for o in study.objectives},
        "budgets": {b.measure.key: b.limit for b in study.budgets},
        "space": {
            "designs": found.designs,
            "left_out": dict(found.left_out),
            "axes": {name: list(choices) for name, choices in study.axes.items()},
            "layers": {name: list(choices) for name, choices in study.layers.items()},
        },
        **_of_any_k(found),
        "bounds": [
            {"objective": row.objective.measure.key, "value": row.value, "gap": row.gap}
            for row in found.limits
        ],
        "schemes": [_scheme(found, row) for row in found.schemes],
        "accuracy_detail": found.accuracy_detail,
        "sampler": found.sampler,
        "seed": study.search.seed,
        "rejected": found.rejected,
        "interrupted": found.interrupted,
        "seconds": found.steps[-1].seconds if found.steps else 0.0,
        "lightsim_version": version("lightsim"),
    }
