"""The page's HTML: self-contained, complete, escaped, and its figures' numbers."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from lightsim.reports.figures import FIGURES, causes
from lightsim.reports.figures.causes import cause_colours
from lightsim.reports.layer_table import layer_table
from lightsim.reports.page import page
from tests.reports.sample import sample_report, without_board

LIMIT_BYTES = 6_000_000


class Outline(HTMLParser):
    """Tags that load something, ids, and the text outside scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.words: list[str] = []
        self._skipped = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self._skipped = tag in ("script", "style")
        self.loads += [value for name, value in attrs if name in ("src", "href")]
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        self._skipped = False

    def handle_data(self, data):
        if not self._skipped:
            self.words.append(data)


@pytest.fixture(scope="module")
def outline() -> Outline:
    return Outline(page(sample_report()))


def figure(name, report):
    return next(row for row in FIGURES if row.name == name).draw(report)


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


def test_k_is_drawn_only_where_the_scheme_chooses_it():
    assert "figure-k" in page(sample_report())
    assert 'id="figure-k"' not in page(sample_report(scheme="fixed8"))


@pytest.mark.parametrize("scheme", ["flightnn", "fixed8"])
def test_a_run_without_a_board_still_has_its_page(scheme):
    text = page(without_board(sample_report(scheme=scheme)))
    assert "tied to no board" in text and "not measured" in text


def test_bars_of_cycles_add_up_to_each_layer():
    report = sample_report(60)
    bars = figure("cycles", report).data
    sums = [sum(bar.y[i] for bar in bars) for i in range(60)]
    assert sums == [layer.cycles for layer in report.layers]


def test_bars_of_activity_add_up_to_the_run():
    report = sample_report()
    bars = figure("activity", report).data
    for number in range(len(report.units)):
        assert sum(bar.customdata[number] for bar in bars) == report.cycles


def test_bars_of_resources_add_up_to_the_use():
    report = sample_report()
    bars = figure("resources", report).data
    for number, name in enumerate(("lut", "ff", "dsp", "bram36")):
        row = report.resources[name]
        assert sum(bar.customdata[number] for bar in bars) == row.used
        assert sum(bar.x[number] for bar in bars) == pytest.approx(100 * row.used / row.available)


def test_what_no_part_accounts_for_is_shown():
    report = sample_report()
    bars = figure("resources", replace(report, parts=report.parts[1:])).data
    assert [bar.name for bar in bars][-1] == "not itemised"


def test_roofline_has_every_layer_with_work_below_both_ceilings():
    report = sample_report()
    points = [
        (x, y)
        for row in figure("roofline", report).data
        if row.mode == "markers"
        for x, y in zip(row.x, row.y, strict=True)
    ]
    assert len(points) == sum(1 for layer in report.layers if layer.macs)
    compute = report.peak_ops_per_cycle * report.clock_hz / 1e9
    memory = report.peak_bytes_per_cycle * report.clock_hz / 1e9
    assert all(y <= min(compute, x * memory) for x, y in points)


def test_an_unlimited_memory_draws_no_slanted_line():
    report = replace(sample_report(), peak_bytes_per_cycle=float("inf"))
    lines = [row for row in figure("roofline", report).data if row.mode == "lines"]
    assert len(lines) == 1


def test_a_cause_has_one_colour_in_every_figure():
    report = sample_report()
    colours = cause_colours(report)
    assert len(set(colours.values())) == len(colours)
    for name in ("cycles", "activity"):
        for bar in figure(name, report).data:
            assert bar.marker.color == colours[bar.name.replace(" ", "_")]


def test_a_run_of_one_pooling_layer_has_a_page_without_empty_figures():
    whole = sample_report()
    pool = whole.layers[9]
    report = replace(whole, layers=(pool,), cycles=pool.cycles, units=(), energy_by_event_j={})
    ids = Outline(page(report)).ids
    assert [i for i in ids if i.startswith("figure-")] == ["figure-cycles", "figure-resources"]


def test_the_spelling_is_british(outline):
    text = " ".join(outline.words).lower()
    assert not re.search(r"\b\w*(color|quantiz|utiliz|optimiz)", text)


def test_every_cause_has_a_colour_of_its_own_in_every_run():
    """What is one thing under two names shares one: work is compute, the DRAM is the memory."""
    known = dict(causes._KNOWN)
    assert len(known) == 15
    assert (known.pop("compute"), known.pop("memory")) == (causes.BUSY, known["dram"])
    colours = [*known.values(), causes.BUSY, causes.IDLE, *causes._SPARE]
    assert len(set(colours)) == len(colours)
    report = sample_report()
    for cause in ("port", "bank", "post", "dram"):
        bound = replace(report, layers=(replace(report.layers[0], bound_by=cause),))
        assert causes.bound_colours(bound)[cause] == known[cause]


def test_the_roofline_shows_the_rate_of_one_port_where_it_is_less():
    report = sample_report()
    slopes = [
        row.y[0] / row.x[0]
        for row in figure("roofline", report).data
        if row.mode == "lines" and row.y[0] != row.y[1]
    ]
    rates = (report.peak_bytes_per_cycle, report.port_bytes_per_cycle)
    assert slopes == pytest.approx([rate * report.clock_hz / 1e9 for rate in rates])


def test_the_table_says_which_limit_is_the_largest():
    report = sample_report()
    row = replace(
        report.layers[0], cycles=2000, gain_cycles=500, bound_by="port",
        compute_bound_cycles=100, port_bound_cycles=1209, dram_bound_cycles=302,
    )  # fmt: skip
    table = layer_table(replace(report, layers=(row,)))
    assert "<td>100 / <b>1,209</b> / 302</td>" in table
    assert '<td class="text">port <small>−25.0 %</small></td>' in table
