"""`lightsim run --template streaming`: reports, targets, budgets, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import lightsim
from lightsim.reports.summary import run_schema
from tests.cli.command import assert_refused
from tests.cli.command import lightsim as command


def run_json(*options: str) -> dict:
    ended = command("run", *options, "--template", "streaming", "--json")
    assert (ended.code, ended.err) == (0, "")
    data = json.loads(ended.out)
    jsonschema.Draft202012Validator(run_schema()).validate(data)
    return data


def test_both_engines_report_the_same_run_and_the_reference_has_the_same_bits():
    simulated = run_json("digits-small", "--images", "3", "--batch", "2")
    timed = run_json("digits-small", "--images", "3", "--batch", "2", "--engine", "timeline",
                     "--values")  # fmt: skip
    assert simulated["bit_exact"] is True
    own = {"engine", "values_computed", "notes"}
    assert {k: v for k, v in simulated.items() if k not in own} == {
        k: v for k, v in timed.items() if k not in own
    }


def test_the_figures_are_told_apart_and_accounts_are_full():
    data = run_json("digits-small", "--images", "5")
    cycles, interval, first = (
        data["cycles"], data["interval_cycles"], data["first_image_cycles"],
    )  # fmt: skip
    assert data["latency_s"] == first / data["clock_hz"]
    assert first < cycles <= first + 4 * interval + 8
    slowest = max(data["engines"], key=lambda row: row["interval"])
    assert data["bottleneck"] == slowest["name"] and interval >= slowest["interval"]
    for unit in data["units"]:
        assert unit["busy"] + sum(unit["stalls"].values()) + unit["idle"] == cycles
    for layer in data["layers"]:
        assert layer["busy"] + sum(layer["stalls"].values()) == layer["cycles"]
    for fifo in data["fifos"]:
        assert 1 <= fifo["highest"] <= fifo["depth"]
    # 64 pixels come in, 10 raw sums leave.
    assert data["energy_by_event_j"]["dram_byte"] > 0


def test_a_target_rate_is_reached_with_less():
    most = run_json("digits-small", "--engine", "timeline")
    wanted = most["steady_images_per_s"] / 4
    data = run_json("digits-small", "--engine", "timeline", "--target-fps", f"{wanted}")
    assert data["steady_images_per_s"] >= wanted
    assert data["resources"]["lut"]["used"] < most["resources"]["lut"]["used"]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["digits-small", "--target-fps", "1e9"], 3, "the fastest folding takes"),
        (["digits", "--target-fps", "1e6"], 3, "what fits reaches"),
        (["vgg16", "--engine", "timeline"], 3, "even one lane a layer needs"),
        (["digits-small", "--target-fps", "-3"], 2, "--target-fps: -3; accepted: a number above"),
        (["digits-small", "--ideal-memory"], 2, "accepted: no ideal memory"),
        (["digits-small", "--mapping", "exact"], 2, "has no tilings"),
    ],
)
def test_what_cannot_be_is_said(options: list[str], code: int, said: str):
    ended = command("run", *options, "--template", "streaming")
    assert_refused(ended, code, said)


def test_a_target_is_for_accelerators_that_are_made(tmp_path: Path):
    ended = command("run", "digits-small", "--target-fps", "100")
    assert_refused(ended, 2, "template 'tiled': has no accelerator for a target rate",
                   "templates with one: streaming")  # fmt: skip
    made = lightsim.run("digits-small", template="streaming", engine="timeline")
    file = tmp_path / "own.toml"
    design = design_of(made)
    file.write_text(lightsim.dump_accelerator(design))
    ended = command("run", "digits-small", "--accelerator", str(file), "--target-fps", "100")
    assert_refused(ended, 2, "--target-fps: the accelerator is given")
    again = lightsim.run("digits-small", accelerator=str(file), engine="timeline")
    assert again.cycles == made.cycles


def design_of(report):
    """The accelerator of a report, from its configuration."""
    from lightsim.streaming.description.accelerator import Folding, StreamingAccelerator

    own = report.configuration["accelerator"]
    layers = {name: Folding(**folding) for name, folding in own["layers"].items()}
    return StreamingAccelerator(
        own["name"], own["board"], own["scheme"], own["clock_hz"], layers, own["port_bits"],
        fifos=own["fifos"],
    )  # fmt: skip


def test_a_design_that_does_not_fit_says_by_how_much(tmp_path: Path):
    file = tmp_path / "large.toml"
    rows = "".join(
        f"[layers.{name}]\npe = {pe}\nsimd = {simd}\n"
        for name, pe, simd in (("conv1", 8, 9), ("conv2", 6, 72), ("dense", 10, 24))
    )
    head = 'template = "streaming"\nname = "large"\nboard = "pynq-z2"\nscheme = "fixed8"\n'
    file.write_text(head + rows)
    ended = command("run", "digits-small", "--accelerator", str(file))
    # 72 + 432 + 240 DSP lanes, a multiplier for each of 8 + 6 filters.
    assert_refused(ended, 3, "large: needs 758 DSP of 220 on XC7Z020 on pynq-z2: 538 too many")


def test_the_page_has_the_tables_of_its_own(tmp_path: Path):
    ended = command(
        "run", "digits-small", "--template", "streaming", "--output", str(tmp_path / "run")
    )
    assert (ended.code, ended.err) == (0, "")
    page = (tmp_path / "run" / "report.html").read_text("utf-8")
    assert 'id="engines"' in page and 'id="fifos"' in page and "conv2.lines" in page


@pytest.mark.parametrize("verb", ["verify", "rtl"])
def test_doors_that_are_not_there_say_so(verb: str, tmp_path: Path):
    output = ["--output", str(tmp_path / "out")] if verb == "rtl" else []
    ended = command(verb, "digits-small", "--template", "streaming", *output)
    assert_refused(ended, 2, "template 'streaming': has no RTL; templates with one: tiled")
