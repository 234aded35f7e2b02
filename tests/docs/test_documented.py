"""What the documents say in numbers: each worked example and each list, against the program."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from lightsim.energy.joules import DRAM_EVENT
from lightsim.energy.tables import EVENTS
from lightsim.flow.given.resolve import choose_images
from lightsim.network import load_network
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.inference.layer_output import SumRules, layer_output
from lightsim.quantisation.select import quantise
from lightsim.quantisation.synthetic.workload import synthetic_images, synthetic_workload
from lightsim.tiled.mapping.lowering.passes import lower
from lightsim.tiled.mapping.program import map_workload
from tests.quantisation.networks import convolution, dense, network
from tests.tiled.simulation.machines import machine

DOCS = Path(__file__).parents[2] / "docs"


def document(name):
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(("channels", "unfolded"), [(3, True), (40, True), (48, False)])
def test_which_inputs_are_unfolded(channels, unfolded):
    """docs/machine.md, section 1: 3 x 3 on 16 columns."""
    assert "3 and 40 channels are unfolded" in document("machine.md")
    net = network([convolution(8, 3, padding=1)], image=(channels, 9, 9))
    workload = synthetic_workload(net, SCHEMES["flightnn"], 0)
    form = lower(workload, machine(columns=16)).form
    assert (form.unfolded_for is not None) == unfolded
    assert form.shape.channels == (3 * channels if unfolded else channels)


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("channels", [1, 5, 8, 17, 24, 33, 40])
def test_the_rule_of_unfolding(channels, stride):
    """The two inequalities of docs/machine.md, with words of 8 channels."""
    net = network([convolution(8, [3, 5], stride=stride, padding=2)], image=(channels, 9, 11))
    workload = synthetic_workload(net, SCHEMES["flightnn"], 0)
    layer = net.layers[0]
    for columns in (8, 16, 32):
        form = lower(workload, machine(columns=columns)).form
        saves = -(-channels * 5 // columns) < 5 * -(-channels // columns)
        words = -(-channels * 5 // 8) * layer.output_shape.width
        assert (form.unfolded_for is not None) == (saves and words <= 4 * -(-channels // 8) * 11)


def test_every_region_of_memory_begins_at_a_page():
    """docs/machine.md, section 1: tensors and each layer's weights, at multiples of 4096."""
    workload = quantise(load_network("lenet"), SCHEMES["flightnn"], 0, outline=True)
    program = map_workload(workload, machine(rows=8, columns=8))
    begins = [region.base for region in program.memory.regions.values()]
    begins += [runs[0].address for runs in program.weight_runs.values() if runs]
    assert len(begins) > 6 and not any(begin % 4096 for begin in begins)
    for runs in program.weight_runs.values():
        for one, after in pairwise(runs):
            assert after.address == one.address + one.nbytes  # tile after tile without gaps


def test_the_order_of_bias_multiplier_rounding_and_clamp():
    """docs/machine.md, section 5: (12 - 5) * 5 = 35, (35 + 4) >> 3 = 4."""
    assert "(12 - 5) * 5 = 35, (35 + 4) >> 3 = 4" in document("machine.md")
    net = network([convolution(1, 1, activation="relu"), dense(1)], image=(1, 1, 1))
    layer = replace(
        synthetic_workload(net, SCHEMES["fixed8"], 0).layers[0],
        weights=np.array([[[[3]]]], np.int16),
        bias=np.array([-5], np.int32),
        multiplier=np.array([5], np.int32),
        shift=3,
        rounding="half_up",
    )

    def output(x):
        image = np.array([[[[x]]]], np.int16)
        return int(layer_output(layer, (image,), SumRules()).item())

    assert output(4) == 4
    assert output(0) == 0  # the ReLU: (-25 + 4) >> 3 is -3
    assert output(255) == 255  # (760 * 5 + 4) >> 3 is 475


def test_which_images_are_run():
    """docs/formats.md: the first ones; random ones by their number and the seed."""
    digits = load_network("digits")
    workload = quantise(digits, SCHEMES["flightnn"], 0)
    assert np.array_equal(choose_images(workload, 3, 0), workload.held_out.images[:3])
    assert np.array_equal(choose_images(workload, 3, 9), workload.held_out.images[:3])
    lenet = load_network("lenet")
    assert np.array_equal(synthetic_images(lenet, 5, 3)[:2], synthetic_images(lenet, 2, 3))


def test_every_event_has_its_unit_in_the_document():
    rows = re.findall(
        r"^\| ((?:`\w+`(?:, )?)+) \| [^|]+ \| [^|]+ \| [^|]+ \|$", document("model.md"), re.M
    )
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert {*EVENTS, DRAM_EVENT} <= named


def test_terms_of_formulas_are_explained():
    for term in ("*bit\nadded*", "*bit\nheld*"):
        assert term in document("model.md")
