"""k as an axis: the limit holds for every allowed allocation, the answer is worth its accuracy."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dse.accuracy.given import CallableAccuracy
from dse.accuracy.measured import MeasuredAccuracy
from dse.accuracy.rounded_network import uniform
from dse.accuracy.source import total_loss
from dse.free_k.problem import FreeK, free_k_of
from dse.machine.design import Design
from dse.reports.summary import summary
from dse.search.explore import explore
from dse.study.writing import study_text
from dse.tiled.allocation.allocate import loss_budget, whole_losses
from dse.tiled.allocation.costs import timed
from dse.tiled.design.builder import Builder
from dse.tiled.free_k.best import best_allocation
from dse.tiled.free_k.bound import FreeBound, free_bound
from dse.tiled.limits.bounds import Bounds
from lightsim.errors import InputError
from lightsim.tiled.mapping.program import map_workload
from tests.dse.explore.spaces import small_study

LOSSES = ("0 %", "0.5 %", "2 %")
FREE = {"k": ["0.5 %"]}


def joint_study(**changes):
    study = small_study(**changes)
    free_k = free_k_of(study)
    assert free_k is not None
    return study, free_k


def bounds_of(study, free_k: FreeK) -> Bounds:
    space = study.space
    builder = Builder(study.board, study.resource_limits())
    network = study.shares[0].network
    workloads = {network: {"flightnn": free_k.workload}}
    return Bounds(space, builder, workloads, free_bound(free_k, study.axes["k"]))


LAYERS = {"conv1": {"k": [1, 2]}, "conv2": {"k": ["free", 2]}, "dense": {"k": 2}}


@pytest.mark.parametrize("layers", [{}, LAYERS], ids=["all free", "some not"])
@pytest.mark.parametrize("source", ["measured", "sensitivity"])
def test_no_allowed_allocation_is_faster_than_the_limit(source: str, layers):
    study, free_k = joint_study(
        axes={"k": list(LOSSES), "lanes": ["shift_add_serial", "shift_add_serial + multiply_dsp"]},
        accuracy={"source": source},
        layers=layers,
    )
    bounds, space = bounds_of(study, free_k), study.space
    losses, filters = free_k.losses.losses, sum(free_k.rounded_network.filters.values())
    cycles_of_family = bounds.families()[0][:, 0]
    limits = {}

    @settings(max_examples=60, deadline=None, derandomize=True, database=None)
    @given(st.data())
    def check(data):
        number = data.draw(st.integers(0, space.size - 1))
        built = bounds.builder.build(space.point(number))
        if not isinstance(built, Design):
            return
        k = _drawn(data, free_k, free_k.tolerances[built.k].loss)
        whole = sum(
            int(whole_losses(losses, name, len(own))[np.arange(len(own)), own].sum())
            for name, own in k.items()
        )
        assert whole <= loss_budget(free_k.tolerances[built.k].loss, filters)
        program = map_workload(
            free_k.rounded_network.with_k(k), built.accelerator, images=built.batch
        )
        family = number // space.variants
        if family not in limits:
            listed = bounds.listed(family)
            limits[family] = dict(zip(listed.numbers.tolist(), listed.cycles[:, 0], strict=True))
        taken = sum(timed(program).values())
        assert cycles_of_family[family] <= limits[family][number] <= taken

    check()


def _drawn(data, free_k: FreeK, most: float):
    """Terms taken away at random while the loss allows it: close to its edge."""
    losses = free_k.losses.losses
    k = free_k.most_terms
    rng = np.random.default_rng(data.draw(st.integers(0, 1 << 20)))
    for name, terms in free_k.uniform_layers.items():
        k[name][:] = rng.choice(terms)
        if total_loss(losses, k) > most:
            k[name][:] = terms[-1]
    own = {name: row for name, row in k.items() if name not in free_k.uniform_layers}
    moves = [(name, at) for name, row in own.items() for at in range(len(row))] * 2
    for place in rng.permutation(len(moves)).tolist():
        name, at = moves[place]
        if k[name][at] > int(name == free_k.rounded_network.last):
            k[name][at] -= 1
            if total_loss(losses, k) > most:
                k[name][at] += 1
    return k


def test_layers_with_choices_of_terms_are_chosen_as_by_enumeration():
    """Every combination of the layers' choices run on the timeline, those allowed compared."""
    study, free_k = joint_study(
        axes={"k": list(LOSSES)},
        layers={"conv1": {"k": [1, 2]}, "conv2": {"k": [2, 1]}, "dense": {"k": [1, 2]}},
    )
    builder, space = Builder(study.board, study.resource_limits()), study.space
    run = set()
    for number in range(0, space.size, 17):
        built = builder.build(space.point(number))
        if not isinstance(built, Design):
            continue
        tolerance, least = free_k.tolerances[built.k], {}
        for terms in itertools.product((1, 2), repeat=3):
            k = {
                name: np.full(count, own, np.int8)
                for (name, count), own in zip(
                    free_k.rounded_network.filters.items(), terms, strict=True
                )
            }
            if total_loss(free_k.losses.losses, k) <= tolerance.loss and free_k.keeps(k, tolerance):
                program = map_workload(free_k.rounded_network.with_k(k), built.accelerator)
                least[terms] = sum(timed(program).values())
        found = best_allocation(free_k, built)
        assert {len(set(own.tolist())) for own in found.k.values()} == {1}
        assert found.cycles == min(least.values())
        run.add(built.k)
    assert run == set(LOSSES)


def test_the_fewest_terms_are_those_of_enumeration():
    rng = np.random.default_rng(4)
    losses = {name: rng.integers(0, 9, (3, 3)) * 0.1 for name in ("a", "b")}
    for most in (0.4, 1.0, 1.7, 2.6):
        allowed = []
        for digits in itertools.product((0, 1, 2), repeat=6):
            k = {"a": np.array(digits[:3], np.int8), "b": np.array(digits[3:], np.int8)}
            if min(digits[3:]) > 0 and total_loss(losses, k) <= most + 1e-12:
                allowed.append(k)
        if not allowed:
            continue
        fewest = FreeBound(losses, "b", [most]).fewest(most)
        for name, found in fewest.items():
            kept = min(int((k[name] > 0).sum()) for k in allowed)
            two = min(int((k[name] == 2).sum()) for k in allowed)
            assert found == (kept, two)


def test_the_answer_keeps_the_accuracy_and_is_never_slower_than_k_2():
    study, free_k = joint_study(axes={"k": ["0.5 %"]}, search={"trials": 100_000})
    found = explore(study)
    assert found.exhaustive and found.gap == 0 and found.accuracy_source == "measured"
    assert isinstance(free_k.judge, MeasuredAccuracy)
    best = found.front[0]
    floor = free_k.tolerances["0.5 %"].floor
    assert floor is not None and best.values["choosing_accuracy"] >= floor
    k = {name: np.array(list(own), np.int8) for name, own in best.k.items()}
    assert best.values["accuracy"] == free_k.judge.held_out_accuracy(k)
    assert found.limit_of_any_k is not None and found.limit is not None
    assert found.limit_of_any_k >= found.limit

    design = found.design(best)
    two = free_k.rounded_network.with_k(uniform(free_k.rounded_network, 2))
    slower = timed(map_workload(two, design.accelerator, images=1))
    assert best.cycles["digits-small"] <= sum(slower.values())
    again = best_allocation(free_k, design)
    assert again.cycles == best.cycles["digits-small"]


def test_a_search_of_all_designs_finds_what_running_each_finds():
    axes = {"k": ["1 %"], "rows": [8, 16], "weight_bytes": ["512 words"]}
    study, free_k = joint_study(axes=axes, search={"trials": 100_000})
    space = study.space
    builder = Builder(study.board, study.resource_limits())
    built = [builder.build(space.point(number)) for number in range(space.size)]
    rates = [
        one.accelerator.clock_hz / best_allocation(free_k, one).cycles
        for one in built
        if isinstance(one, Design)
    ]
    assert explore(study).front[0].values["throughput_images_per_s"] == max(rates)


def test_the_front_of_throughput_and_accuracy_is_chosen_without_held_out_images():
    study = small_study(
        axes={"k": list(LOSSES)},
        objectives={"throughput": "maximise", "accuracy": "maximise"},
        search={"trials": 24},
    )
    found = explore(study)
    values = [
        (row.values["throughput_images_per_s"], row.values["choosing_accuracy"])
        for row in found.front
    ]
    assert values == sorted(values, key=lambda row: (-row[0], row[1]))
    assert {found.design(row).k for row in found.records} == set(LOSSES)


def test_layers_that_are_fixed_stay_as_they_are():
    fixed = {"conv1": {"scheme": "lightnn2"}, "conv2": {"k": 1}, "dense": {"k": [2]}}
    found = explore(small_study(layers=fixed, search={"trials": 8}))
    told = summary(found)["front"][0]
    assert {name: set(digits) for name, digits in told["terms"].items()} == {
        "conv1": {"2"}, "conv2": {"1"}, "dense": {"2"},
    }  # fmt: skip
    assert told["k"]["conv2"]["1"] == len(told["terms"]["conv2"])
    with pytest.raises(InputError, match=r"\[layers\]: k is '0 %', a loss of .* loses"):
        explore(small_study(axes={"k": "0 %"}, layers=fixed, accuracy={"source": "sensitivity"}))
    with pytest.raises(InputError, match=r"\[layers\]: is stated for 'conv1', and k is 'given'"):
        explore(small_study(axes={"k": "given"}, layers=fixed))


def test_no_allowed_allocation_spends_less_than_the_limit():
    study, free_k = joint_study(axes={"k": list(LOSSES)}, objectives={"energy": "minimise"})
    found = explore(study)
    assert found.limit is not None and found.limit > 0
    every = [record.values["energy_j"] for record in found.records if record.values]
    assert every and found.limit <= min(every)
    assert free_k.source == "measured"


def test_processes_find_the_same():
    one = explore(small_study(axes=FREE, search={"trials": 8}))
    two = explore(small_study(axes=FREE, search={"trials": 8, "workers": 2}))
    assert [(r.number, r.values, r.k) for r in one.records] == [
        (r.number, r.values, r.k) for r in two.records
    ]


def _pruned_is_wrong(k) -> float:
    return 1 - 0.01 * sum(int((own == 0).sum()) + 0.1 * int((own == 1).sum()) for own in k.values())


def test_a_function_of_the_users_judges():
    study = small_study(axes={"k": ["1 %"]}, search={"trials": 8})
    found = explore(study, accuracy=CallableAccuracy(_pruned_is_wrong))
    assert (found.accuracy_source, found.accuracy_detail) == ("table", "callable")
    told = summary(found)
    assert (told["accuracy_source"], told["accuracy_detail"]) == ("table", "callable")
    assert all(record.values["accuracy"] >= 0.99 for record in found.front)


def test_a_file_of_losses_is_a_table(tmp_path: Path):
    file = tmp_path / "losses.toml"
    rows = "conv1 = [0.5, 0.001, 0]\nconv2 = [0.5, 0.002, 0]\ndense = [0.5, 0.01, 0]\n"
    file.write_text(f"accuracy = 0.9\n\n[loss]\n{rows}", encoding="utf-8")
    study = small_study(
        axes={"k": "free"}, accuracy={"file": str(file)}, budget={"accuracy": 0.88},
        search={"trials": 8},
    )  # fmt: skip
    found = explore(study)
    assert found.accuracy_source == "table" and found.front
    assert all(record.values["accuracy"] >= 0.88 - 1e-7 for record in found.front)
    assert f'file = "{file}"' in study_text(study)


REFUSED = {
    "beside given": {"axes": {"k": ["given", "1 %"]}},
    "other scheme": {"axes": {"k": "1 %", "scheme": ["flightnn", "lightnn2"]}},
    "two networks": {"axes": FREE, "network": [{"name": "digits"}, {"name": "digits-small"}]},
    "table by scheme": {"axes": FREE, "accuracy": {"table": {"flightnn": 0.9}}},
    "too accurate": {"axes": {"k": "free"}, "budget": {"accuracy": 1.0}},
    "predicted": {
        "axes": FREE, "accuracy": {"source": "sensitivity"}, "objectives": {"accuracy": "maximise"},
    },
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_leaves_open_how_k_is_chosen_is_refused(name: str):
    with pytest.raises(InputError):
        explore(small_study(**REFUSED[name]))


@pytest.mark.parametrize("value", ["2", "101 %", 1, 0.01, "-1 %", "all"])
def test_a_choice_of_k_that_is_none_is_refused(value):
    with pytest.raises(InputError, match="k has the choice"):
        small_study(axes={"k": [value]})
