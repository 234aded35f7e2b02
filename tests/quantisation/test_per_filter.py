"""Filters rounded to k terms each: the integers they become, and that they are the best ones."""

from __future__ import annotations

import numpy as np
import pytest

from lightsim.errors import InputError
from lightsim.network import load_network
from lightsim.numerics.formats.flightnn import FLIGHTNN
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.numerics.formats.table import codec
from lightsim.quantisation import accuracy, quantise
from lightsim.quantisation.calibration import calibration_images, input_means
from lightsim.quantisation.inference.infer import infer
from lightsim.quantisation.per_filter import (
    FilterTerms,
    quantise_with_k,
    round_filters,
    with_k,
)
from tests.quantisation.networks import EVERY_OPERATOR, network

FIXED8 = SCHEMES["fixed8"]


def mixed(workload, last=2):
    """k = 0, 1, 2 in turn in every layer, but `last` in the last one."""
    k = {
        layer.layer.name: (np.arange(len(layer.weights)) % 3).astype(np.int8)
        for layer in workload.layers
        if layer.weights is not None
    }
    name = list(k)[-1]
    k[name] = np.full(len(k[name]), last, np.int8)
    return k


def test_every_filter_has_its_terms():
    reference = quantise(network(EVERY_OPERATOR), FIXED8, 3)
    k = mixed(reference)
    workload = with_k(reference, round_filters(reference, calibration_images(reference)), k)
    assert workload.scheme.name == "flightnn"
    for layer in workload.layers:
        if layer.weights is not None:
            codes = FLIGHTNN.encode_values(layer.weights, k=k[layer.layer.name])
            assert (FLIGHTNN.terms_used(codes) <= k[layer.layer.name]).all()
            assert layer.k.tolist() == k[layer.layer.name].tolist()
            assert 1 <= layer.multiplier.min() <= layer.multiplier.max() <= 32767
    assert infer(workload, calibration_images(reference)[:2]).shape[0] == 2


def test_the_raw_layer_keeps_its_unit():
    """Without a multiplier the sums are compared as they are: weights go to the nearest value."""
    reference = quantise(load_network("digits-small"), FIXED8, 0)
    rounded = round_filters(reference, calibration_images(reference))
    last = reference.layers[-1]
    reachable = np.array([0, *(sign << m for m in range(1, 8) for sign in (1, -1))])
    distance = np.abs(last.weights[..., None].astype(np.int64) - reachable).min(axis=-1)
    one = rounded[last.layer.name].weights[1]
    assert (np.abs(last.weights.astype(np.int64) - one) == distance).all()
    assert (rounded[last.layer.name].multiplier[1] == last.multiplier).all()


def test_a_pruned_filter_is_its_mean():
    """The bias of a pruned filter is its mean sum on the images that calibrate, worked out here
    by running the reference's layer; all 128 images of 64 positions, to half a unit."""
    reference = quantise(load_network("digits-small"), FIXED8, 0)
    images = calibration_images(reference)
    first = reference.layers[0]
    padded = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1))).astype(np.int64)
    sums = np.zeros(len(first.weights))
    for y in range(8):
        for x in range(8):
            patch = padded[:, :, y : y + 3, x : x + 3].reshape(len(images), -1)
            sums += (patch @ first.weights.reshape(len(sums), -1).T.astype(np.int64)).sum(axis=0)
    wanted = first.bias + sums / (len(images) * 64)
    rounded = round_filters(reference, images)["conv1"]
    # The bias stands in the units of the filter's step, between 0.7 and 1.4.
    step = rounded.multiplier[0] / first.multiplier
    assert np.abs(rounded.bias[0] * step - wanted).max() < 0.01 * np.abs(wanted).max() + 1


def test_means_are_those_of_the_inputs():
    reference = quantise(network(EVERY_OPERATOR), FIXED8, 3)
    images = calibration_images(reference)[:3]
    means = input_means(reference, images)
    tensors = {"input": images, **infer(reference, images, overflow="wrap", keep="all")}
    for layer in reference.layers:
        if layer.layer.operator == "dense":
            values = tensors[layer.layer.inputs[0]].reshape(3, -1).mean(axis=0)
            assert np.allclose(means[layer.layer.name][0], values)
        elif layer.weights is not None:
            groups, size = means[layer.layer.name].shape
            assert (groups, size) == (layer.layer.groups, layer.weights[0].size)


@pytest.mark.parametrize(("name", "least"), [("digits", 0.98), ("digits-small", 0.93)])
def test_accuracy_survives(name, least):
    """Held-out accuracies measured once: 98.9 % and 97.8 % at two terms, 98.6 % and 93.9 % at
    one, with weights that were trained for eight bits and not again."""
    net = load_network(name)
    reference = quantise(net, FIXED8, 0)
    rounded = round_filters(reference, calibration_images(reference))
    for terms, wanted in ((2, accuracy(reference, reference.held_out)), (1, least)):
        k = {layer: np.full(len(own.bias[0]), terms, np.int8) for layer, own in rounded.items()}
        assert accuracy(with_k(reference, rounded, k), reference.held_out) >= wanted


def test_the_same_every_time():
    net = load_network("digits-small")
    k = mixed(quantise(net, FIXED8, 0))
    first, second = (quantise_with_k(net, FilterTerms(k), 0) for _ in range(2))
    for one, other in zip(first.layers, second.layers, strict=True):
        if one.weights is not None:
            assert np.array_equal(one.weights, other.weights)
            assert np.array_equal(one.bias, other.bias)
            assert np.array_equal(one.multiplier, other.multiplier)
    assert first.weights_origin.endswith("fixed8 rounded to k terms per filter")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda k: k.pop("conv2"), "k of layer 'conv2': is missing; 6 digits 0, 1 or 2"),
        (lambda k: k.update(conv2=np.ones(5, np.int8)), "5 values; 6, one a filter"),
        (lambda k: k.update(conv2=np.full(6, 3, np.int8)), "values from 3 to 3; 0, 1 or 2"),
        (lambda k: k.update(conv9=np.ones(5, np.int8)), "unknown layer 'conv9'"),
    ],
)
def test_what_is_refused(change, message):
    net = load_network("digits-small")
    k = mixed(quantise(net, FIXED8, 0))
    change(k)
    with pytest.raises(InputError) as refused:
        quantise_with_k(net, FilterTerms(k), 0)
    assert message in str(refused.value)


def test_only_weights_in_the_same_unit_are_rounded():
    net = load_network("digits-small")
    k = mixed(quantise(net, FIXED8, 0))
    with pytest.raises(InputError, match="not in units of"):
        quantise_with_k(net, FilterTerms(k, "fixed4"), 0)


@pytest.mark.parametrize("name", ["flightnn1", "flightnn3", "flightnn-m0to3"])
def test_other_members_are_rounded_to_as_many_terms_as_they_have(name):
    net, to = network(EVERY_OPERATOR), SCHEMES[name]
    reference = quantise(net, FIXED8, 3)
    rng = np.random.default_rng(1)
    k = {
        layer.layer.name: rng.integers(0, to.max_terms + 1, len(layer.weights)).astype(np.int8)
        for layer in reference.layers
        if layer.weights is not None
    }
    found = quantise_with_k(net, FilterTerms(k), 3, to)
    assert found.scheme is to
    for layer in found.layers:
        if layer.weights is None:
            continue
        own = codec(name)
        codes = own.encode_values(layer.weights, k=layer.k)
        assert layer.scheme is to and (own.terms_used(codes) <= layer.k).all()
        assert (layer.k == k[layer.layer.name]).all()
    first = next(iter(k))
    with pytest.raises(InputError, match=f"values from 0 to {to.max_terms + 1}"):
        wrong = np.zeros(len(k[first]), np.int8)
        wrong[0] = to.max_terms + 1
        quantise_with_k(net, FilterTerms(k | {first: wrong}), 3, to)
