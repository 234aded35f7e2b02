"""Keys and operators of other frameworks: what changes nothing passes, the rest is named."""

from __future__ import annotations

import pytest

from lightsim.errors import InputError
from lightsim.network.elsewhere import NOT_MODELLED, SAME
from lightsim.network.not_modelled import _KEYS
from lightsim.network.operators import OPERATORS
from lightsim.network.parsing import parse_network

HEAD = """
name = "n"
title = "t"
source = "s"
[input]
channels = 4
height = 8
width = 8
[[layer]]
name = "a"
"""
CONV = 'operator = "conv2d"\nfilters = 4\nkernel = 3\n'
POOL = 'operator = "average_pool"\nkernel = 2\n'
WIDE_POOL = 'operator = "average_pool"\nkernel = 3\nstride = 2\n'
DENSE = 'operator = "dense"\nfilters = 4\n'


def parsed(layer: str):
    return parse_network(HEAD + layer, "n.toml")


@pytest.mark.parametrize(
    ("layer", "line"),
    [
        (CONV, "dilation = 1"),
        (CONV, "dilation = [1, 1]"),
        (CONV, "dilations = [1, 1]"),
        (CONV, "output_padding = 0"),
        (CONV, "transposed = false"),
        (CONV, 'padding_mode = "zeros"'),
        (CONV, "act_bits = 8"),
        (POOL, "activation_bits = 8"),
        (CONV, "batch_norm = false"),
        (CONV, "dropout = 0"),
        (POOL, "ceil_mode = false"),
        (POOL, "count_include_pad = true"),
        (POOL, "count_include_pad = false"),
        (DENSE, "groups = 1"),
    ],
)
def test_what_changes_nothing_is_passed_over(layer: str, line: str):
    assert parsed(f"{layer}{line}\n") == parsed(layer)


@pytest.mark.parametrize(
    ("layer", "line", "answer"),
    [
        (CONV, "dilations = [2, 2]", "the key is dilation, of conv2d and conv1d alone"),
        (CONV, "dilation_rate = 2", "the key is dilation, of conv2d and conv1d alone"),
        (POOL, "dilation = 3", "dilation of a pooling is not modelled; accepted: 1"),
        (CONV, "output_padding = 1", "output_padding belongs to conv_transpose2d alone"),
        (CONV, 'padding_mode = "reflect"', "padding is with zeros alone; accepted: zeros"),
        (CONV, "ceil_mode = true", "ceil_mode belongs to poolings alone; accepted: false"),
        (WIDE_POOL, "ceil_mode = true", "ceil_mode lets windows of an average hang over"),
        (
            POOL, "padding = 1\ncount_include_pad = false",
            "padding counts in an average; accepted: true",
        ),
        (DENSE, "groups = 2", "groups belong to conv2d alone; accepted: 1"),
        (CONV, "alpha = 0.1", "a slope is not a key"),
        (CONV, "act_bits = 2", "the bits of activations are called activation_bits here"),
        (POOL, "activation_bits = 2", "its output has the bits of its input; accepted: 8"),
        (CONV, "weight_bits = 4", "the bits of weights are those of the scheme (scheme=...)"),
        (CONV, 'scheme = "fixed8"', "a scheme of its own is not modelled"),
        (CONV, "zero_point = 3", "zero points are not modelled; accepted: 0"),
        (CONV, 'activation = "relu6"', "unknown activation 'relu6'; here it is clipped_relu"),
        (CONV, 'activation = "LeakyReLU"', "here it is leaky_relu"),
        (CONV, 'activation = "PReLU"', "activation 'PReLU' is not modelled; accepted: none, relu"),
    ],
)  # fmt: skip
def test_what_would_change_something_is_named(layer: str, line: str, answer: str):
    with pytest.raises(InputError) as caught:
        parsed(f"{layer}{line}\n")
    assert answer in str(caught.value) and "did you mean" not in str(caught.value)


@pytest.mark.parametrize(
    ("operator", "answer"),
    [
        ("lstm", "operator 'lstm' is not modelled; accepted: conv2d, dense, max_pool"),
        ("MultiHeadAttention", "operator 'MultiHeadAttention' is not modelled"),
        ("nn.Upsample", "unknown operator 'nn.Upsample'; here it is upsample"),
        ("ConvTranspose2d", "here it is conv_transpose2d"),
        ("Deconvolution", "here it is conv_transpose2d"),
        ("Conv1d", "unknown operator 'Conv1d'; here it is conv1d"),
        ("torch.nn.MaxPool1d", "unknown operator 'torch.nn.MaxPool1d'"),
        ("MatMul", "unknown operator 'MatMul'; here it is matmul"),
        ("dilated_conv", "here it is conv2d with dilation"),
        ("channel_shuffle", "operator 'channel_shuffle' is not modelled"),
        ("Mul", "unknown operator 'Mul'; here it is multiply"),
        ("sigmoid", "unknown operator 'sigmoid'; here it is activation = "),
        ("layer_norm", "operator 'layer_norm' is not modelled"),
        ("Conv", "unknown operator 'Conv'; here it is conv2d"),
        ("Gemm", "unknown operator 'Gemm'; here it is dense"),
        ("MaxPool2d", "unknown operator 'MaxPool2d'; here it is max_pool"),
        ("relu", 'here it is activation = "relu" in the layer before'),
        ("BatchNorm2d", "batch normalisation is part of bias and multiplier"),
        ("conv2dd", "unknown operator 'conv2dd'; did you mean 'conv2d'?"),
    ],
)
def test_operators_of_other_frameworks(operator: str, answer: str):
    with pytest.raises(InputError) as caught:
        parsed(f'operator = "{operator}"\n')
    assert answer in str(caught.value)


def test_the_tables_name_no_operator_or_key_that_is_modelled():
    plain = {name.replace("_", "") for name in OPERATORS}
    assert not plain & set(NOT_MODELLED)
    assert not set(NOT_MODELLED) & set(SAME)
    for key, (operators, _, _) in _KEYS.items():
        for operator in operators:
            assert key not in OPERATORS[operator].entry.model_fields, (key, operator)
