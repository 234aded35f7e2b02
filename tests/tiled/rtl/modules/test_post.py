"""The way out of the array in the RTL: rounding modes, lanes of every number, slices of words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.numerics.sums.requantise import ROUNDINGS, requantise
from lightsim.quantisation.synthetic.workload import synthetic_images, synthetic_workload
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.mapping.tiles.tiling import Tiling
from lightsim.tiled.rtl.comparison.verify import verify_programs
from tests.quantisation.networks import EVERY_OPERATOR, convolution, dense, network
from tests.tiled.rtl.cases import verdict
from tests.tiled.simulation.machines import ONE_PORT, machine

# Everything that leaves through the lanes: fused additions and poolings, poolings whose windows
# overlap, averages, an addition of its own, raw sums.
LEAVING = network(
    [
        convolution(12, name="a", padding=1, activation="relu"),
        convolution(12, name="b", padding=1),
        {"name": "sum", "operator": "add", "inputs": ["a", "b"], "activation": "relu"},
        {"name": "halved", "operator": "max_pool", "kernel": 2},
        convolution(20, 1, name="c", activation="relu"),
        {"name": "overlapping", "operator": "max_pool", "kernel": 3, "stride": 2, "padding": 1},
        {"name": "mean", "operator": "average_pool", "kernel": 2, "stride": 1},
        {"name": "apart", "operator": "add", "inputs": ["mean", "mean"]},
        dense(7, name="scores"),
    ],
    image=(8, 9, 8),
)

# One-bit results, alone in a byte and folded into windows, and one-bit poolings.
ONE_BIT = network(
    [
        convolution(40, name="a", padding=1, activation="sign"),
        convolution(36, name="b", padding=1, activation="sign"),
        {"name": "halved", "operator": "max_pool", "kernel": 2},
        convolution(70, 1, name="c", activation="sign"),
        {"name": "overlapping", "operator": "max_pool", "kernel": 3, "stride": 2, "padding": 1},
        dense(7, name="scores"),
    ],
    image=(8, 8, 10),
    binary_activations=True,
)


def assert_equal(found):
    assert found.equal, found.lines()
    assert found.values_compared > 0


def rounded_in_turn(workload):
    """The workload with another rounding mode in every layer that rounds."""
    modes = [*ROUNDINGS] * len(workload.layers)
    layers = []
    for q in workload.layers:
        # A small shift makes halves, which the modes tell apart, frequent.
        layers.append(replace(q, rounding=modes.pop(0)) if q.shift else q)
    return replace(workload, layers=tuple(layers))


def every_rounding():
    """Convolutions, additions and averages, each in all five modes."""
    layers, last = [], "input"
    for number in range(len(ROUNDINGS)):
        names = [f"{kind}{number}" for kind in ("plain", "beside", "sum", "mean")]
        layers += [
            convolution(8, 1, name=names[0], input=last),
            convolution(8, 1, name=names[1], input=last),
            {"name": names[2], "operator": "add", "inputs": names[:2]},
            {"name": names[3], "operator": "average_pool", "kernel": 2, "stride": 1},
        ]
        last = names[3]
    return network([*layers, dense(4, name="scores")], image=(8, 8, 8), signed=True)


def test_every_rounding_mode_rounds_the_same(tmp_path):
    net, accelerator = every_rounding(), machine(rows=8, lanes=8)
    workload = rounded_in_turn(synthetic_workload(net, SCHEMES[accelerator.scheme], 0))
    used = {(q.layer.operator, q.rounding) for q in workload.layers if q.shift}
    assert used >= {(kind, mode) for kind in ("conv2d", "add") for mode in ROUNDINGS}
    program = map_workload(workload, accelerator, images=1)
    images = synthetic_images(net, 1, 0)
    assert_equal(verify_programs([program], [images], tmp_path))


@pytest.mark.parametrize(("shift", "sums"), [(1, 5), (2, 9)])
def test_the_modes_are_told_apart_by_halves(shift, sums):
    acc = np.arange(-sums, sums + 1, dtype=np.int32).reshape(1, -1, 1, 1)
    one = np.ones(1, np.int32)
    made = {requantise(acc, one, shift, mode, -128, 127).tobytes() for mode in ROUNDINGS}
    assert len(made) == len(ROUNDINGS)


@pytest.mark.slow
@pytest.mark.parametrize("lanes", [1, 2, 8, 16, 64])
@pytest.mark.parametrize("port_bits", [32, 128])
def test_any_number_of_lanes(port_bits, lanes, tmp_path):
    accelerator = machine(rows=6, columns=8, pixels=2, lanes=lanes, port_bits=port_bits, banks=1)
    assert_equal(verdict(LEAVING, accelerator, tmp_path, images=2))


def test_a_pooling_that_leaves_through_one_lane(tmp_path):
    # Eight values of a word in eight cycles, the last ones behind the tile: this differed by 9.
    entry = {"name": "overlapping", "operator": "max_pool", "kernel": 3, "stride": 2}
    net = network([convolution(12, 1, name="a"), entry], image=(8, 7, 9))
    assert_equal(verdict(net, machine(lanes=1), tmp_path))


def test_more_lanes_than_channels_of_a_word(tmp_path):
    accelerator = machine(rows=6, columns=8, pixels=2, lanes=16, port_bits=32)
    assert_equal(verdict(LEAVING, accelerator, tmp_path, images=2))


@pytest.mark.slow
@pytest.mark.parametrize("lanes", [1, 4, 16])
def test_every_operator(lanes, tmp_path):
    net = network(EVERY_OPERATOR)
    accelerator = machine(lanes=lanes, ports=ONE_PORT, columns=4, port_bits=32)
    assert_equal(verdict(net, accelerator, tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("lanes", [1, 4, 32])
def test_one_bit_results(lanes, tmp_path):
    accelerator = machine(
        scheme="binary", pe=(("xnor_popcount", 8),), lanes=lanes, port_bits=32, columns=8
    )
    assert_equal(verdict(ONE_BIT, accelerator, tmp_path, images=2))


@pytest.mark.slow
@pytest.mark.parametrize(("lanes", "rows"), [(2, 5), (4, 3), (8, 4), (16, 3)])
def test_rows_that_lanes_do_not_divide(lanes, rows, tmp_path):
    """Lanes have different numbers of rows, some none; rows in the middle are left unused."""
    kinds = (("shift_add_serial", rows - 1), ("multiply_lut", 1))
    net = network(
        [
            convolution(24, name="a", padding=1, activation="relu"),
            convolution(24, 1, name="grouped", groups=4, activation="relu"),
            convolution(24, name="depthwise", padding=1, depthwise=True),
        ],
        image=(8, 5, 6),
    )
    tilings = {"a": Tiling(24, 8, 5, 6, 1, "msn")}
    assert_equal(verdict(net, machine(pe=kinds, lanes=lanes), tmp_path, tilings=tilings))


@pytest.mark.slow
@pytest.mark.parametrize("channels", [10, 15, 20])
def test_groups_that_begin_within_a_word(channels, tmp_path):
    """A tile of the second group's filters reads a word that the first group's channels share."""
    net = network(
        [
            convolution(channels, 1, name="a", activation="relu"),
            convolution(40, name="grouped", padding=1, groups=5, activation="relu"),
        ],
        image=(8, 5, 6),
    )
    tilings = {"grouped": Tiling(8, channels, 3, 6, 1, "msn")}
    assert_equal(verdict(net, machine(columns=8), tmp_path, tilings=tilings))
