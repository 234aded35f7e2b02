"""The page's HTML: self-contained, complete, escaped, and its figures' numbers."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from lightsim.reports.figures import FIGURES
from lightsim.reports.layer_table import layer_table
from lightsim.reports.page import page
from tests.reports.outline import Outline
from tests.reports.sample import sample_report

LIMIT_BYTES = 6_000_000


@pytest.fixture(scope="module")
def outline() -> Outline:
    return Outline(page(sample_report()))


def test_loads_nothing_and_stays_small(outline):
    text = page(sample_report(60))
    assert Outline(text).loads == []
    assert len(text.encode()) < LIMIT_BYTES
    assert text.count("plotly.js v") == 1


def test_says_headline_provenance_notes_and_every_layer(outline):
    text = " ".join(outline.words)
    report = sample_report()
    for part in (
        "323,655",
        "150 MHz",
        "92.83 %",
        "GOP/s",
        "synthetic (seed 7)",
        "zc706-shift-add-serial-32x16x2",
        report.output_sha256,
        *report.notes,
        *(layer.name for layer in report.layers),
    ):
        assert part in text, part


def test_has_every_figure_once(outline):
    assert [i for i in outline.ids if i.startswith("figure-")] == [
        f"figure-{row.name}" for row in FIGURES
    ]


def test_equal_reports_give_equal_pages():
    assert page(sample_report()) == page(sample_report())


def test_names_are_escaped():
    report = sample_report()
    name = "</script><script>alert(1)</script>"
    first = replace(report.layers[0], name=name)
    hostile = page(replace(report, title=name, layers=(first, *report.layers[1:])))
    clean = page(report)
    assert hostile.count("<script") == clean.count("<script")
    assert hostile.count("</script") == clean.count("</script")


def test_the_spelling_is_british(outline):
    text = " ".join(outline.words).lower()
    assert not re.search(r"\b\w*(color|quantiz|utiliz|optimiz)", text)


def test_the_table_says_which_limit_is_the_largest():
    report = sample_report()
    row = replace(
        report.layers[0], cycles=2000, gain_cycles=500, bound_by="port",
        compute_bound_cycles=100, port_bound_cycles=1209, dram_bound_cycles=302,
    )  # fmt: skip
    table = layer_table(replace(report, layers=(row,)))
    assert "<td>100 / <b>1,209</b> / 302</td>" in table
    assert '<td class="text">port <small>−25.0 %</small></td>' in table
