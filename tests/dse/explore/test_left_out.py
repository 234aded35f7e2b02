"""What no axis can change is found before anything is run; what one can is left out and counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dse.machine.design import Design
from dse.machine.outcome import Outcome
from dse.search.explore import explore
from dse.study.study import parse_study
from dse.tiled.design.builder import Builder
from dse.tiled.evaluation.evaluate import Evaluator
from dse.tiled.limits.smallest import Smallest
from lightsim.errors import BudgetError, InputError
from lightsim.network import load_network
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.select import quantise

HEAD = """
binary_activations = true
name = "net"
title = "net"
source = "this test"
[input]
channels = {channels}
height = {size}
width = {size}
"""
LAYER = """
[[layer]]
name = "{name}"
operator = "{operator}"
"""
DENSE = LAYER.format(name="fc", operator="dense") + "filters = 10\n"
CONV = LAYER.format(name="conv", operator="conv2d") + "filters = 16\nkernel = 3\npadding = 1\n"
POOL = LAYER.format(name="pool", operator="global_pool")


def network(tmp_path: Path, *layers: str, channels: int = 3, size: int = 8) -> str:
    file = tmp_path / "net.toml"
    file.write_text(HEAD.format(channels=channels, size=size) + "".join(layers), encoding="utf-8")
    return str(file)


def study_of(name: str, **axes: Any):
    few = {"rows": [8, 16], "columns": [8, 16], "pixels": [1, 2], "ports": [1]}
    table = {
        "name": "left", "board": axes.pop("board", "ultra96"), "network": [{"name": name}],
        "axes": {"lanes": ["shift_add_serial"], **few, **axes}, "search": {"trials": 10_000},
    }  # fmt: skip
    return parse_study(table, "left.toml")


def test_a_pass_that_no_memory_holds_is_told_at_once(tmp_path: Path):
    """The image of a global pooling lies in the input buffer whole: 480 x 480 words never do."""
    large = network(tmp_path, CONV, POOL, DENSE, size=480)
    with pytest.raises(
        InputError, match="pool: even the smallest tile does not fit buffer 'input'"
    ):
        explore(study_of(large))


def test_widths_of_ports_that_hold_the_pass_are_left(tmp_path: Path):
    """12,544 words of 16 bytes are more than 128 KiB, of 8 bytes fewer: with ports of 64 bits,
    and columns that do not read two of them at a time."""
    name = network(tmp_path, CONV, POOL, DENSE, size=112)
    found = explore(study_of(name, port_bits=[64, 128], board="zc706"))
    assert found.front and found.exhaustive
    points = [found.space.point(record.number) for record in found.records]
    assert {(point["port_bits"], point["columns"]) for point in points} == {(64, 8)}
    assert [*found.left_out] == ["pool: even the smallest tile does not fit buffer 'input'"]
    assert found.designs == found.space.size // 4
    assert {record.state for record in found.records} == {"complete"}


def test_stated_sizes_that_hold_no_tile_are_left_out():
    found = explore(study_of("digits-small", weight_bytes=["1 words", "512 words"]))
    assert found.front and found.exhaustive
    assert {found.space.point(r.number)["weight_bytes"] for r in found.records} == {"512 words"}
    assert found.designs == found.space.size // 2
    wrong = "weight bytes_per_bank is 100"
    found = explore(study_of("digits-small", weight_bytes=[100, "512 words"]))
    assert found.left_out == {wrong: found.space.size // 2}
    with pytest.raises(InputError, match=f"{wrong}; accepted: a positive multiple"):
        explore(study_of("digits-small", weight_bytes=[100]))


def test_batches_that_the_memory_does_not_hold_are_left_out():
    found = explore(study_of("vgg7-cifar10", batch=[1, 65536 // 64 - 1], board="ulx3s"))
    assert {found.space.point(r.number)["batch"] for r in found.records} == {1}
    assert sum(found.left_out.values()) == found.space.size // 2
    with pytest.raises(BudgetError, match="the activations of a batch of 1023 need"):
        explore(study_of("vgg7-cifar10", batch=[1023], board="ulx3s"))


def test_a_scheme_that_the_network_cannot_have_is_left_out(tmp_path: Path):
    average = LAYER.format(name="mean", operator="average_pool") + "kernel = 2\nstride = 2\n"
    conv = CONV + 'activation = "relu"\n'
    name = network(tmp_path, conv, average, DENSE)
    reason = None
    try:
        quantise(load_network(name), SCHEMES["binary"], 0)
    except InputError as error:
        reason = error.problem
    assert reason is not None
    lanes = {"flightnn": ["shift_add_serial"], "binary": ["xnor_popcount"]}
    found = explore(study_of(name, scheme=["flightnn", "binary"], lanes=lanes))
    assert {found.space.point(r.number)["scheme"] for r in found.records} == {"flightnn"}
    assert any(reason in told for told in found.left_out)
    with pytest.raises(InputError, match="takes the mean of 1-bit activations"):
        explore(study_of(name, scheme=["binary"], lanes=["xnor_popcount"]))


@pytest.mark.parametrize("name", ["digits-small", "lenet"])
def test_smallest_tiles_refuse_what_cannot_be_mapped_and_nothing_else(name: str):
    sizes = ["1 words", "16 words", "64 words"]
    study = study_of(
        name, input_bytes=[256, 1024, 4096], weight_bytes=[1024, 4096, 16384],
        output_bytes=[16, 256, 2048], psum_bytes=[0, *sizes],
    )  # fmt: skip
    space, builder = study.space, Builder(study.board, study.resource_limits())
    workload = quantise(load_network(name), SCHEMES["flightnn"], 0)
    smallest, evaluator = Smallest({name: {"flightnn": workload}}), Evaluator(study.shares, 0)
    told = set()
    for number in range(0, space.size, 29):
        built = builder.build(space.point(number))
        if isinstance(built, Design):
            able = smallest.refused(built.accelerator) is None
            assert able == isinstance(evaluator.run(built), Outcome)
            told.add(able)
    assert told == {True, False}
