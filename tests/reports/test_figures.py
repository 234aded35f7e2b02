"""The figures of a page add up, keep their colours and show their limits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lightsim.reports.figures import FIGURES, causes
from lightsim.reports.figures.causes import cause_colours
from lightsim.reports.page import page
from tests.reports.sample import sample_report


def figure(name, report):
    return next(row for row in FIGURES if row.name == name).draw(report)


def test_k_is_drawn_only_where_the_scheme_chooses_it():
    assert "figure-k" in page(sample_report())
    assert 'id="figure-k"' not in page(sample_report(scheme="fixed8"))


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
