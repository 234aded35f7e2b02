"""The per-layer frame and its CSV file."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pandas as pd
import pytest

from lightsim.reports.tables import (
    COLUMNS,
    column_names,
    columns_text,
    layers_frame,
    layers_text,
)
from tests.reports.sample import CAUSES, sample_report, without_board


def test_every_column_is_explained():
    patterns = [re.compile(re.sub("<[a-z]+>", "[a-z_0-9]+", name)) for name in COLUMNS]
    for name in layers_frame(sample_report()).columns:
        assert any(pattern.fullmatch(name) for pattern in patterns), name


def test_columns_text_is_a_csv_of_three_columns():
    rows = list(csv.reader(io.StringIO(columns_text())))
    assert rows[0] == ["column", "unit", "meaning"]
    assert [row[0] for row in rows[1:]] == list(COLUMNS)
    assert all(len(row) == 3 and row[2] for row in rows[1:])


def test_frame_keeps_the_sums():
    report = sample_report()
    frame = layers_frame(report)
    assert list(frame.columns) == list(column_names(report))
    stalls = frame[[f"stall_{cause}" for cause in CAUSES]].sum(axis=1)
    assert (frame["busy"] + stalls == frame["cycles"]).all()
    assert (frame["end"] - frame["start"] == frame["cycles"]).all()
    streams = frame.filter(regex="^traffic_.+_bytes$").sum(axis=1)
    assert (streams == frame["traffic_bytes"]).all()
    assert frame["cycles"].sum() == report.cycles
    assert frame["share"].sum() == pytest.approx(1)
    assert (frame["operations"] == 2 * frame["macs"]).all()


def test_k_is_spread_over_three_columns():
    report = sample_report()
    frame = layers_frame(report)
    for row, layer in zip(frame.itertuples(), report.layers, strict=True):
        assert (row.k0, row.k1, row.k2) == (layer.k["0"], layer.k["1"], layer.k["2"])


def test_a_cause_that_a_layer_does_not_name_is_zero():
    report = sample_report()
    first = replace(report.layers[0], stalls={"weight": report.layers[0].cycles})
    frame = layers_frame(replace(report, layers=(first, *report.layers[1:])))
    assert frame.loc[0, "stall_post"] == 0
    assert frame["stall_post"].dtype.kind == "i"


def test_text_reads_back_as_the_frame():
    report = without_board(sample_report())
    text = layers_text(report)
    assert "\r" not in text and not text.startswith("#")
    back = pd.read_csv(
        io.StringIO(text), keep_default_na=False, na_values={"operations_per_byte": [""]}
    )
    pd.testing.assert_frame_equal(back, layers_frame(report), check_dtype=False, rtol=1e-15)
    assert pd.isna(back.loc[0, "operations_per_byte"])


def test_gops_by_hand():
    # conv1_1: 64 filters x 27 weights x 1024 pixels = 1,769,472 MACs, twice as many operations.
    report = sample_report()
    layer = report.layers[0]
    assert layer.macs == 1_769_472
    expected = 3_538_944 * 150e6 / layer.cycles / 1e9
    assert layers_frame(report).loc[0, "gops"] == pytest.approx(expected, rel=1e-12)
