"""The JSON summary of a training: the stable contract `lightsim.train/1`."""

from __future__ import annotations

import json
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from lightsim.reports.training.report import SeedReport, TrainingReport

__all__ = ["SCHEMA_NAME", "summary", "summary_text", "train_schema"]

SCHEMA_NAME = "lightsim.train/1"


def summary(report: TrainingReport) -> dict[str, Any]:
    """The training as JSON data; the schema is `train_schema()`."""
    spread = report.accuracy
    return {
        "schema": SCHEMA_NAME,
        "name": report.name,
        "network": report.network,
        "scheme": report.scheme,
        "device": report.device,
        "epochs": report.epochs,
        "float_epochs": report.float_epochs,
        "start": report.start,
        "parameters": report.parameters,
        "data": {
            "source": report.data,
            "training_images": report.training_images,
            "held_out_images": report.held_out_images,
            "judging_images": report.judging_images,
            "judges": report.judges,
        },
        "accuracy": {
            "mean": spread.mean,
            "deviation": spread.deviation,
            "least": spread.least,
            "most": spread.most,
        },
        "mean_k": report.mean_k,
        "seeds": [_seed(seed) for seed in report.seeds],
        "versions": dict(report.versions),
        "notes": list(report.notes),
        "lightsim_version": version("lightsim"),
    }


def summary_text(report: TrainingReport) -> str:
    """The summary as one JSON document; refuses NaN and infinity, which JSON does not have."""
    return json.dumps(summary(report), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def train_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) that every summary fulfils."""
    text = (files("lightsim.reports") / "schemas" / "train-1.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _seed(seed: SeedReport) -> dict[str, Any]:
    last = seed.epochs[-1] if seed.epochs else None
    return {
        "seed": seed.seed,
        "accuracy": seed.accuracy,
        "training_accuracy": None if last is None else last.training_accuracy,
        "loss": None if last is None else last.loss,
        "penalty": None if last is None else last.penalty,
        "bit_exact": seed.bit_exact,
        "network": seed.network,
        "k": {
            name: {str(terms): int(count) for terms, count in enumerate(row)}
            for name, row in seed.k.items()
        },
    }
