"""A machine with the explorer's doors is searched, bounded, reported and gone on with as any."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from dse.search.explore import explore
from dse.study.study import load_study, new_study
from dse.study.writing import study_text
from lightsim.errors import BudgetError, InputError
from lightsim.flow.templates import TEMPLATES
from tests.cli.command import assert_refused
from tests.cli.command import lightsim as command
from tests.flow.toy_explorer import EXPLORED

# digits-small by width: the steps of each layer divided and rounded up, added up (see
# `test_toy.py`). Its bound: all 11,760 products divided at once.
CYCLES = {8: 1489, 16: 745, 32: 373, 64: 187}
STUDY = 'template = "toy"\nboard = "zc706"\n[[network]]\nname = "digits-small"\n'


@pytest.fixture(autouse=True)
def row(monkeypatch):
    monkeypatch.setitem(TEMPLATES, "toy", EXPLORED)


def test_it_is_one_page():
    page = Path(__file__).parent / "toy_explorer.py"
    assert len(page.read_text("utf-8").splitlines()) <= 150


def test_the_search_is_the_one_of_every_machine(tmp_path: Path):
    where = tmp_path / "out"
    ended = command(
        "explore", "digits-small", "--template", "toy", "--output", str(where), "--json"
    )
    assert (ended.code, ended.err) == (0, "")
    found = json.loads(ended.out)
    (best,) = found["front"]
    assert (best["accelerator"]["template"], best["accelerator"]["lanes"]) == ("toy", 64)
    assert best["cycles"] == {"digits-small": CYCLES[64]}
    assert (found["evaluations"], found["exhaustive"], found["bound"]["gap"]) == (4, True, 0.0)
    assert found["space"]["axes"] == {"scheme": ["flightnn"], "width": [8, 16, 32, 64]}
    assert 'template = "toy"' in (where / "study.toml").read_text("utf-8")
    assert "64 products</td>" in (where / "report.html").read_text("utf-8")
    again = command("run", "digits-small", "--accelerator", str(where / "best.toml"), "--json")
    assert json.loads(again.out)["cycles"] == CYCLES[64]


def test_the_terminal_tells_designs_in_words_of_the_machine(tmp_path: Path):
    file = tmp_path / "study.toml"
    file.write_text(STUDY + '[objectives]\nthroughput = "maximise"\nlut = "minimise"\n')
    ended = command("explore", str(file), "--output", str(tmp_path / "out"))
    assert ended.code == 0
    assert "Row         64 lanes" in ended.out and "width" in ended.out
    assert "pixels" not in ended.out


def test_designs_that_their_bound_closes_are_not_run(tmp_path: Path):
    file = tmp_path / "study.toml"
    file.write_text(STUDY + "[axes]\nwidth = { from = 1, to = 64 }\n")
    found = explore(load_study(file))
    # One wave of the most promising: the other 56 would take more cycles than the best took.
    assert (found.evaluations, found.designs, found.exhaustive) == (8, 64, True)
    assert found.gap == 0.0 and found.front[0].cycles["digits-small"] == CYCLES[64]


@pytest.mark.parametrize("workers", [1, 2])
def test_every_design_of_the_front_is_found(workers: int, tmp_path: Path):
    file = tmp_path / "study.toml"
    file.write_text(STUDY + '[objectives]\nthroughput = "maximise"\nlut = "minimise"\n')
    study = load_study(file, {"workers": workers})
    found = explore(study)
    told = {found.design(row).accelerator.lanes: row.cycles["digits-small"] for row in found.front}
    assert told == CYCLES
    assert found.limits[1].gap == 0.0 and found.exhaustive


def test_a_bound_that_leaves_a_gap_is_told(tmp_path: Path):
    study = new_study("digits-small", "zc706", template="toy", search={"trials": 1})
    study = replace(study, axes={**study.axes, "width": (64, 63)})
    found = explore(study)
    assert found.front[0].cycles["digits-small"] == CYCLES[64]
    closest = max(0, 1 - 187 / -(-11760 // 63))
    assert found.gap == pytest.approx(closest)


def test_a_budget_leaves_designs_out_and_can_leave_none(tmp_path: Path):
    file = tmp_path / "study.toml"
    file.write_text(STUDY + "[budget]\nlut = 2000\n")
    found = explore(load_study(file))
    assert found.design(found.front[0]).accelerator.lanes == 32
    assert found.left_out == {"needs 3840 LUT of 2000": 1}
    file.write_text(STUDY + "[budget]\nlut = 100\n")
    with pytest.raises((BudgetError, InputError), match="LUT of 100"):
        explore(load_study(file))


def test_a_stored_search_is_gone_on_with(tmp_path: Path):
    storage = str(tmp_path / "journal.log")
    objectives = '[objectives]\nthroughput = "maximise"\nlut = "minimise"\n'
    file = tmp_path / "study.toml"
    file.write_text(STUDY + objectives)
    first = explore(load_study(file, {"trials": 2}), storage=storage)
    assert len(first.records) == 2
    study = load_study(file)
    assert study_text(study).splitlines()[2] == 'template = "toy"'
    found = explore(study, storage=storage, resume=True)
    assert [row.number for row in found.front] == [row.number for row in explore(study).front]
    assert found.records[:2] == first.records


@pytest.mark.parametrize(
    ("door", "what"),
    [
        ("axes", "design space"),
        ("designs", "builder of designs"),
        ("bound", "bound of its designs"),
        ("evaluate", "evaluation of its designs"),
        ("words", "words for its designs"),
        ("write", "writer of accelerator files"),
    ],
)
def test_a_door_that_is_absent_is_said_in_one_line(door: str, what: str, monkeypatch, tmp_path):
    monkeypatch.setitem(TEMPLATES, "toy", replace(EXPLORED, **{door: None}))
    ended = command(
        "explore", "digits-small", "--template", "toy", "--output", str(tmp_path / "out")
    )
    assert_refused(ended, 2, f"template 'toy': has no {what}; templates with one: tiled")
    assert len(ended.err.splitlines()) == 1 and not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--mapping", "exact"), "template 'toy': has no exact mapping"),
        (("--k", "free"), "unknown axis 'k'"),
    ],
)
def test_what_the_machine_has_not_is_refused(options, said: str, tmp_path: Path):
    where = tmp_path / "out"
    ended = command(
        "explore", "digits-small", "--template", "toy", "--output", str(where), *options
    )
    assert_refused(ended, 2, said)
    assert not where.exists()


def test_axes_of_another_machine_are_none_of_its_own(tmp_path: Path):
    file = tmp_path / "study.toml"
    file.write_text(STUDY + "[axes]\nrows = [8]\n")
    ended = command("explore", str(file), "--output", str(tmp_path / "out"))
    assert_refused(ended, 2, "unknown axis 'rows'", "width")
