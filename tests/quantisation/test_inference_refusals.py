"""What inference refuses: accumulators too narrow, images and networks it cannot take."""

from dataclasses import replace

import numpy as np
import pytest

from lightsim.errors import InputError
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation import (
    accumulator_bits,
    check_accumulators,
    infer,
    quantise,
    synthetic_images,
    synthetic_workload,
)
from tests.quantisation.networks import EVERY_OPERATOR, convolution, dense, network

SMALL = network(EVERY_OPERATOR)


def _single(weights, bias, *, signed=False, bits=8, name="fixed8"):
    """A dense layer of these weights, [filter][input]."""
    inputs, filters = len(weights[0]), len(weights)
    small = network([dense(filters, name="only")], image=(inputs, 1, 1), bits=bits, signed=signed)
    workload = synthetic_workload(small, SCHEMES[name], 0)
    layer = replace(
        workload.layers[0],
        weights=np.array(weights, np.int16)[:, :, None, None],
        bias=np.array(bias, np.int32),
    )
    return replace(workload, layers=(layer,))


def test_an_accumulator_is_refused_at_the_exact_bit():
    # Four unsigned bytes and a bias of 3: 4 * 255 + 3 = 1023 = 2**10 - 1 fits 11 bits.
    check_accumulators(_single([[1, 1, 1, 1]], [3]), 11)
    message = (
        r"layer 'only', filter 1: sums from 4 to 1024 need 12 bits, the accumulator has 11; "
        r"use at least 12 bits, or overflow 'wrap' or 'saturate'"
    )
    with pytest.raises(InputError, match=message):
        check_accumulators(_single([[1, 1, 1, 1], [1, 1, 1, 1]], [3, 4]), 11)
    # Downwards: -4 * 255 - 4 = -1024 = -2**10 still fits, -1025 does not.
    check_accumulators(_single([[-1, -1, -1, -1]], [-4]), 11)
    with pytest.raises(InputError, match="sums from -1025 to -5 need 12 bits"):
        check_accumulators(_single([[-1, -1, -1, -1]], [-5]), 11)
    # Truncating: 64 and 64 of weight 2**-1 add 127 each, and the bias becomes 1 of 128.
    halves = _single([[64, 64]], [128], name="lightnn1")
    check_accumulators(halves, 9, "truncate")
    assert accumulator_bits(halves, "truncate") == {"only": 9}
    with pytest.raises(InputError, match="sums from 1 to 255 need 9 bits"):
        check_accumulators(halves, 8, "truncate")
    with pytest.raises(InputError, match="need 9 bits"):
        infer(halves, np.zeros((1, 2, 1, 1), np.int16), accumulator_bits=8, accumulation="truncate")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x: x.astype(np.int32), "images: int32 of shape"),
        (lambda x: x[:, :1], r"int16 of shape \[1 or more, 3, 7, 6\]"),
        (lambda x: x[:0], r"images: int16 of shape \[0, 3, 7, 6\]"),
        (lambda x: x - np.int16(400), "values from -400"),
    ],
)
def test_wrong_images_are_refused(change, message):
    workload = synthetic_workload(SMALL, SCHEMES["fixed8"], 1)
    with pytest.raises(InputError, match=message):
        infer(workload, change(synthetic_images(workload.network, 2, 1)))


def test_wrong_accumulators_are_refused():
    workload = synthetic_workload(SMALL, SCHEMES["fixed8"], 1)
    images = synthetic_images(workload.network, 1, 1)
    with pytest.raises(InputError, match="bits is 33; accepted: a whole number from 2 to 32"):
        infer(workload, images, accumulator_bits=33)
    with pytest.raises(InputError, match="overflow is 'warp'; accepted: refuse, wrap, saturate"):
        infer(workload, images, overflow="warp")
    with pytest.raises(InputError, match="'truncate' under scheme 'fixed8'"):
        infer(workload, images, accumulation="truncate")
    lights = synthetic_workload(SMALL, SCHEMES["lightnn1"], 1)
    shallow = replace(lights.layers[0], shift=6)
    with pytest.raises(InputError, match="layer 'first': shift 6 is too small"):
        infer(
            replace(lights, layers=(shallow, *lights.layers[1:])), images, accumulation="truncate"
        )


def test_a_mean_of_signs_is_refused():
    pooled = network(
        [
            convolution(4, name="signs", activation="relu"),
            {"name": "mean", "operator": "global_pool"},
            dense(),
        ],
        binary_activations=True,
    )
    with pytest.raises(InputError, match="layer 'mean': global_pool takes the mean of 1-bit"):
        quantise(pooled, SCHEMES["binary"], 1)
    assert quantise(pooled, SCHEMES["lightnn1"], 1).weights_origin == "synthetic (seed 1)"


def test_a_network_without_weights_is_refused():
    bare = network([{"operator": "max_pool", "kernel": 2}])
    with pytest.raises(InputError, match="small: has no layer with weights"):
        quantise(bare, SCHEMES["fixed8"], 1)
