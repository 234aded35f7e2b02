"""The JSON summary: its contract, its order, its sums."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import numpy as np
import pytest

from lightsim.reports.summary import run_schema, summary, summary_text
from tests.reports.sample import sample_report, without_board

CONTRACT = [
    "schema",
    "network",
    "board",
    "scheme",
    "engine",
    "clock_hz",
    "images",
    "cycles",
    "latency_s",
    "throughput_images_per_s",
    "gops",
    "bit_exact",
    "output_sha256",
    "resources",
    "energy_j",
    "accuracy",
    "layers",
]
LAYER = ["name", "cycles", "macs", "terms", "k", "utilisation", "bound_by", "stalls"]
INTEGERS = ("clock_hz", "images", "cycles", "batch", "seed", "accuracy_images", "traffic_bytes")


def check(data: object) -> None:
    schema = run_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(data)


@pytest.mark.parametrize(
    "report",
    [sample_report(), sample_report(60), sample_report(scheme="fixed8")],
    ids=["12 layers", "60 layers", "fixed8"],
)
def test_fulfils_its_schema(report):
    check(json.loads(summary_text(report)))
    check(json.loads(summary_text(without_board(report))))


def test_keys_come_in_the_contracts_order():
    data = summary(sample_report())
    assert list(data)[: len(CONTRACT)] == CONTRACT
    assert list(data["layers"][0])[: len(LAYER)] == LAYER
    assert list(data["resources"]) == ["lut", "ff", "dsp", "bram36", "uram"]


def test_whole_numbers_stay_whole():
    data = json.loads(summary_text(sample_report()))
    assert all(type(data[key]) is int for key in INTEGERS)
    for layer in data["layers"]:
        assert all(type(layer[key]) is int for key in ("cycles", "macs", "terms", "tiles"))
        assert list(layer["k"]) == ["0", "1", "2"]


def test_numbers_of_numpy_are_written_as_plain_ones():
    report = sample_report()
    first = replace(report.layers[0], cycles=np.int64(report.layers[0].cycles))
    mixed = replace(
        report, cycles=np.int64(report.cycles), bit_exact=np.bool_(True), layers=(first,)
    )
    assert json.loads(summary_text(mixed))["cycles"] == report.cycles


def test_sums_hold():
    data = summary(sample_report())
    for layer in data["layers"]:
        assert layer["busy"] + sum(layer["stalls"].values()) == layer["cycles"]
    for unit in data["units"]:
        assert unit["busy"] + sum(unit["stalls"].values()) + unit["idle"] == data["cycles"]
    assert sum(data["energy_by_event_j"].values()) == pytest.approx(data["energy_j"], rel=1e-12)
    for name, row in data["resources"].items():
        assert sum(part["resources"][name] for part in data["parts"]) == row["used"]


@pytest.mark.parametrize(
    ("key", "value"),
    [("cycles", 1.5), ("engine", "guess"), ("accuracy", 1.2), ("output_sha256", "short")],
)
def test_schema_refuses_what_the_contract_does_not_allow(key, value):
    data = summary(sample_report()) | {key: value}
    with pytest.raises(jsonschema.ValidationError):
        check(data)


def test_schema_needs_every_key_of_the_contract():
    assert set(CONTRACT) <= set(run_schema()["required"])
    assert set(LAYER) <= set(run_schema()["$defs"]["layer"]["required"])


def test_a_number_that_json_does_not_have_is_refused():
    with pytest.raises(ValueError, match="JSON compliant"):
        summary_text(replace(sample_report(), gops=float("nan")))
