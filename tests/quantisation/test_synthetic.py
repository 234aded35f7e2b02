"""Synthetic weights: repeatable, of the scheme's values, and neither dying nor saturating."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightsim.errors import InputError
from lightsim.network import load_network
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.numerics.formats.table import CODECS
from lightsim.quantisation.inference.infer import infer
from lightsim.quantisation.synthetic.code_table import code_table
from lightsim.quantisation.synthetic.random_weights import MIXED_K
from lightsim.quantisation.synthetic.workload import synthetic_images, synthetic_workload
from tests.quantisation.networks import convolution, dense, network

SCHEME_NAMES = sorted(SCHEMES)


def _same(one, other):
    return all(
        np.array_equal(getattr(a, part), getattr(b, part))
        for a, b in zip(one.layers, other.layers, strict=True)
        for part in ("weights", "k", "bias", "multiplier", "shift")
    )


@pytest.mark.parametrize("name", SCHEME_NAMES)
def test_equal_seeds_give_equal_weights_and_others_do_not(name):
    network = load_network("lenet")
    first = synthetic_workload(network, SCHEMES[name], 7)
    assert _same(first, synthetic_workload(network, SCHEMES[name], 7))
    other = synthetic_workload(network, SCHEMES[name], 8)
    for one, two in zip(first.layers, other.layers, strict=True):
        if one.weights is not None:
            assert not np.array_equal(one.weights, two.weights)


@pytest.mark.parametrize("name", SCHEME_NAMES)
def test_every_weight_is_a_value_of_the_scheme_with_the_terms_of_its_filter(name):
    codec = CODECS[name]
    for layer in synthetic_workload(load_network("resnet20-cifar10"), SCHEMES[name], 3).layers:
        if layer.weights is None:
            continue
        assert layer.weights.dtype == np.int16 and layer.weights.shape == layer.layer.weight_shape
        terms = layer.k if SCHEMES[name].is_shift_add else None
        codes = codec.encode_values(layer.weights, k=terms)
        assert np.array_equal(codec.decode(codes), layer.weights)
        if not SCHEMES[name].is_shift_add:
            assert not layer.k.any()


@pytest.mark.parametrize("name", SCHEME_NAMES)
def test_requantisation_stays_inside_the_fields_of_the_hardware(name):
    for layer in synthetic_workload(load_network("mobilenet-v1"), SCHEMES[name], 1).layers:
        for multiplier in (*layer.multiplier, layer.residual_multiplier):
            assert 1 <= multiplier <= 32767
        assert 0 <= layer.shift <= 31 and 0 <= layer.residual_shift <= 31


@pytest.mark.parametrize("seed", range(30))
def test_a_layer_of_a_single_weight_is_legal_even_if_it_is_zero(seed):
    small = network([convolution(1, 1, activation="relu"), dense(1)], image=(1, 2, 2))
    for layer in synthetic_workload(small, SCHEMES["fixed4"], seed).layers:
        assert 1 <= layer.multiplier[0] <= 32767 and abs(int(layer.bias[0])) < 10000


def test_flightnn_filters_have_the_stated_shares_of_k():
    workload = synthetic_workload(load_network("vgg7-cifar10"), SCHEMES["flightnn"], 5)
    k = np.concatenate([layer.k for layer in workload.layers if layer.k is not None])
    for terms, share in MIXED_K.items():
        # Four standard deviations of a share among so many filters.
        assert abs(np.mean(k == terms) - share) < 4 * np.sqrt(share * (1 - share) / k.size)
    for layer in workload.layers:
        if layer.weights is not None:
            assert not layer.weights[layer.k == 0].any()
    assert (workload.layers[-1].k > 0).all()
    assert "assumed" in workload.weights_origin and not workload.trained


@settings(derandomize=True, max_examples=40, deadline=None)
@given(
    name=st.sampled_from(SCHEME_NAMES),
    size=st.integers(1, 30000),
)
def test_a_code_table_is_symmetric_and_its_largest_value_is_near_one(name, size):
    scheme = SCHEMES[name]
    table = code_table(scheme, scheme.max_terms, size).astype(int)
    assert table.size == 1 << 16 and (np.diff(table) >= 0).all()
    # Two's complement has one value more below zero than above.
    inside = np.maximum(table, -table.max())
    assert np.array_equal(inside, -inside[::-1])
    if name != "binary":
        # A filter of `size` weights reaches about its 1 - 1/size quantile of |w|.
        reached = np.quantile(np.abs(table), 1 - 1 / max(size, 4)) / 2**scheme.fraction_bits
        assert 0.5 <= reached <= 1.25


def test_the_mean_of_a_window_is_exact_for_powers_of_two_and_nearest_otherwise():
    layers = {
        name: synthetic_workload(load_network(name), SCHEMES["fixed8"], 1)
        for name in ("resnet20-cifar10", "resnet18-imagenet")
    }
    eight = next(x for x in layers["resnet20-cifar10"].layers if "pool" in x.layer.operator)
    assert (eight.multiplier[0], eight.shift) == (1, 6)  # 8 x 8
    seven = next(x for x in layers["resnet18-imagenet"].layers if x.layer.operator == "global_pool")
    # 7 x 7: 2^20 / 49 = 21399.5 rounds to the even 21400, the most that fits 15 bits.
    assert (seven.multiplier[0], seven.shift) == (21400, 20)


def test_images_depend_on_their_number_and_the_seed_alone():
    network = load_network("digits")
    three, two = synthetic_images(network, 3, 9), synthetic_images(network, 2, 9)
    assert three.dtype == np.int16 and np.array_equal(three[:2], two)
    assert not np.array_equal(three[0], three[1])
    assert not np.array_equal(two, synthetic_images(network, 2, 10))
    assert three.min() >= 0 and three.max() <= 255


def test_a_negative_seed_is_refused():
    with pytest.raises(InputError, match="seed: -1 is negative"):
        synthetic_workload(load_network("lenet"), SCHEMES["fixed8"], -1)
    with pytest.raises(InputError, match="seed: -1 is negative"):
        synthetic_images(load_network("lenet"), 1, -1)


@pytest.mark.parametrize(
    ("network", "name"),
    [
        *(("resnet20-cifar10", name) for name in SCHEME_NAMES),
        ("mobilenet-v1", "lightnn1"),
        ("vgg7-cifar10", "binary"),
    ],
)
def test_activations_neither_die_nor_saturate(network, name):
    workload = synthetic_workload(load_network(network), SCHEMES[name], 2)
    values = infer(workload, synthetic_images(workload.network, 1, 4), keep="all")
    for layer in workload.layers:
        here, output = values[layer.layer.name], layer.output
        where = f"{network} {name} {layer.layer.name}"
        if output.bits == 1:
            assert 0.1 < np.mean(here > 0) < 0.95, where
        elif output.bits == 8:
            # relu zeroes half of a centred normal sum; three deviations reach the clamp.
            assert np.mean(here == 0) < 0.65, where
            assert np.mean(here == output.highest) < 0.03, where
            assert np.abs(here).max() > output.highest / 4, where
        else:
            assert np.unique(here).size > here.size // 2, where
