"""Pages of runs that lack something: a board, or any layer with weights."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lightsim.reports.page import page
from tests.reports.outline import Outline
from tests.reports.sample import sample_report, without_board


@pytest.mark.parametrize("scheme", ["flightnn", "fixed8"])
def test_a_run_without_a_board_still_has_its_page(scheme):
    text = page(without_board(sample_report(scheme=scheme)))
    assert "tied to no board" in text and "not measured" in text


def test_a_run_of_one_pooling_layer_has_a_page_without_empty_figures():
    whole = sample_report()
    pool = whole.layers[9]
    report = replace(whole, layers=(pool,), cycles=pool.cycles, units=(), energy_by_event_j={})
    ids = Outline(page(report)).ids
    assert [i for i in ids if i.startswith("figure-")] == ["figure-cycles", "figure-resources"]
