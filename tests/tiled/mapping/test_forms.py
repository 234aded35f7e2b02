"""The forms in which joined, reorganised and input tensors lie for the passes that read them."""

from __future__ import annotations

import pytest

from lightsim.errors import InputError
from lightsim.network.layer import Padding
from lightsim.network.tensor import TensorShape
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.synthetic.workload import synthetic_workload
from lightsim.tiled.mapping.lowering.passes import lower
from tests.quantisation.networks import convolution, dense, network
from tests.tiled.mapping.lowered import IMAGE, POOL, passes, same
from tests.tiled.simulation.machines import machine


def test_a_concat_is_addressing():
    branches = [same(8, name="a"), same(8, name="b", input="a")]
    found = passes([*branches, {"operator": "concat", "name": "j", "inputs": ["a", "b"]}])
    assert list(found) == ["a", "b"]
    assert [layer.destination.tensor for layer in found.values()] == ["j", "j"]
    assert [layer.destination.offset for layer in found.values()] == [0, 8]


def test_what_is_joined_twice_is_copied_once():
    joined = {"operator": "concat", "name": "j", "inputs": ["a", "a"]}
    found = passes([same(8, name="a"), joined])
    assert list(found) == ["a", "j.1"]
    copy = found["j.1"]
    assert (copy.kernel, copy.source.offset, copy.destination.offset) == ((1, 1), 0, 8)


def test_a_pooling_of_a_joined_layer_is_not_fused():
    joined = {"operator": "concat", "name": "j", "inputs": ["a", "b"]}
    layers = [same(8, name="a"), {**POOL, "kernel": 1}, same(8, name="b"), joined]
    found = passes([*layers[:1], same(8, name="b"), joined, POOL])
    assert found["a"].fused == found["b"].fused == ()
    assert found["pool"].kind == "pooling"


def test_reorganise_is_a_strided_copy_for_every_offset():
    found = passes([same(name="a"), {"operator": "reorganise", "name": "r"}])
    copies = list(found.values())[1:]
    assert [copy.name for copy in copies] == ["r.0", "r.1", "r.2", "r.3"]
    assert [copy.destination.offset for copy in copies] == [0, 16, 32, 48]
    assert [copy.padding for copy in copies] == [
        Padding(0, 0), Padding(0, -1), Padding(-1, 0), Padding(-1, -1),
    ]  # fmt: skip
    assert {copy.stride for copy in copies} == {(2, 2)}


def test_an_input_that_only_dense_layers_read_is_a_vector():
    layers = [{"operator": "flatten", "name": "f"}, dense(8)]
    workload = synthetic_workload(network(layers, image=IMAGE), SCHEMES["flightnn"], 0)
    plan = lower(workload, machine())
    assert plan.input.shape == TensorShape(1024, 1, 1)
    assert plan.layers[0].kernel == (1, 1)


def test_few_input_channels_are_unfolded_along_the_kernels_columns():
    # 3 channels on 8 columns: 3 column steps a kernel row, against one of 3 x 3 = 9 in two.
    layers = [convolution(8, 3, padding=1, stride=2)]
    found = passes(layers, image=(3, 9, 9), accelerator=machine())
    (layer,) = found.values()
    assert layer.source.shape == TensorShape(9, 9, 5)
    assert (layer.kernel, layer.stride) == ((3, 1), (2, 1))
    assert layer.padding == Padding(1, 0, 1, 0)
    # 8 channels fill the columns: nothing to gain.
    (layer,) = passes(layers, image=(8, 9, 9), accelerator=machine()).values()
    assert layer.kernel == (3, 3)


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (convolution(4, 1, name="c"), "c: conv2d reads 'f', which flattens an image of 16x8x8"),
        ({"operator": "global_pool", "name": "c"}, "c: global_pool reads 'f', which flattens"),
        (
            {"operator": "concat", "name": "c", "inputs": ["f", "f"]},
            "c: concat reads 'f', which flattens an image of 16x8x8; accepted: dense layers "
            "after flatten, or an image of one pixel",
        ),
    ],
)
def test_only_dense_layers_read_a_flattened_image(reader, text):
    with pytest.raises(InputError) as caught:
        passes([same(name="a"), {"operator": "flatten", "name": "f"}, reader])
    assert text in str(caught.value)


def test_a_flattened_pixel_is_its_channels():
    layers = [same(name="a"), {"operator": "global_pool"}, {"operator": "flatten", "name": "f"}]
    found = passes([*layers, convolution(4, 1, name="c")])
    assert found["c"].source.shape == TensorShape(16, 1, 1)
