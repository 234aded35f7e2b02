"""The terminal's tables: what they say, how wide they are, what a plain stream gets."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from lightsim.reports.console import show_run
from lightsim.reports.frame.terminal import report_console
from tests.reports.sample import sample_report, without_board


def shown(report, width=100, encoding="utf-8"):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    show_run(report, Console(file=stream, width=width, force_terminal=False, highlight=False))
    stream.flush()
    return stream.buffer.getvalue().decode(encoding)


def test_says_the_headline_the_resources_and_the_notes():
    text = shown(sample_report())
    for part in (
        "vgg7-cifar10 on zc706",
        "scheme flightnn",
        "323,655",
        "150 MHz",
        "92.83 %",
        "on 360 held-out images",
        "synthetic (seed 7)",
        "218,600",
        "38.5 %",
        "note: The weights are synthetic",
    ):
        assert part in text, part


@pytest.mark.parametrize("layers", [12, 60])
@pytest.mark.parametrize("width", [72, 80, 100, 140])
def test_fits_the_width_and_names_every_layer(layers, width):
    report = sample_report(layers)
    lines = shown(report, width).splitlines()
    assert max(map(len, lines)) <= width
    for layer in report.layers:
        assert any(line.startswith(layer.name) for line in lines), layer.name
        assert any(f"{layer.cycles:,}" in line for line in lines)


def test_a_row_at_100_columns_is_whole():
    row = next(line for line in shown(sample_report()).splitlines() if line.startswith("conv3_2"))
    cells = (
        "conv2d",
        "57,445",
        "17.7 %",
        "37.75 M",
        "10/140/106",
        "88.2 %",
        "compute",
        "weight 0.7 %",
    )
    assert row.split() == " ".join(("conv3_2", *cells)).split()


def test_an_ascii_stream_gets_ascii():
    text = shown(sample_report(), encoding="ascii")
    assert text.isascii() and "####" in text and "?" not in text


def test_a_pipe_gets_no_colour_codes():
    assert "\x1b" not in shown(sample_report())


def test_without_board_accuracy_and_exact_bits():
    report = replace(without_board(sample_report()), bit_exact=False)
    text = shown(report)
    assert "not measured" in text and "NO" in text and "on zc706" not in text


def test_names_with_brackets_are_not_markup():
    report = sample_report()
    first = replace(report.layers[0], name="conv[bold]1")
    report = replace(report, layers=(first, *report.layers[1:]), notes=("see [red]this[/red]",))
    assert "conv[bold]1" in shown(report) and "see [red]this[/red]" in shown(report)


def test_piped_output_has_100_columns(monkeypatch):
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    assert report_console().width == 100
