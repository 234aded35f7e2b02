"""Bits and signs of activations: the rule, the file, and every number against the specification."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from lightsim.errors import InputError
from lightsim.network.parsing import parse_network
from lightsim.network.tensor import ElementType, field_bits
from lightsim.network.trained_files import fingerprint
from lightsim.network.writing import dump_network
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.elements import activation_widths, element_types
from lightsim.quantisation.inference.infer import infer
from lightsim.quantisation.synthetic.workload import synthetic_images, synthetic_workload
from tests.quantisation.naive import naive_network
from tests.quantisation.networks import EVERY_OPERATOR, convolution, dense, network
from tests.tiled.widths.nets import narrow_network

CHAIN = network(
    [
        convolution(4, name="first", padding=1, activation="relu"),
        convolution(4, name="own", padding=1, activation_bits=2),
        convolution(4, name="sign", padding=1, input="first", activation_bits=1),
        convolution(4, name="unsigned", padding=1, input="first", activation_signed=False),
        convolution(4, name="signed", padding=1, activation="relu", activation_signed=True),
        {"name": "sum", "operator": "add", "inputs": ["own", "unsigned"], "activation_bits": 5},
        {"name": "mean", "operator": "average_pool", "kernel": 2},
        dense(name="raw"),
        dense(name="stated", input="mean", activation_bits=6),
    ]
)
CHAIN = replace(CHAIN, activation_bits=3)


def test_every_row_of_the_rule():
    types = element_types(CHAIN, SCHEMES["flightnn"])
    assert {name: (kind.bits, kind.signed) for name, kind in types.items()} == {
        "first": (3, False), "own": (2, True), "sign": (1, True), "unsigned": (3, False),
        "signed": (3, True), "sum": (5, True), "mean": (5, True), "raw": (32, True),
        "stated": (6, True),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("bits", "signed", "lowest", "highest"),
    [(1, True, -1, 1), (2, True, -2, 1), (2, False, 0, 3), (5, True, -16, 15), (7, False, 0, 127)],
)
def test_ranges(bits, signed, lowest, highest):
    element = ElementType(bits, signed)
    assert (element.lowest, element.highest) == (lowest, highest)


def test_fields_are_powers_of_two():
    assert [field_bits(bits) for bits in range(1, 9)] == [1, 2, 4, 4, 8, 8, 8, 8]
    assert field_bits(32) == 32


def test_widths_of_a_machine():
    assert activation_widths(CHAIN, SCHEMES["flightnn"]) == (1, 2, 3, 5, 6, 8)
    assert activation_widths(CHAIN, SCHEMES["binary"]) == (2, 3, 5, 6, 8)
    plain = network([convolution(4, activation="sign"), dense()], binary_activations=True)
    assert activation_widths(plain, SCHEMES["binary"]) == (8,)
    assert activation_widths(plain, SCHEMES["lightnn1"]) == (1, 8)


def test_a_file_says_them_and_is_written_as_it_was_read():
    text = dump_network(CHAIN)
    assert parse_network(text, "chain.toml") == CHAIN
    assert "\nactivation_bits = 3\n" in text and "\nactivation_signed = false\n" in text
    assert fingerprint(CHAIN) != fingerprint(replace(CHAIN, activation_bits=4))


def test_a_network_of_bytes_is_written_as_before():
    assert "activation_" not in dump_network(network(EVERY_OPERATOR))


def test_a_sum_is_no_sign():
    adds = replace(CHAIN, activation_bits=1)
    adds = replace(adds, layers=tuple(replace(q, activation_bits=None) for q in adds.layers))
    with pytest.raises(InputError, match=r"^sum: add gives activations of one bit"):
        element_types(adds, SCHEMES["fixed8"])


def test_a_join_of_different_widths_is_refused():
    joined = network(
        [
            convolution(4, name="a", activation="relu"),
            convolution(4, name="b", input="input", activation="relu", activation_bits=4),
            {"name": "both", "operator": "concat", "inputs": ["a", "b"]},
            dense(),
        ]
    )
    with pytest.raises(InputError) as caught:
        element_types(joined, SCHEMES["fixed8"])
    assert str(caught.value) == (
        "both: concat joins activations of different types: a unsigned 8-bit, b unsigned 4-bit; "
        "give the layers it joins the same activation and activation_bits"
    )


def nested(array):
    return array.tolist()


@pytest.mark.parametrize("accumulation", ["exact", "truncate"])
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_any_width_equals_the_specification(scheme, accumulation):
    if accumulation == "truncate" and not SCHEMES[scheme].is_shift_add:
        pytest.skip("its products are not shifts")
    for seed in range(6):
        dice = Random(f"{scheme} {seed}")
        net = narrow_network(dice, scheme, 4, (1, 2, 4, 8))
        workload = synthetic_workload(net, SCHEMES[scheme], seed)
        images = synthetic_images(net, 2, seed)
        found = infer(workload, images, overflow="wrap", accumulation=accumulation, keep="all")
        expected = naive_network(workload, images, accumulation=accumulation)
        assert {name: nested(values) for name, values in found.items()} == expected
        for name, kind in element_types(net, SCHEMES[scheme]).items():
            if not kind.is_raw:
                assert kind.lowest <= found[name].min() <= found[name].max() <= kind.highest
