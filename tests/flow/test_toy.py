"""A machine that is added by a row: run, reported, and refused where it has no door."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

import lightsim
from lightsim.flow.templates import TEMPLATES
from lightsim.quantisation.inference.infer import infer
from lightsim.reports.summary import run_schema, summary
from lightsim.template.doors import Door
from lightsim.template.findings import OwnPart
from tests.cli.command import assert_refused
from tests.cli.command import lightsim as command
from tests.flow.toy import TOY, Toy, timeline

# digits-small on 16 lanes: 4608/16, 8x4x4/16, 6912/16, 6x2x2/16 and 240/16 cycles.
CYCLES = {"conv1": 288, "pool1": 8, "conv2": 432, "pool2": 2, "dense": 15}
FILE = 'template = "toy"\nname = "mine"\nboard = "pynq-z2"\nscheme = "fixed8"\nlanes = {}\n'


@pytest.fixture(autouse=True)
def row(monkeypatch):
    monkeypatch.setitem(TEMPLATES, "toy", TOY)


def run_json(*options: str) -> dict:
    ended = command("run", "digits-small", *options, "--json")
    assert (ended.code, ended.err) == (0, "")
    data = json.loads(ended.out)
    jsonschema.Draft202012Validator(run_schema()).validate(data)
    return data


def test_it_is_one_page():
    assert len((Path(__file__).parent / "toy.py").read_text("utf-8").splitlines()) <= 150


def test_json_has_the_contract_and_the_parts_of_its_own():
    data = run_json("--template", "toy", "--images", "3", "--batch", "2")
    assert (data["template"], data["engine"], data["accelerator"]) == (
        "toy", "timeline", "toy-zc706",
    )  # fmt: skip
    assert {row["name"]: row["cycles"] for row in data["layers"]} == {
        name: 3 * cycles for name, cycles in CYCLES.items()
    }
    assert data["cycles"] == 3 * 745 and data["latency_s"] == 2 * 745 / data["clock_hz"]
    assert data["interval_cycles"] == 745
    assert data["engines"] == [{"name": n, "interval": c} for n, c in CYCLES.items()]
    assert data["resources"]["lut"] == {"used": 960, "available": 218600}
    assert (data["bit_exact"], data["default"]) == (None, None)


def test_the_values_are_those_of_every_other_machine():
    mine = run_json("--template", "toy", "--values")
    other = run_json("--engine", "timeline", "--values")
    assert mine["output_sha256"] == other["output_sha256"]
    assert mine["accuracy"] == other["accuracy"]
    assert "fifos" not in other and "engines" not in other


def test_the_terminal_and_the_page_show_the_parts_of_its_own(tmp_path: Path):
    ended = command("run", "digits-small", "--template", "toy", "--output", str(tmp_path / "run"))
    assert (ended.code, ended.err) == (0, "")
    assert "Interval    745" in ended.out and "conv2       432" in ended.out
    assert "the simulation" not in ended.out  # it has none
    page = (tmp_path / "run" / "report.html").read_text("utf-8")
    assert '<section class="long" id="engines">' in page and "<td>432</td>" in page
    configuration = json.loads((tmp_path / "run" / "configuration.json").read_text("utf-8"))
    assert configuration["template"] == "toy" and configuration["accelerator"]["lanes"] == 16


def test_from_a_file_and_from_python(tmp_path: Path):
    file = tmp_path / "mine.toml"
    file.write_text(FILE.format(32))
    data = run_json("--accelerator", str(file))
    assert (data["template"], data["board"], data["scheme"]) == ("toy", "pynq-z2", "fixed8")
    assert data["cycles"] == 144 + 4 + 216 + 1 + 8
    built = lightsim.load_accelerator(file)
    assert built == Toy("mine", "pynq-z2", "fixed8", built.clock_hz, 32)
    report = lightsim.run("digits-small", accelerator=built)
    assert (report.template, report.cycles) == ("toy", data["cycles"])
    assert lightsim.run("digits-small", template="toy", scheme="fixed8").cycles == 745
    with pytest.raises(lightsim.InputError, match="has no writer of accelerator files"):
        lightsim.dump_accelerator(built)
    with pytest.raises(lightsim.InputError, match="lanes is 0; accepted: 1 to 4096"):
        lightsim.run("digits-small", accelerator=replace(built, lanes=0))


def test_mistakes_are_answered_as_everywhere(tmp_path: Path):
    file = tmp_path / "mine.toml"
    file.write_text(FILE.format(2000))
    too_large = command("run", "digits-small", "--accelerator", str(file))
    # 2000 lanes of 60 LUTs, and no advice: the wing has no door `fit`.
    assert_refused(too_large, 3, "mine: needs 120000 LUT", "53200: 66800 too many")
    other = command("run", "digits-small", "--accelerator", str(file), "--template", "tiled")
    assert_refused(other, 2, "--template: 'tiled'", "is of template 'toy'", "accepted: toy")
    file.write_text(FILE.format('"many"'))
    wrong = command("run", "digits-small", "--accelerator", str(file))
    assert_refused(wrong, 2, "lanes is 'many'", "accepted: a whole number")
    wish = command("run", "digits-small", "--template", "toy", "--ideal-memory")
    assert_refused(wish, 2, "template 'toy': has one mapping")


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        ("run digits-small --engine simulation", "engine 'simulation'"),
        ("verify digits-small", "RTL"),
        ("rtl digits-small --output {}", "RTL"),
        ("explore digits-small --output {}", "design space"),
        ("explore {}/study.toml", "design space"),
        ("calibrate --output {}", "calibration"),
    ],
)
def test_an_absent_door_is_said_in_one_line(arguments: str, what: str, tmp_path: Path):
    (tmp_path / "study.toml").write_text('template = "toy"\n[[network]]\nname = "digits-small"\n')
    words = [word.format(tmp_path) for word in arguments.split()]
    option = [] if "study" in arguments else ["--template", "toy"]
    said = f"template 'toy': has no {what}; templates with one: tiled"
    ended = command(*words, *option)
    assert_refused(ended, 2, said)
    assert len(ended.err.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["study.toml"]


def test_training_asks_for_costs_that_it_has_not(tmp_path: Path):
    pytest.importorskip("torch")
    file = tmp_path / "mine.toml"
    file.write_text(FILE.format(32).replace("fixed8", "flightnn"))
    ended = command(
        "train", "digits-small", "--accelerator", str(file), "--output", str(tmp_path / "out")
    )
    assert_refused(ended, 2, "template 'toy': has no costs of terms; templates with one: tiled")


def test_a_board_without_a_default_of_the_template_is_refused(monkeypatch):
    monkeypatch.setitem(TEMPLATES, "toy", replace(TOY, default=None))
    ended = command("run", "digits-small", "--template", "toy")
    assert_refused(ended, 2, "template 'toy': has no default accelerator")


def test_templates_are_listed():
    rows = json.loads(command("list", "templates", "--json").out)["templates"]
    by_name = {row["name"]: row for row in rows}
    assert by_name["tiled"]["without"] == "fold"
    assert "simulation" in by_name["toy"]["without"] and "rtl" in by_name["toy"]["without"]


def right(task, tell):
    """A simulation of the toy: its outputs are computed, and here compared."""
    outputs = infer(task.mapped.workload, task.batches[0], keep=["conv2", "dense"])
    return replace(timeline(task, tell), outputs=outputs)


def wrong(task, tell):
    """The same with one bit of an inner layer turned."""
    found = right(task, tell)
    found.outputs["conv2"][0, 0, 0, 0] ^= 1
    return found


@pytest.mark.parametrize(("name", "exact"), [("right", True), ("wrong", False)])
def test_a_wing_cannot_claim_bits_that_it_has_not(name: str, exact: bool, monkeypatch):
    simulating = replace(TOY, simulation=Door(f"{__name__}:{name}"))
    monkeypatch.setitem(TEMPLATES, "toy", simulating)
    report = lightsim.run("digits-small", template="toy")
    assert (report.engine, report.bit_exact) == ("simulation", exact)
    assert any("this is a bug" in note for note in report.notes) is not exact


def test_a_part_of_its_own_may_not_stand_for_one_of_all(monkeypatch):
    report = lightsim.run("digits-small", template="toy")
    own = OwnPart("cycles", "Cycles", 1, "a second opinion")
    with pytest.raises(ValueError, match="template 'toy': 'cycles' is a key of every report"):
        summary(replace(report, own=(own,)))
