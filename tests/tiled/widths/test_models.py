"""Activations of any width: right bits, full accounts, two equal models, traffic by the field."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lightsim.errors import InputError
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.synthetic.workload import synthetic_images, synthetic_workload
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.mapping.tiles.tiling import Tiling
from lightsim.tiled.simulation.machine import simulate
from tests.quantisation.networks import convolution, dense, network
from tests.tiled.simulation.checks import check_accounts, check_trace, wrong_layers
from tests.tiled.simulation.machines import machine
from tests.tiled.timeline.equal import differences
from tests.tiled.widths.nets import narrow_case


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_any_width_has_the_right_bits_in_both_models(scheme, seed):
    case = narrow_case(seed, scheme)
    programs = [case.program] * len(case.batches)
    result = simulate(programs, case.batches)
    images = np.concatenate(case.batches)
    assert wrong_layers(result, case.workload, case.accelerator, images) == []
    check_accounts(result)
    check_trace(result)
    assert differences(programs, case.batches) == []


def test_the_cases_have_every_width_and_sign_as_an_input():
    seen = set()
    for scheme in SCHEMES:
        for seed in range(12):
            for schedule in narrow_case(seed, scheme).program.schedules:
                element = schedule.layer.source.element
                seen.add((element.bits, element.signed))
    assert seen >= {(bits, signed) for bits in range(2, 9) for signed in (True, False)}
    assert (1, True) in seen


NET = network(
    [convolution(32, 1, name="a", activation="relu"), dense(4, name="d")],
    image=(32, 6, 6),
)


def mapped(bits, widths, scheme="fixed4"):
    net = replace(NET, input_bits=bits, activation_bits=bits)
    acc = machine(scheme=scheme, pe=(("multiply_lut", 4),), activation_bits=widths)
    tilings = {"a": Tiling(32, 32, 6, 6)}  # one tile: every word is moved once
    return map_workload(synthetic_workload(net, SCHEMES[scheme], 0), acc, tilings=tilings)


@pytest.mark.parametrize(("bits", "field"), [(8, 8), (7, 8), (5, 8), (4, 4), (3, 4), (2, 2)])
def test_memory_words_and_traffic_follow_the_field(bits, field):
    program = mapped(bits, (2, 4, 8))
    words = 32 * field // 64 * 36  # 32 channels of 36 pixels in words of 64 bits
    assert program.memory.regions["input"].nbytes == 8 * words
    assert program.memory.regions["a"].nbytes == 8 * words
    images = synthetic_images(program.plan.workload.network, 1, 0)
    result = simulate([program], [images])
    assert result.layers[0].traffic["input"] == 8 * words
    assert result.layers[0].traffic["output"] == 8 * words


def test_a_machine_of_four_bits_has_half_a_line_and_the_same_words():
    assert (
        mapped(4, (4,)).memory.regions["a"].nbytes == mapped(4, (4, 8)).memory.regions["a"].nbytes
    )


@pytest.mark.parametrize(
    ("bits", "widths", "accepted"),
    [(4, (8,), [4, 8]), (8, (4,), [4, 8]), (7, (5,), [5, 7]), (3, (2, 8), [2, 3, 8])],
)
def test_a_machine_that_was_not_built_for_a_width_says_so(bits, widths, accepted):
    with pytest.raises(InputError) as caught:
        mapped(bits, widths)
    told = str(caught.value)
    assert told.startswith(f"a: has activations of {bits} bits, and accelerator 'plain' is built")
    assert told.endswith(f"accepted: activation_bits = {accepted} in the accelerator")


def test_a_width_whose_field_is_there_needs_no_more():
    mapped(3, (4,))
    mapped(5, (2, 8))
