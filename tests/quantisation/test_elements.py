"""The types of layers' outputs: the rule's rows, on real networks and on small made ones."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lightsim.errors import InputError
from lightsim.network.layer import Layer, Network
from lightsim.network.tensor import ElementType, TensorShape
from lightsim.network.zoo import load_network
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.elements import element_types

U8, S8, SIGN, RAW = (
    ElementType(8, signed=False),
    ElementType(8, signed=True),
    ElementType(1, signed=True),
    ElementType(32, signed=True),
)
IMAGE = TensorShape(4, 8, 8)


def network(*layers: Layer, binary_activations: bool = True) -> Network:
    return Network("made", "Made", IMAGE, 8, False, layers, binary_activations, "a test")


def layer(name: str, operator: str, activation: str, *inputs: str) -> Layer:
    return Layer(name, operator, inputs, IMAGE, IMAGE, activation=activation)  # type: ignore[arg-type]


CHAIN = network(
    layer("pool", "max_pool", "none", "input"),
    layer("rectified", "conv2d", "relu", "pool"),
    layer("plain", "conv2d", "none", "rectified"),
    layer("sum", "add", "none", "plain", "rectified"),
    layer("rectified_sum", "add", "relu", "plain", "rectified"),
    layer("joined", "concat", "none", "rectified_sum", "rectified"),
    layer("signs", "conv2d", "sign", "joined"),
    layer("flat", "flatten", "none", "signs"),
    layer("last", "dense", "none", "flat"),
)


def test_every_row_of_the_rule():
    types = element_types(CHAIN, SCHEMES["fixed8"])
    assert list(types.items()) == [
        ("pool", U8),
        ("rectified", U8),
        ("plain", S8),
        ("sum", S8),
        ("rectified_sum", U8),
        ("joined", U8),
        ("signs", SIGN),
        ("flat", SIGN),
        ("last", RAW),
    ]


@pytest.mark.parametrize("binary_activations", [True, False])
def test_relu_becomes_sign_only_with_binary_activations(binary_activations: bool):
    chain = replace(CHAIN, layers=CHAIN.layers[:2], binary_activations=binary_activations)
    expected = SIGN if binary_activations else U8
    assert element_types(chain, SCHEMES["binary"])["rectified"] == expected
    assert element_types(chain, SCHEMES["lightnn1"])["rectified"] == U8


def test_a_network_that_ends_without_weights_has_bytes():
    ending = network(
        layer("plain", "conv2d", "none", "input"), layer("sum", "add", "none", "plain", "plain")
    )
    assert element_types(ending, SCHEMES["fixed4"]) == {"plain": S8, "sum": S8}


def test_residual_networks_keep_bytes_under_binary():
    types = element_types(load_network("resnet20-cifar10"), SCHEMES["binary"])
    assert {kind.bits for kind in types.values()} == {8, 32}


def test_a_concat_of_different_types_is_refused():
    chain = network(
        layer("rectified", "conv2d", "relu", "input"),
        layer("plain", "conv2d", "none", "rectified"),
        layer("joined", "concat", "none", "rectified", "plain"),
    )
    with pytest.raises(InputError) as caught:
        element_types(chain, SCHEMES["fixed8"])
    assert str(caught.value) == (
        "joined: concat joins activations of different types: rectified unsigned 8-bit, "
        "plain signed 8-bit; give the layers it joins the same activation"
    )
