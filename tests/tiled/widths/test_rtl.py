"""Activations of any width in the RTL: the same bits in the same cycles as the simulation."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lightsim.errors import InputError
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.rtl.program.contents import tensor_bytes, tensor_values
from tests.quantisation.networks import convolution, dense, network
from tests.tiled.rtl.cases import programs_for, verdict
from tests.tiled.rtl.families import family_verdicts
from tests.tiled.simulation.machines import machine, random_accelerator
from tests.tiled.widths.nets import ANY_WIDTH, maker

# Widths of one machine: all fields side by side, and one width alone in its field.
WIDTHS = (ANY_WIDTH, (2,), (3,), (4,), (5,), (6,), (7,))
QUICK = {
    "fixed4": ANY_WIDTH, "binary": (2,), "flightnn": (3,), "lightnn2": (4,), "fixed8": (5,),
    "lightnn1": ANY_WIDTH,
}  # fmt: skip


def verdicts(scheme, widths, seed, folder, members):
    def machine_of(dice, scheme):
        return replace(random_accelerator(dice, scheme), activation_bits=widths)

    return family_verdicts(scheme, seed, folder, members, maker(widths), machine_of)


def assert_all_equal(found):
    for number, one in enumerate(found):
        assert one.equal, (number, one.lines())
        assert one.values_compared > 0


@pytest.mark.parametrize("scheme", sorted(QUICK))
def test_random_families(scheme, tmp_path):
    assert_all_equal(verdicts(scheme, QUICK[scheme], 0, tmp_path, 4))


@pytest.mark.slow
@pytest.mark.parametrize("widths", WIDTHS, ids=str)
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_more_random_families(scheme, widths, tmp_path):
    assert_all_equal(verdicts(scheme, widths, 1, tmp_path, 5))


LEAVING = [
    convolution(12, name="a", padding=1, activation="relu", activation_bits=4),
    convolution(12, name="b", padding=1, activation_bits=2),
    {"name": "sum", "operator": "add", "inputs": ["a", "b"], "activation": "relu"},
    {"name": "halved", "operator": "max_pool", "kernel": 2},
    convolution(20, 1, name="c", activation="relu", activation_bits=2),
    {"name": "overlapping", "operator": "max_pool", "kernel": 3, "stride": 2, "padding": 1},
    {"name": "mean", "operator": "average_pool", "kernel": 2, "stride": 1},
    {"name": "apart", "operator": "add", "inputs": ["mean", "mean"], "activation_bits": 2},
    dense(7, name="scores"),
]


@pytest.mark.parametrize("lanes", [1, pytest.param(4, marks=pytest.mark.slow)])
def test_everything_that_leaves_through_the_lanes(lanes, tmp_path):
    net = replace(network(LEAVING, image=(8, 9, 8)), activation_bits=3)
    acc = machine(rows=6, pixels=2, lanes=lanes, port_bits=32, activation_bits=ANY_WIDTH)
    found = verdict(net, acc, tmp_path, images=2)
    assert found.equal, found.lines()


@pytest.mark.parametrize("bits", range(1, 9))
@pytest.mark.parametrize("signed", [False, True])
def test_memory_holds_every_value_in_its_field(bits, signed):
    net = replace(
        network([convolution(4, 1)], image=(5, 3, 2)), input_bits=bits, input_signed=signed
    )
    acc = machine(activation_bits=ANY_WIDTH)
    (program,), (images,) = programs_for(net, acc)
    region = program.memory.regions["input"]
    stored = program.plan.form.arrange(images)
    held = tensor_bytes(stored, region, bits)
    assert len(held) == region.nbytes
    read = tensor_values(held, replace(region, base=0), stored.shape[1], bits, signed)
    assert (read == stored).all()


@pytest.mark.parametrize(
    ("layers", "lanes", "told"),
    [
        (
            [
                convolution(4, name="a", activation="relu", activation_bits=2),
                {"name": "s", "operator": "add", "inputs": ["a", "a"], "activation_bits": 4},
                convolution(4, name="z"),
            ],
            4, "s: the RTL adds activations in fields of one width",
        ),
        (
            [
                convolution(4, 1, name="a", activation="sign"),
                convolution(4, 1, name="b"),
                {"name": "s", "operator": "add", "inputs": ["a", "b"]},
                convolution(4, name="z"),
            ],
            4, "b: the RTL adds activations of two bits and more, and its residual has one bit",
        ),
        (
            [
                convolution(4, 1, name="a", activation_bits=4),
                convolution(4, 1, name="b"),
                {"name": "s", "operator": "add", "inputs": ["a", "b"]},
                convolution(4, name="z"),
            ],
            16, "b: the residual buffer of the RTL gives fields of 4 bits to at most 8 lanes",
        ),
    ],
)  # fmt: skip
def test_what_the_rtl_does_not_take_is_named(layers, lanes, told, tmp_path):
    acc = machine(lanes=lanes, activation_bits=ANY_WIDTH)
    with pytest.raises(InputError) as caught:
        verdict(network(layers), acc, tmp_path)
    assert str(caught.value).startswith(told)
