"""Every way we could think of to write a layer wrongly, and the answer to each."""

# ruff: noqa: E501 - the answers stand on one line each, as the user reads them.

from __future__ import annotations

from typing import get_args

import pytest

from lightsim.network.activations import Activation
from lightsim.network.operators import OPERATORS
from tests.network.pieces import CONV, DENSE, HEAD, IMAGE, POOL, assert_answered

# What is wrong, the file's text, and what the error says after the file's name.
MALFORMED = [
    (
        "no operator",
        HEAD + IMAGE + '[[layer]]\nname = "a"\nfilters = 3\n',
        ", layer 'a': key 'operator' is missing; it takes one of " + ", ".join(OPERATORS),
    ),
    (
        "operator is a number",
        HEAD + IMAGE + '[[layer]]\nname = "a"\noperator = 3\n',
        ", layer 'a': operator is 3; accepted: one of " + ", ".join(OPERATORS),
    ),
    (
        "misspelt operator",
        HEAD + IMAGE + CONV.replace("conv2d", "conv2"),
        ", layer 'a': unknown operator 'conv2'; did you mean 'conv2d'?",
    ),
    (
        "operator of elsewhere",
        HEAD + IMAGE + CONV.replace("conv2d", "lstm"),
        ", layer 'a': operator 'lstm' is not modelled; accepted: " + ", ".join(OPERATORS),
    ),
    (
        "no name",
        HEAD + IMAGE + '[[layer]]\noperator = "flatten"\n',
        ", layer 1 (flatten): key 'name' is missing; it takes up to 64 letters, digits, '_', '-' and '.', a letter or digit first",
    ),
    (
        "name is a number",
        HEAD + IMAGE + CONV.replace('"a"', "7"),
        ", layer 1 (conv2d): name is 7; accepted: up to 64 letters, digits, '_', '-' and '.', a letter or digit first",
    ),
    (
        "misspelt key",
        HEAD + IMAGE + CONV.replace("kernel", "kernal"),
        ", layer 'a' (conv2d): unknown key 'kernal'; did you mean 'kernel'?",
    ),
    (
        "key of another operator",
        HEAD + IMAGE + POOL + "kernel = 2\nfilters = 8\n" + DENSE,
        ", layer 'p' (max_pool): unknown key 'filters'; known: ceil_mode, input, kernel, name, operator, padding, stride",
    ),
    (
        "two inputs where one is read",
        HEAD + IMAGE + CONV + 'inputs = ["input"]\n',
        ", layer 'a' (conv2d): unknown key 'inputs'; did you mean 'input'?",
    ),
    (
        "missing filters",
        HEAD + IMAGE + CONV.replace("filters = 8\n", ""),
        ", layer 'a' (conv2d): key 'filters' is missing; it takes a whole number from 1 to 65536",
    ),
    (
        "kernel as text",
        HEAD + IMAGE + CONV.replace("3", '"3x3"'),
        ", layer 'a' (conv2d): kernel is '3x3'; accepted: a whole number from 1 to 65536, or [height, width]",
    ),
    (
        "kernel with a fraction",
        HEAD + IMAGE + CONV.replace("kernel = 3", "kernel = 3.0"),
        ", layer 'a' (conv2d): kernel is 3.0; accepted: a whole number from 1 to 65536, or [height, width]",
    ),
    (
        "kernel true",
        HEAD + IMAGE + CONV.replace("kernel = 3", "kernel = true"),
        ", layer 'a' (conv2d): kernel is true; accepted: a whole number from 1 to 65536, or [height, width]",
    ),
    (
        "three-sided kernel",
        HEAD + IMAGE + CONV.replace("kernel = 3", "kernel = [3, 3, 3]"),
        ", layer 'a' (conv2d): kernel is [3, 3, 3]; accepted: a whole number from 1 to 65536, or [height, width]",
    ),
    (
        "zero stride",
        HEAD + IMAGE + CONV + "stride = 0\n",
        ", layer 'a' (conv2d): stride is 0; accepted: a whole number from 1 to 65536, or [height, width]",
    ),
    (
        "negative stride",
        HEAD + IMAGE + CONV + "stride = [1, -2]\n",
        ", layer 'a' (conv2d): stride is [1, -2]; accepted: a whole number from 1 to 65536, or [height, width]",
    ),
    (
        "zero stride of a pool",
        HEAD + IMAGE + POOL + "kernel = 2\nstride = 0\n" + DENSE,
        ", layer 'p' (max_pool): stride is 0; accepted: a whole number from 1 to 65536, or [height, width]",
    ),
    (
        "padding by a word",
        HEAD + IMAGE + CONV + 'padding = "valid"\n',
        ", layer 'a' (conv2d): padding is 'valid'; accepted: 0 to 65536, 'same', or [top, left, bottom, right]",
    ),
    (
        "negative padding",
        HEAD + IMAGE + CONV + "padding = -1\n",
        ", layer 'a' (conv2d): padding is -1; accepted: 0 to 65536, 'same', or [top, left, bottom, right]",
    ),
    (
        "two-sided padding",
        HEAD + IMAGE + CONV + "padding = [1, 1]\n",
        ", layer 'a' (conv2d): padding is [1, 1]; accepted: 0 to 65536, 'same', or [top, left, bottom, right]",
    ),
    (
        "too many filters",
        HEAD + IMAGE + CONV.replace("8", "1000000"),
        ", layer 'a' (conv2d): filters is 1000000; accepted: a whole number from 1 to 65536",
    ),
    (
        "unknown activation",
        HEAD + IMAGE + CONV + 'activation = "half"\n',
        ", layer 'a' (conv2d): activation is 'half'; accepted: " + ", ".join(get_args(Activation)),
    ),
    (
        "zero groups",
        HEAD + IMAGE + CONV + "groups = 0\n",
        ", layer 'a' (conv2d): groups is 0; accepted: a whole number from 1 to 65536",
    ),
    (
        "groups against channels",
        HEAD + IMAGE + CONV + "groups = 3\n",
        ", layer 'a': 3 groups do not divide 4 input channels; accepted: a divisor of 4 input channels and 8 filters",
    ),
    (
        "groups against filters",
        HEAD + IMAGE + CONV.replace("8", "6") + "groups = 4\n",
        ", layer 'a': 4 groups do not divide 6 filters; accepted: a divisor of 4 input channels and 6 filters",
    ),
    (
        "depthwise against filters",
        HEAD + IMAGE + CONV.replace("8", "6") + "depthwise = true\n",
        ", layer 'a': 4 groups do not divide 6 filters; accepted: filters that are a multiple of 4",
    ),
    (
        "depthwise and groups",
        HEAD + IMAGE + CONV + "depthwise = true\ngroups = 2\n",
        ", layer 'a': depthwise is true and groups is 2; accepted: one of the two (depthwise means groups = 4 here)",
    ),
    (
        "kernel beyond the image",
        HEAD + IMAGE + CONV.replace("= 3", "= 9"),
        ", layer 'a': kernel 9x9 is larger than the padded input 8x8; accepted: a kernel of at most 8x8, or more padding",
    ),
    (
        "kernel beyond the padded image",
        HEAD + IMAGE + CONV.replace("= 3", "= [3, 11]") + "padding = 1\n",
        ", layer 'a': kernel 3x11 is larger than the padded input 10x10; accepted: a kernel of at most 10x10, or more padding",
    ),
    (
        "pool of padding",
        HEAD + IMAGE + POOL + "kernel = 2\npadding = [0, 0, 2, 0]\n" + DENSE,
        ", layer 'p': padding 0,0,2,0 leaves windows of padding alone under a kernel of 2x2; accepted: at most 1 above and below, 1 left and right",
    ),
    (
        "name over two lines",
        HEAD + IMAGE + CONV + '"kernel\\nsize" = 3\n',
        ", layer 'a' (conv2d): unknown key 'kernel\\nsize'; did you mean 'kernel'?",
    ),
    (
        "number for an input's name",
        HEAD + IMAGE + CONV + "input = 3\n",
        ", layer 'a' (conv2d): input is 3; accepted: the name of an earlier layer, or 'input'",
    ),
    (
        "true for a count",
        HEAD + IMAGE + CONV.replace("8", "true"),
        ", layer 'a' (conv2d): filters is true; accepted: a whole number from 1 to 65536",
    ),
]


@pytest.mark.parametrize(
    ("text", "answer"), [row[1:] for row in MALFORMED], ids=[row[0] for row in MALFORMED]
)
def test_a_malformed_layer_is_answered_in_one_line(text: str, answer: str):
    assert_answered(text, answer)
