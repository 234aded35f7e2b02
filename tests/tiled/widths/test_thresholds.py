"""Thresholds on the tiled machine: right bits, two equal models, parameters that take room."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from lightsim.errors import InputError
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.synthetic.workload import synthetic_images, synthetic_workload
from lightsim.tiled.bounds import Axes, NetworkBound
from lightsim.tiled.description.file import dump_accelerator, parse_accelerator
from lightsim.tiled.description.pipeline import slot_bytes
from lightsim.tiled.estimation.resources import estimate, needed, total
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.mapping.tiles.tiling import Tiling
from lightsim.tiled.optimum import choose_exact
from lightsim.tiled.rtl.program.limits import check_programs
from lightsim.tiled.simulation.machine import simulate
from lightsim.tiled.timeline.model import run
from tests.quantisation.activations.thresholds import counted
from tests.quantisation.networks import convolution, dense, network
from tests.tiled.optimum.every import clock, count, every_tiling
from tests.tiled.simulation.checks import check_accounts, wrong_layers
from tests.tiled.simulation.machines import DDR3, machine, random_accelerator
from tests.tiled.timeline.equal import differences
from tests.tiled.widths.nets import narrow_network

NET = network(
    [
        convolution(12, name="a", padding=1, activation="relu", activation_bits=2),
        convolution(12, name="b", padding=1, activation_bits=4),
        {"name": "s", "operator": "add", "inputs": ["a", "b"], "activation_bits": 4},
        {"name": "p", "operator": "max_pool", "kernel": 2},
        dense(5, name="d"),
    ],
    image=(8, 8, 6),
)


def built(**changes):
    acc = machine(activation_bits=(2, 4, 8), memory=DDR3, **changes)
    return replace(acc, post=replace(acc.post, thresholds=15))


@pytest.mark.parametrize("seed", range(10))
def test_random_networks_have_the_right_bits_in_both_models(seed):
    dice = Random(f"thresholds {seed}")
    scheme = dice.choice(sorted(SCHEMES))
    while True:
        acc = random_accelerator(dice, scheme)
        if acc.accumulator.accumulation == "exact":
            break
    acc = replace(
        acc, activation_bits=(1, 2, 4, 8), post=replace(acc.post, thresholds=255),
        **{name: replace(getattr(acc, name), bytes_per_bank=1 << 20)
           for name in ("input", "weight", "residual", "output")},
    )  # fmt: skip
    net = narrow_network(dice, scheme, acc.word_bytes, acc.activation_bits)
    workload = counted(synthetic_workload(net, SCHEMES[scheme], seed), seed)
    program = map_workload(workload, acc, images=2)
    images = synthetic_images(net, 2, seed)
    result = simulate([program], [images])
    assert wrong_layers(result, workload, acc, images) == []
    check_accounts(result)
    assert differences([program], [images]) == []
    bound = NetworkBound(workload, acc)
    assert bound.cycles(Axes.of([acc], 2))[0] <= result.cycles


def test_parameters_are_longer_and_take_their_time():
    assert [slot_bytes(n) for n in (0, 1, 2, 3, 15, 255)] == [8, 16, 16, 24, 72, 1032]
    plain = synthetic_workload(NET, SCHEMES["flightnn"], 0)
    tilings = {name: Tiling(12, inner, 8, 6) for name, inner in (("a", 8), ("b", 12))}  # one tile
    runs = [
        run([map_workload(workload, built(), tilings=tilings)])
        for workload in (plain, counted(plain, 0, jitter=0))
    ]
    weights = [sum(layer.traffic["weight"] for layer in found.layers) for found in runs]
    slots = 12  # three row groups of four rows, of layers with 3 and with 15 thresholds
    assert weights[1] - weights[0] == slots * (24 - 8) + slots * (72 - 8)
    compared = [found.layers[1].events["accumulate"] for found in runs]
    assert compared[1] - compared[0] == 12 * 48 * 15


def test_the_exact_choice_is_the_best_of_all_legal_tilings():
    acc = built()
    workload, compared = counted(synthetic_workload(NET, SCHEMES["flightnn"], 0), 0), 0
    program = map_workload(workload, acc)
    for layer in program.plan.layers:
        if count(layer, acc, 1) > 300:
            continue
        timer = clock(program.plan, layer, acc, 1)
        timed = [timer.cycles(tiling) for tiling, _ in every_tiling(layer, acc, 1)]
        assert choose_exact(program.plan, layer, acc, 1).cycles == min(timed)
        compared += 1
    assert compared


def test_what_compares_is_part_of_the_resources():
    plain, acc = machine(), built()
    from lightsim.hardware.catalogue import board

    device = board("pynq-z2").device
    assert needed(acc, device) == total(estimate(acc, device))
    assert "thresholds" in {part.name for part in estimate(acc, device)}
    assert "thresholds" not in {part.name for part in estimate(plain, device)}


def test_a_file_says_it():
    acc = replace(built(), memory=machine().memory)
    text = dump_accelerator(acc)
    import tomllib

    assert "thresholds = 15" in text and "activation_bits = [2, 4, 8]" in text
    assert parse_accelerator(tomllib.loads(text), "a.toml") == acc
    assert "thresholds" not in dump_accelerator(machine())


def test_a_machine_that_does_not_compare_says_so():
    workload = counted(synthetic_workload(NET, SCHEMES["flightnn"], 0), 0)
    with pytest.raises(InputError) as caught:
        map_workload(workload, machine(activation_bits=(2, 4, 8)))
    assert str(caught.value) == (
        "a: has 3 thresholds a filter, and a post-processing lane compares with none; "
        "accepted: thresholds = 3 in [post], or a multiplier and a shift"
    )


def test_the_rtl_refuses_them_by_name():
    workload = counted(synthetic_workload(NET, SCHEMES["flightnn"], 0), 0)
    with pytest.raises(InputError, match=r"^a: has thresholds, and the RTL scales and shifts"):
        check_programs([map_workload(workload, built())])
