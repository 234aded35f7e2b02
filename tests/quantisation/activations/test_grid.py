"""The grid of activations: 1 to 8 bits, signed or not, by every scheme, both requantisations.

Every activation meets every code word of a scheme: one input channel, a pixel for each value, a
filter for each code word. So the products of small widths are exhausted, and every sum is
requantised in both ways, by every rounding in turn.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from lightsim.errors import InputError
from lightsim.network.tensor import ElementType
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.numerics.formats.table import codec
from lightsim.numerics.sums.requantise import ROUNDINGS, Rescaling
from lightsim.numerics.sums.thresholds import thresholds_of
from lightsim.quantisation.inference.infer import infer
from lightsim.quantisation.stored.saving import save_trained
from lightsim.quantisation.stored.trained import load_trained
from lightsim.quantisation.synthetic.workload import synthetic_images, synthetic_workload
from lightsim.quantisation.workload import QuantisedLayer, Workload
from lightsim.quantisation.zero_points import with_input_zero_point, with_output_zero_point
from tests import reference
from tests.numerics.oracle import run, serves
from tests.quantisation.activations.thresholds import counted
from tests.quantisation.naive import naive_network
from tests.quantisation.networks import convolution, dense, network

WIDTHS = [(1, True), *product(range(2, 9), (False, True))]
MEMBERS = list(product(sorted(SCHEMES), WIDTHS))


def values_of(element):
    if element.is_sign:
        return [-1, 1]
    return list(range(element.lowest, element.highest + 1))


def every_product(scheme, bits, signed, output):
    """A layer whose filters are all code words of a scheme, and all values of its input."""
    element = ElementType(bits, signed)
    codes = codec(scheme).representable.astype(np.int16)
    values = np.array(values_of(element), np.int16)
    net = network([convolution(len(codes), 1, name="all")], image=(1, 1, len(values)))
    net = replace(net, input_bits=bits, input_signed=signed)
    row = SCHEMES[scheme]
    k = np.full(len(codes), row.max_terms, np.int8)
    layer = QuantisedLayer(
        net.layers[0], (element,), output, output.lowest, output.highest, row,
        codes.reshape(-1, 1, 1, 1), k, np.arange(len(codes), dtype=np.int32) % 5 - 2,
    )  # fmt: skip
    return Workload(net, row, (layer,), "every product", False), values.reshape(1, 1, 1, -1)


def outputs(workload, images):
    return infer(workload, images, overflow="wrap")[0, :, 0]


def test_there_are_as_many_members_as_asked_for():
    assert len(MEMBERS) >= 90


@pytest.mark.parametrize(("scheme", "width"), MEMBERS, ids=str)
def test_every_product_and_both_requantisations(scheme, width):
    bits, signed = width
    raw, images = every_product(scheme, bits, signed, ElementType(32, True))
    codes = codec(scheme).representable.tolist()
    assert sorted(set(reference.VALUES[scheme])) == codes
    values, bias = images.ravel().tolist(), raw.layers[0].bias.tolist()
    sums = [[start + w * x for x in values] for w, start in zip(codes, bias, strict=True)]
    assert outputs(raw, images).tolist() == sums
    rounding = ROUNDINGS[(bits + len(codes)) % len(ROUNDINGS)]
    multiplier, shift = 11, max(1, 5 + SCHEMES[scheme].fraction_bits - bits)
    for out in (ElementType(bits, False), ElementType(bits, True)) if bits > 1 else ():
        scaled = replace(
            raw.layers[0], output=out, lowest=out.lowest, highest=out.highest, shift=shift,
            rounding=rounding, multiplier=np.full(len(codes), multiplier, np.int32),
        )  # fmt: skip
        rule = Rescaling(scaled.multiplier, shift, rounding, out.lowest, out.highest)
        counted = replace(
            scaled, thresholds=thresholds_of(rule), multiplier=np.ones(1, np.int32), shift=0
        )
        expected = [
            [
                reference.requantise(acc, multiplier, shift, rounding, out.lowest, out.highest)
                for acc in row
            ]
            for row in sums
        ]
        for layer in (scaled, counted):
            assert outputs(replace(raw, layers=(layer,)), images).tolist() == expected


@pytest.mark.parametrize(("bits", "signed"), [width for width in WIDTHS if width[0] > 1])
def test_onnx_runtime_gives_the_same_sums(bits, signed):
    if bits == 8 and not serves("ConvInteger"):
        pytest.skip("ONNX Runtime saturates sums of bytes on this processor")
    net = network([convolution(6, [2, 3], name="all")], image=(5, 6, 7))
    net = replace(net, input_bits=bits, input_signed=signed)
    workload = synthetic_workload(net, SCHEMES["fixed4"], 3)
    images = synthetic_images(net, 3, 3)
    found = infer(workload, images)
    zero = 128 if signed else 0
    sums = run(
        "ConvInteger", (images + zero).astype(np.uint8),
        workload.layers[0].weights.astype(np.int8), np.uint8(zero), np.int8(0),
    )  # fmt: skip
    assert (found == sums + workload.layers[0].bias[:, None, None]).all()


CHAIN = [
    convolution(6, name="a", padding=1, activation="relu", activation_bits=2),
    convolution(6, name="b", depthwise=True, activation_bits=4),
    convolution(6, 1, name="c", groups=2, activation="relu", activation_bits=3),
    dense(4, name="scores"),
]


def counted_workload(seed=0, scheme="lightnn2"):
    return counted(synthetic_workload(network(CHAIN), SCHEMES[scheme], seed), seed)


@pytest.mark.parametrize("overflow", ["wrap", "saturate"])
def test_thresholds_of_a_network_equal_the_specification(overflow):
    workload = counted_workload()
    images = synthetic_images(workload.network, 2, 1)
    found = infer(workload, images, accumulator_bits=14, overflow=overflow, keep="all")
    expected = naive_network(workload, images, bits=14, overflow=overflow)
    assert {name: values.tolist() for name, values in found.items()} == expected
    assert len(np.unique(found["b"])) > 2


def test_thresholds_are_stored_and_read(tmp_path):
    workload = counted_workload()
    path = save_trained([workload], tmp_path, provenance="a test")
    from lightsim.network.zoo import load_network

    read = load_trained(load_network(path), workload.scheme)
    images = synthetic_images(workload.network, 2, 1)
    assert (infer(read, images) == infer(workload, images)).all()
    assert (read.layer("b").thresholds == workload.layer("b").thresholds).all()


def test_thresholds_of_another_number_are_refused():
    q = counted_workload().layer("b")
    with pytest.raises(InputError, match="thresholds is 14 a filter; accepted: 15, from -8 to 7"):
        replace(q, thresholds=q.thresholds[:, 1:])


def test_truncating_sums_have_no_thresholds():
    workload = counted_workload()
    with pytest.raises(InputError, match="which are of exact sums"):
        infer(workload, synthetic_images(workload.network, 1, 0), accumulation="truncate")


@pytest.mark.parametrize("zero_point", [1, 3, 7, -2])
def test_zero_points_are_folded_exactly(zero_point):
    net = network([convolution(5, name="a", activation_bits=4), dense(4, name="z")])
    workload = synthetic_workload(net, SCHEMES["fixed8"], 0)
    images = synthetic_images(net, 2, 0) // 2 + 8
    q = workload.layers[0]
    moved = with_input_zero_point(q, zero_point)
    plain = infer(replace(workload, layers=(q, *workload.layers[1:])), images - zero_point,
                  overflow="wrap", keep=["a"])  # fmt: skip
    folded = infer(replace(workload, layers=(moved, *workload.layers[1:])), images,
                   overflow="wrap", keep=["a"])  # fmt: skip
    assert (plain["a"] == folded["a"]).all()
    # Of the output: the wider clamp of the layer alone tells what is added to.
    wide = ElementType(8, True)
    open_layer = replace(q, output=wide, lowest=-128, highest=127)
    given = infer(replace(workload, layers=(open_layer, *workload.layers[1:])), images,
                  overflow="wrap", keep=["a"])["a"]  # fmt: skip
    out = with_output_zero_point(q, zero_point)
    found = infer(replace(workload, layers=(out, *workload.layers[1:])), images,
                  overflow="wrap", keep=["a"])["a"]  # fmt: skip
    assert (found == np.clip(given + zero_point, q.lowest, q.highest)).all()


def test_zero_points_that_cannot_be_folded_say_why():
    net = network(
        [
            convolution(4, name="a", padding=1),
            {"name": "p", "operator": "max_pool", "kernel": 2},
            dense(name="z"),
        ]
    )
    padded, pool, last = synthetic_workload(net, SCHEMES["fixed8"], 0).layers
    for call, told in (
        (lambda: with_input_zero_point(padded, 3), "layer 'a': pads activations with zero point 3"),
        (lambda: with_input_zero_point(pool, 3), "layer 'p': reads activations with zero point 3"),
        (lambda: with_output_zero_point(last, 3), "layer 'z': gives activations with zero point"),
    ):
        with pytest.raises(InputError) as caught:
            call()
        assert str(caught.value).startswith(told)
    assert with_input_zero_point(padded, 0) is padded
