"""The search: equal to enumeration, the same on any number of processes, and never lossy."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from dse.evaluation.accuracies import scores_of
from dse.evaluation.verdict import judged
from dse.machine.design import Design
from dse.machine.outcome import Outcome
from dse.search.explore import explore
from dse.search.front import front_of
from dse.storage.record import Record
from dse.study.samplers import SAMPLERS
from dse.study.study import Study, new_study
from dse.tiled.design.builder import Builder
from dse.tiled.evaluation.evaluate import Evaluator
from lightsim.errors import BudgetError, InputError
from tests.dse.explore.spaces import small_study

WHOLE = {"trials": 100_000}


def enumerated(study: Study) -> list[Record]:
    """Every design of a space, run."""
    space = study.space
    builder = Builder(study.board, study.resource_limits())
    evaluator, scores = Evaluator(study.shares, study.search.seed), scores_of(study)
    records = []
    for number in range(space.size):
        built = builder.build(space.point(number))
        if isinstance(built, Design):
            result = evaluator.run(built)
            records.append(judged(study, scores, number, built, result))
    return records


def values(records, study: Study) -> list[tuple[float, ...]]:
    """The objectives' values of records."""
    keys = [objective.measure.key for objective in study.objectives]
    return [tuple(record.values[key] for key in keys) for record in records]


STUDIES = {
    "throughput": {},
    "within a latency and energy": {"budget": {"energy": "2 uJ", "lut": "40 %"}},
    "throughput against LUTs": {"objectives": {"throughput": "maximise", "lut": "minimise"}},
    "energy": {"objectives": {"energy": "minimise"}},
    "three": {
        "objectives": {"latency": "minimise", "dsp": "minimise", "bram36": "minimise"},
        "axes": {"lanes": ["shift_add_serial*3 + multiply_dsp"]},
    },
    "two networks": {
        "network": [{"name": "digits-small", "weight": 0.7}, {"name": "digits", "weight": 0.3}],
        "axes": {"lanes": ["shift_add_serial"], "pixels": [1]},
    },
    "schemes and accuracy": {
        "objectives": {"throughput": "maximise", "accuracy": "maximise"},
        "axes": {"scheme": ["flightnn", "lightnn1", "lightnn2"], "lanes": ["shift_add_serial"]},
    },
}


@pytest.mark.parametrize("name", STUDIES)
def test_the_answer_is_that_of_enumeration(name: str):
    study = small_study(search=WHOLE, **STUDIES[name])
    found = explore(study)
    every = enumerated(study)
    assert found.exhaustive and found.gap == 0
    front = front_of(every, study.objectives)
    assert values(found.front, study) == values(front, study)
    assert found.limit == found.front[0].values[study.objectives[0].measure.key]
    for row in found.limits:
        own = [r.values[row.objective.measure.key] for r in every if r.state == "complete"]
        wanted = min(own) if row.objective.direction == "minimise" else max(own)
        assert (row.value, row.gap) == (wanted, 0)
    assert len({record.number for record in found.records}) == len(found.records)


EARLY = {
    "energy": {"objectives": {"energy": "minimise"}},
    "power": {"objectives": {"power": "minimise"}, "budget": {"latency": "20 us"}},
    "traffic": {"objectives": {"dram_bandwidth": "minimise"}, "budget": {"throughput": 60_000}},
    "all": {
        "objectives": {"latency": "minimise", "energy": "minimise", "lut": "minimise"},
        "axes": {"scheme": ["flightnn", "lightnn1", "fixed8"], "lanes": ["multiply_dsp"]},
    },
    "throughput within a power": {"budget": {"power": "0.12 W"}},
    "batches of two networks": {
        "objectives": {"energy": "minimise", "throughput": "maximise"},
        "network": [{"name": "digits-small", "weight": 0.7}, {"name": "digits", "weight": 0.3}],
        "axes": {"lanes": ["shift_add_serial"], "pixels": [1], "batch": [1, 3]},
    },
}


@pytest.mark.parametrize("name", EARLY)
def test_every_objective_has_a_true_limit_from_the_start(name: str):
    study = small_study(search={"trials": 8}, **EARLY[name])
    found, every = explore(study), enumerated(study)
    assert [row.objective for row in found.limits] == list(study.objectives)
    for row in found.limits:
        own = [r.values[row.objective.measure.key] for r in every if r.state == "complete"]
        assert row.value is not None and row.value > 0
        if row.objective.direction == "minimise":
            assert row.value <= min(own)
        else:
            assert row.value >= max(own)


def test_where_nothing_is_known_there_is_no_limit():
    for objectives in ({"power": "minimise"}, {"energy": "maximise"}):
        early = explore(small_study(objectives=objectives, search={"trials": 8}))
        assert (early.limit, early.gap) == (None, None) and early.front
        whole = explore(small_study(objectives=objectives, search=WHOLE))
        assert (
            whole.gap == 0
            and whole.limit == whole.front[0].values[whole.study.objectives[0].measure.key]
        )


@pytest.mark.slow
@pytest.mark.parametrize("network", ["digits", "digits-small"])
@pytest.mark.parametrize("board", ["zc706", "pynq-z2", "ultra96"])
def test_the_default_search_closes_the_gap_of_small_networks(network: str, board: str):
    found = explore(new_study(network, board))
    assert found.gap is not None and (found.exhaustive or found.gap <= 0.05)


def test_a_bound_saves_evaluations():
    study = small_study(search=WHOLE)
    found = explore(study)
    assert found.evaluations < len(enumerated(study)) * 3 // 4


def test_the_limit_is_true_when_the_search_ends_early():
    best = explore(small_study(search=WHOLE)).limit
    for trials in (8, 16, 32):
        found = explore(small_study(search={"trials": trials}))
        assert found.limit is not None and best is not None
        assert found.limit >= best
        assert found.evaluations <= trials + 8
        if found.front:
            value = found.front[0].values["throughput_images_per_s"]
            assert found.gap == pytest.approx((found.limit - value) / found.limit)


@pytest.mark.parametrize("sampler", sorted(SAMPLERS))
def test_samplers_repeat_themselves_and_prove(sampler: str):
    study = small_study(search={"sampler": sampler, "trials": 24, "seed": 5})
    first, again = explore(study), explore(study)
    assert [r.number for r in first.records] == [r.number for r in again.records]
    assert len({r.number for r in first.records}) == len(first.records)
    proven = explore(small_study(search={"sampler": sampler, "trials": 24, "prove": True}))
    whole = explore(small_study(search=WHOLE))
    assert proven.exhaustive and proven.limit == whole.limit


def test_samplers_serve_several_objectives_and_constraints():
    study = small_study(
        objectives={"throughput": "maximise", "energy": "minimise"},
        budget={"energy": "2 uJ"},
        search={"sampler": "tpe", "trials": 24},
    )
    found = explore(study)
    states = {record.state for record in found.records}
    assert "complete" in states
    for record in found.records:
        assert (record.state == "complete") == all(over <= 0 for over in record.over.values())


def test_two_processes_find_what_one_does():
    search = {"trials": 24}
    one = explore(small_study(search=search))
    two = explore(small_study(search={**search, "workers": 2}))
    assert one.records == two.records
    assert [step.gap for step in one.steps] == [step.gap for step in two.steps]


def test_a_resumed_search_goes_on_where_it_was(tmp_path: Path):
    journal = str(tmp_path / "journal.log")
    explore(small_study(search={"trials": 16}), storage=journal)
    resumed = explore(small_study(search={"trials": 40}), storage=journal, resume=True)
    straight = explore(small_study(search={"trials": 40}))
    assert resumed.records == straight.records
    with pytest.raises(InputError, match="is another one"):
        other = small_study(axes={"pixels": [1]})
        explore(other, storage=journal, resume=True)
    with pytest.raises(InputError, match="holds no study 'small' to resume"):
        explore(small_study(), storage=str(tmp_path / "none.log"), resume=True)


@pytest.mark.parametrize(
    "url", ["postgresql://me:secret@localhost:1/trials", "mysql://localhost/x"]
)
def test_a_database_that_cannot_be_used_is_told_in_a_line(url: str):
    with pytest.raises(InputError) as refused:
        explore(small_study(), storage=url)
    text = str(refused.value)
    assert "\n" not in text and "secret" not in text and len(text) < 400
    if url.startswith("postgresql") and find_spec("psycopg") is None:
        assert "needs the driver psycopg" in text and "lightsim[cluster]" in text
    else:
        assert "cannot be used" in text


def test_no_design_within_the_budgets_is_said():
    with pytest.raises(BudgetError, match="study 'small': no design of the space keeps its budg"):
        explore(small_study(budget={"latency": "1 us"}))


def test_an_outcome_of_a_mixture_is_the_mean():
    study = small_study(
        network=[{"name": "digits-small", "weight": 0.7}, {"name": "digits", "weight": 0.3}]
    )
    builder = Builder(study.board, study.resource_limits())
    built = builder.build(study.space.point(0) | {"weight_bytes": "512 words"})
    assert isinstance(built, Design)
    outcome = Evaluator(study.shares, 0).run(built)
    assert isinstance(outcome, Outcome)
    cycles = 0.7 * outcome.cycles[0] + 0.3 * outcome.cycles[1]
    found = outcome.values(built, study.shares)
    assert found["latency_s"] == pytest.approx(cycles / study.board.clock_hz)
    assert found["throughput_images_per_s"] * found["latency_s"] == pytest.approx(1)
