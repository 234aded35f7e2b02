"""Inference equals the naive network bit for bit, in the bits that its sums need."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lightsim.errors import InputError
from lightsim.network import load_network
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation import (
    accumulator_bits,
    check_accumulators,
    infer,
    quantise,
    synthetic_images,
    synthetic_workload,
)
from tests.quantisation.naive import naive_network
from tests.quantisation.networks import EVERY_OPERATOR, EVERY_SIGN, convolution, dense, network

SCHEME_NAMES = sorted(SCHEMES)
SHIFTED = [name for name in SCHEME_NAMES if SCHEMES[name].is_shift_add]
NETWORKS = {
    "every operator": network(EVERY_OPERATOR),
    "every sign": network(EVERY_SIGN, image=(2, 6, 5), signed=True),
    "one-bit input": network(EVERY_SIGN, image=(2, 6, 5), bits=1, signed=True),
}


def _check_equal(workload, images, **rules):
    values = infer(workload, images, keep="all", **rules)
    naive = naive_network(workload, images, **{"overflow": "wrap", **_naive(rules)})
    assert list(values) == list(naive)
    for name, here in values.items():
        raw = workload.layer(name).output.bits == 32
        assert here.dtype == (np.int32 if raw else np.int16)
        shape = workload.layer(name).layer.output_shape
        assert here.shape == (len(images), shape.channels, shape.height, shape.width)
        assert here.tolist() == naive[name], name


def _naive(rules):
    names = {"accumulator_bits": "bits", "accumulation": "accumulation", "overflow": "overflow"}
    return {names[key]: value for key, value in rules.items()}


@pytest.mark.parametrize("name", SCHEME_NAMES)
@pytest.mark.parametrize("kind", NETWORKS)
def test_every_operator_under_every_scheme(kind, name):
    workload = synthetic_workload(NETWORKS[kind], SCHEMES[name], 11)
    _check_equal(workload, synthetic_images(workload.network, 2, 12))


@pytest.mark.parametrize("name", SHIFTED)
@pytest.mark.parametrize("kind", NETWORKS)
def test_truncated_terms_under_every_shifted_scheme(kind, name):
    workload = synthetic_workload(NETWORKS[kind], SCHEMES[name], 13)
    images = synthetic_images(workload.network, 1, 14)
    _check_equal(workload, images, accumulation="truncate")


@pytest.mark.parametrize("overflow", ["wrap", "saturate"])
@pytest.mark.parametrize("accumulation", ["exact", "truncate"])
def test_narrow_accumulators(overflow, accumulation):
    workload = synthetic_workload(NETWORKS["every operator"], SCHEMES["flightnn"], 15)
    needed = max(accumulator_bits(workload, accumulation).values())
    images = synthetic_images(workload.network, 1, 16)
    rules = {"accumulator_bits": needed - 8, "overflow": overflow, "accumulation": accumulation}
    _check_equal(workload, images, **rules)
    wide = infer(workload, images, accumulation=accumulation)
    assert not np.array_equal(infer(workload, images, **rules), wide)


@st.composite
def _cases(draw):
    """One convolution of any geometry in front of a dense layer."""
    groups, inner, outer = (draw(st.integers(1, 3)) for _ in range(3))
    high, wide = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    edges = [draw(st.integers(0, 2)) for _ in range(4)]
    kernel = [
        draw(st.integers(1, min(4, high + edges[0] + edges[2]))),
        draw(st.integers(1, min(4, wide + edges[1] + edges[3]))),
    ]
    layer = convolution(
        groups * outer,
        kernel,
        stride=[draw(st.integers(1, 3)), draw(st.integers(1, 3))],
        padding=edges,
        groups=groups,
        activation=draw(st.sampled_from(["none", "relu", "sign"])),
    )
    bits = draw(st.sampled_from([1, 8]))
    signed = bits == 1 or draw(st.booleans())
    small = network([layer, dense()], image=(groups * inner, high, wide), bits=bits, signed=signed)
    name = draw(st.sampled_from(SCHEME_NAMES))
    seed = draw(st.integers(0, 2**32))
    return synthetic_workload(small, SCHEMES[name], seed), seed


@settings(derandomize=True, max_examples=120, deadline=None)
@given(_cases(), st.booleans())
def test_convolutions_of_any_geometry(case, truncate):
    workload, seed = case
    kind = "truncate" if truncate and workload.scheme.is_shift_add else "exact"
    _check_equal(workload, synthetic_images(workload.network, 2, seed), accumulation=kind)


@pytest.mark.parametrize("rounding", ["floor", "half_even", "half_away", "toward_zero"])
def test_every_layer_rounds_as_it_says(rounding):
    workload = synthetic_workload(NETWORKS["every operator"], SCHEMES["fixed4"], 17)
    layers = tuple(replace(layer, rounding=rounding) for layer in workload.layers)
    workload = replace(workload, layers=layers)
    _check_equal(workload, synthetic_images(workload.network, 1, 18))


def test_images_of_a_batch_do_not_see_each_other():
    workload = quantise(load_network("resnet20-cifar10"), SCHEMES["flightnn"], 3)
    images = synthetic_images(workload.network, 3, 4)
    together = infer(workload, images)
    alone = [infer(workload, images[number : number + 1]) for number in range(3)]
    assert np.array_equal(together, np.concatenate(alone))
    assert np.array_equal(together, infer(workload, images))
    assert not np.array_equal(together[0], together[1])
    other = quantise(workload.network, SCHEMES["flightnn"], 5)
    assert not np.array_equal(together, infer(other, images))


def test_keep_returns_the_named_layers_alone():
    workload = synthetic_workload(NETWORKS["every operator"], SCHEMES["lightnn2"], 1)
    images = synthetic_images(workload.network, 1, 1)
    values = infer(workload, images, keep="all")
    some = infer(workload, images, keep=["joined", "first"])
    assert list(some) == ["first", "joined"]
    assert np.array_equal(some["joined"], values["joined"])
    assert np.array_equal(infer(workload, images), values["scores"])
    with pytest.raises(InputError, match="unknown layer 'frist'; did you mean 'first'"):
        infer(workload, images, keep=["frist"])


@settings(derandomize=True, max_examples=60, deadline=None)
@given(_cases(), st.sampled_from(["exact", "truncate"]))
def test_the_worst_image_fits_the_bits_asked_for_and_no_fewer(case, kind):
    workload, seed = case
    assume(kind == "exact" or workload.scheme.is_shift_add)
    inputs, filters = 1 + seed % 9, 1 + seed % 3
    element = workload.input_type
    small = network(
        [dense(filters, name="only")],
        image=(inputs, 1, 1),
        bits=element.bits,
        signed=element.signed,
    )
    workload = synthetic_workload(small, workload.scheme, seed)
    bits = accumulator_bits(workload, kind)["only"]
    assume(bits > 2)
    check_accumulators(workload, bits, kind)
    with pytest.raises(InputError, match=f"need {bits} bits"):
        check_accumulators(workload, bits - 1, kind)
    # One image for each filter and direction drives it to its worst sum.
    signs = np.sign(workload.layers[0].weights[:, :, 0, 0])
    images = np.where(np.concatenate((signs, -signs)) > 0, element.highest, element.lowest)
    images = images.astype(np.int16)[:, :, None, None]
    sums = infer(workload, images, accumulation=kind)
    for width, same in ((bits, True), (bits - 1, False)):
        held = infer(
            workload, images, accumulator_bits=width, overflow="saturate", accumulation=kind
        )
        if kind == "exact":
            assert np.array_equal(held, sums) == same
        elif same:
            assert np.array_equal(held, sums)


@pytest.mark.parametrize("name", SCHEME_NAMES)
def test_trained_weights_are_chosen_where_they_exist_and_computed_exactly(name):
    workload = quantise(load_network("digits-small"), SCHEMES[name], 1)
    assert workload.trained and workload.weights_origin.startswith("trained")
    _check_equal(workload, workload.held_out.images[:3])
    assert not quantise(load_network("cnv"), SCHEMES[name], 1).trained
