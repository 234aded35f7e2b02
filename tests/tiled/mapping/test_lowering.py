"""What becomes a pass of its own, what is fused, and what is only addressing."""

from __future__ import annotations

import pytest

from lightsim.network.tensor import TensorShape
from tests.quantisation.networks import convolution, dense
from tests.tiled.mapping.lowered import POOL, add, passes, same


def test_a_touching_max_pooling_is_fused():
    found = passes([same(name="conv"), POOL])
    assert list(found) == ["conv"]
    assert found["conv"].fused == ("pool",)
    assert found["conv"].computed == TensorShape(16, 8, 8)
    assert found["conv"].destination.shape == TensorShape(16, 4, 4)


def test_a_fused_pooling_does_not_compute_what_it_drops():
    found = passes([same(name="conv"), {**POOL, "kernel": [3, 2]}])
    assert found["conv"].computed == TensorShape(16, 6, 8)


@pytest.mark.parametrize(
    "pool",
    [
        {**POOL, "kernel": 3, "stride": 2},
        {**POOL, "stride": 1},
        {**POOL, "padding": 1},
        {**POOL, "operator": "average_pool"},
        {"operator": "global_pool", "name": "pool"},
    ],
    ids=str,
)
def test_other_poolings_are_passes(pool):
    found = passes([same(name="conv"), pool])
    assert [layer.kind for layer in found.values()] == ["convolution", "pooling"]


def test_a_result_that_is_needed_elsewhere_is_not_pooled_away():
    other = same(name="other", input="conv", stride=2)
    found = passes([same(name="conv"), POOL, other, add("pool", "other")])
    assert found["conv"].fused == ()
    assert found["pool"].kind == "pooling"
    # The other branch takes the pooling as its residual.
    assert found["other"].fused == ("sum",)
    assert found["other"].residual.tensor == "pool"
    assert found["other"].swapped


def test_a_residual_addition_and_its_pooling_are_fused():
    found = passes([same(name="a"), same(name="b"), add("b", "a", activation="relu"), POOL])
    assert list(found) == ["a", "b"]
    assert found["b"].fused == ("sum", "pool")
    assert found["b"].residual.tensor == "a"
    assert not found["b"].swapped


def test_an_addition_whose_residual_comes_later_is_fused_to_the_later_one():
    found = passes([same(name="stem"), same(name="a"), same(name="b", input="stem"), add("a", "b")])
    assert found["a"].fused == ()
    assert found["b"].fused == ("sum",)
    assert found["b"].swapped


def test_a_layer_added_to_itself_is_not_fused():
    found = passes([same(name="a"), add("a", "a")])
    assert [layer.kind for layer in found.values()] == ["convolution", "addition"]
    assert found["sum"].source == found["sum"].residual


def test_one_bit_results_are_not_added_in_the_same_pass():
    signs = [
        convolution(16, name="a", padding=1, activation="sign"),
        convolution(16, name="b", padding=1, activation="sign"),
        add("b", "a"),
    ]
    found = passes(signs, scheme="binary")
    assert [layer.kind for layer in found.values()] == ["convolution", "convolution", "addition"]
    # But they are pooled there.
    assert passes([*signs[:1], POOL], scheme="binary")["a"].fused == ("pool",)


def test_the_last_layers_raw_sums_are_stored_as_they_are():
    found = passes([same(name="a"), dense(4, name="scores")])
    scores = found["scores"]
    assert scores.destination.element.bits == 32
    # After an image, a dense layer is a convolution with a kernel of its size.
    assert (scores.kernel, scores.weights.shape) == ((8, 8), (4, 16, 8, 8))
