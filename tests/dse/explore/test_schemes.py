"""Spaces of several schemes: the union of what each has by itself, without what cannot be built."""

from __future__ import annotations

import tomllib
from itertools import combinations
from pathlib import Path

import pytest
from rich.console import Console

from dse.machine.design import Design
from dse.machine.outcome import Outcome
from dse.reports.console import show_exploration
from dse.reports.page import page
from dse.reports.summary import summary
from dse.search.explore import explore
from dse.study.study import Study, parse_study
from dse.study.writing import study_text
from dse.tiled.design.builder import Builder
from dse.tiled.evaluation.evaluate import Evaluator
from lightsim.errors import InputError
from lightsim.numerics.formats.scheme import SCHEMES
from tests.dse.explore.spaces import SMALL, small_study

KEY = "throughput_images_per_s"
WHOLE = {"trials": 100_000}
FEW = {"rows": [8, 16], "columns": [8], "pixels": [1], "ports": [1]}


def study_of(*schemes: str, **more) -> Study:
    """Some arrays of these schemes with the lanes that are usual for each."""
    table = {**SMALL, "axes": {"scheme": list(schemes), **FEW}, "search": WHOLE, **more}
    return parse_study(table, "schemes.toml")


@pytest.mark.parametrize("pair", [*combinations(SCHEMES, 2), tuple(SCHEMES)], ids="+".join)
def test_the_best_of_several_schemes_is_the_best_of_each(pair: tuple[str, ...]):
    found = explore(study_of(*pair))
    each = [explore(study_of(name)) for name in pair]
    best = [one.front[0].values[KEY] for one in each]
    assert found.front[0].values[KEY] == max(best)
    assert found.limit == max(one.limit or 0.0 for one in each)
    assert found.exhaustive and found.gap == 0
    assert found.designs == sum(one.designs for one in each)
    # Before anything is run.
    assert found.steps[0].limit == max(one.steps[0].limit or 0.0 for one in each)


@pytest.mark.parametrize("board", ["ultra96", "pynq-z2", "ulx3s"])
def test_a_space_of_mixed_lanes_is_that_of_enumeration(board: str):
    lanes = ["shift_add_serial", "multiply_dsp", "multiply_lut*3 + multiply_dsp", "xnor_popcount"]
    schemes = ["flightnn", "fixed8", "binary"]
    study = study_of(*schemes, board=board, axes={"scheme": schemes, "lanes": lanes, **FEW})
    found, run = explore(study), []
    space, builder = study.space, Builder(study.board, study.resource_limits())
    assert found.designs < space.size
    for number in range(space.size):
        point = space.point(number)
        kinds = {part.split("*")[0].strip() for part in str(point["lanes"]).split("+")}
        able = all(point["scheme"] in RUNS[kind] for kind in kinds)
        built = builder.build(point) if able else None
        if isinstance(built, Design):
            outcome = Evaluator(study.shares, 0).run(built)
            assert isinstance(outcome, Outcome)
            run.append(outcome.values(built, study.shares)[KEY])
    assert found.exhaustive and found.front[0].values[KEY] == max(run)
    assert "xnor_popcount cannot run fixed8" in found.left_out


RUNS = {
    "shift_add_serial": {"flightnn", "binary"},
    "multiply_dsp": {"flightnn", "fixed8", "binary"},
    "multiply_lut": {"flightnn", "fixed8", "binary"},
    "xnor_popcount": {"binary"},
}


@pytest.mark.parametrize("sampler", ["tpe", "nsga2", "random", "qmc"])
def test_samplers_find_the_schemes_own_lanes(sampler: str):
    search = {"sampler": sampler, "trials": 12, "prove": True}
    found = explore(study_of("flightnn", "fixed8", "binary", search=search))
    whole = explore(study_of("flightnn", "fixed8", "binary"))
    assert found.exhaustive and found.limit == whole.limit
    schemes = {found.space.point(record.number)["scheme"] for record in found.records}
    assert len(schemes) > 1


def test_energy_of_several_schemes_has_a_true_limit():
    objectives = {"energy": "minimise", "throughput": "maximise"}
    early = explore(study_of("flightnn", "fixed8", objectives=objectives, search={"trials": 1}))
    whole = explore(study_of("flightnn", "fixed8", objectives=objectives))
    assert early.limit is not None and 0 < early.limit <= whole.front[0].values["energy_j"]


def test_lanes_by_scheme_are_read_and_written():
    lanes = {"flightnn": ["shift_add_serial"], "fixed8": ["multiply_dsp", "multiply_lut"]}
    axes = {"scheme": ["flightnn", "fixed8"], "lanes": lanes, **FEW}
    study = study_of("flightnn", "fixed8", axes=axes)
    assert study.axes["lanes"] == ("shift_add_serial", "multiply_dsp", "multiply_lut")
    assert parse_study(tomllib.loads(study_text(study)), "again.toml") == study
    assert explore(study).designs == 3 * 2
    for wrong, words in (
        ({"flightnn": ["shift_add_serial"]}, "lanes has none for scheme 'fixed8'"),
        ({**lanes, "fixed9": []}, "lanes of fixed9|did you mean"),
        ({**lanes, "fixed8": []}, "lanes is empty"),
        ({}, "lanes is empty"),
    ):
        with pytest.raises(InputError, match=words):
            study_of("flightnn", "fixed8", axes={**axes, "lanes": wrong})


def test_lanes_that_run_no_scheme_are_refused_in_a_line():
    axes = {"scheme": ["fixed8", "fixed4"], "lanes": ["shift_add_serial"], **FEW}
    with pytest.raises(
        InputError, match=r"cannot run fixed4 \(2\); .* run fixed8 \(2\)"
    ) as refused:
        explore(study_of("fixed8", "fixed4", axes=axes))
    assert "\n" not in str(refused.value)
    with pytest.raises(InputError, match="shift_add_serial cannot run fixed8; accepted: multiply"):
        explore(small_study(axes={"scheme": ["fixed8"], "lanes": ["shift_add_serial"]}))


def test_a_search_of_several_schemes_is_resumed_as_it_was(tmp_path: Path):
    """The lanes of each scheme are part of what a journal is compared by."""
    journal = str(tmp_path / "journal.log")
    pair = ("flightnn", "fixed8")
    explore(study_of(*pair, search={"trials": 8}), storage=journal)
    resumed = explore(study_of(*pair, search={"trials": 16}), storage=journal, resume=True)
    assert resumed.records == explore(study_of(*pair, search={"trials": 16})).records
    lanes = {"flightnn": ["multiply_dsp"], "fixed8": ["multiply_dsp"]}
    axes = {"scheme": list(pair), "lanes": lanes, **FEW}
    with pytest.raises(InputError, match="is another one"):
        explore(study_of(*pair, axes=axes), storage=journal, resume=True)


def test_every_scheme_has_its_best_its_proven_limit_or_why_none_fits():
    """Of what the winner closed too: no limit is below what the scheme reaches by itself."""
    names = ("flightnn", "lightnn2", "fixed8", "binary")
    found = explore(study_of(*names))
    assert [row.scheme for row in found.schemes] == list(names)
    assert sum(row.tried for row in found.schemes) == len(found.records)
    for row in found.schemes:
        alone = explore(study_of(row.scheme))
        assert alone.schemes[0].limit == alone.limit and alone.schemes[0].gap == 0
        assert row.best is not None and row.limit is not None and row.gap is not None
        top = alone.front[0].values[KEY]
        assert row.best.values[KEY] <= top <= row.limit <= found.limit
        assert row.gap == pytest.approx(1 - row.best.values[KEY] / row.limit)
    best = max(found.schemes, key=lambda row: row.best.values[KEY])
    assert best.best == found.front[0] and (best.limit, best.gap) == (found.limit, found.gap)


def test_schemes_that_do_not_fit_say_why():
    lanes = {"flightnn": ["shift_add_serial"], "fixed8": ["multiply_dsp"]}
    axes = {"scheme": ["flightnn", "fixed8"], "lanes": lanes, **FEW}
    found = explore(study_of("flightnn", "fixed8", axes=axes, budget={"dsp": 60}))
    fits, none = found.schemes
    assert fits.best == found.front[0] and fits.reason is None
    assert none.best is None and none.limit is None and none.tried == 0
    assert "dsp is at most 60" in none.reason and "the smallest design takes" in none.reason
    # And what was run, but broke a budget.
    measured = explore(study_of("flightnn", "fixed8", search={"trials": 8}))
    power = min(row.best.values["power_w"] for row in measured.schemes)
    tight = explore(study_of("flightnn", "fixed8", budget={"power": f"{power * 1.0001} W"}))
    broke = [row for row in tight.schemes if row.best is None]
    assert all("power is at most" in row.reason and row.tried for row in broke) and broke


def test_schemes_are_told_in_the_terminal_the_json_and_the_page(capsys):
    found = explore(study_of("flightnn", "fixed8", search={"trials": 8}))
    show_exploration(found, Console(width=200))
    told = capsys.readouterr().out
    html, document = page(found), summary(found)["schemes"]
    for row, written in zip(found.schemes, document, strict=True):
        assert written["scheme"] == row.scheme and written["tried"] == row.tried
        assert written["best"]["values"][KEY] == row.best.values[KEY]
        assert written["best"]["accelerator"]["scheme"] == row.scheme
        assert written["bound"] == {"value": row.limit, "gap": row.gap}
        for text in (row.scheme, f"{row.limit:,.0f} images/s"):
            assert text in told and text in html
    assert "Every scheme by itself" in html and f"{found.schemes[1].gap:.2%}" in told
