"""Layers that do not join: names, order, outputs and shapes, and the answer to each."""

# ruff: noqa: E501 - the answers stand on one line each, as the user reads them.

from __future__ import annotations

import pytest

from tests.network.pieces import CONV, DENSE, HEAD, IMAGE, SUM, assert_answered

# What is wrong, the file's text, and what the error says after the file's name.
MALFORMED = [
    (
        "duplicate name",
        HEAD + IMAGE + CONV + CONV,
        ", layer 'a': 'a' is the name of an earlier layer; accepted: a new name",
    ),
    (
        "layer called input",
        HEAD + IMAGE + CONV.replace('"a"', '"input"'),
        ", layer 'input': 'input' is the name of the network's input; accepted: a new name",
    ),
    (
        "unknown input",
        HEAD
        + IMAGE
        + CONV
        + '[[layer]]\nname = "z"\noperator = "dense"\nfilters = 10\ninput = "aa"\n',
        ", layer 'z': unknown input 'aa'; did you mean 'a'?",
    ),
    (
        "forward reference",
        HEAD + IMAGE + CONV + 'input = "z"\n' + DENSE,
        ", layer 'a': reads 'z', which comes later; accepted: layers after their inputs",
    ),
    (
        "own output",
        HEAD + IMAGE + CONV + 'input = "a"\n',
        ", layer 'a': reads its own output; accepted: the name of an earlier layer",
    ),
    (
        "unread layer",
        HEAD + 'outputs = ["z"]\n' + IMAGE + CONV + DENSE + 'input = "input"\n',
        ", layer 'a': no later layer reads its output; accepted: its name in outputs, or a layer that reads it",
    ),
    (
        "unknown output",
        HEAD + 'outputs = ["z", "aa"]\n' + IMAGE + CONV + DENSE,
        ", outputs: unknown layer 'aa'; did you mean 'a'?",
    ),
    (
        "output twice",
        HEAD + 'outputs = ["z", "z"]\n' + IMAGE + CONV + DENSE,
        ", outputs: names 'z' twice; accepted: every layer once",
    ),
    (
        "no output",
        HEAD + "outputs = []\n" + IMAGE + CONV + DENSE,
        ": outputs is []; accepted: a list of names of layers",
    ),
    (
        "input as output",
        HEAD + 'outputs = ["z", "input"]\n' + IMAGE + CONV + DENSE,
        ", outputs: unknown layer 'input'; known: a, z",
    ),
    (
        "add of one",
        HEAD + IMAGE + CONV + SUM + 'inputs = ["a"]\n',
        ", layer 's' (add): inputs is ['a']; accepted: a list of two names of earlier layers",
    ),
    (
        "add of three",
        HEAD + IMAGE + CONV + SUM + 'inputs = ["a", "a", "a"]\n',
        ", layer 's' (add): inputs is ['a', 'a', 'a']; accepted: a list of two names of earlier layers",
    ),
    (
        "add without inputs",
        HEAD + IMAGE + CONV + SUM,
        ", layer 's' (add): key 'inputs' is missing; it takes a list of two names of earlier layers",
    ),
    (
        "add of two shapes",
        HEAD + IMAGE + CONV + SUM + 'inputs = ["a", "input"]\n',
        ", layer 's': adds 'a' of 8x6x6 to 'input' of 4x8x8; accepted: two inputs of one shape",
    ),
    (
        "concat of two sizes",
        HEAD
        + IMAGE
        + CONV
        + '[[layer]]\nname = "s"\noperator = "concat"\ninputs = ["a", "input"]\n',
        ", layer 's': joins 'a' of 8x6x6 with 'input' of 4x8x8; accepted: inputs of 6x6",
    ),
    (
        "reorganise an odd side",
        HEAD
        + IMAGE
        + CONV
        + 'padding = [0, 0, 1, 0]\n[[layer]]\nname = "r"\noperator = "reorganise"\n',
        ", layer 'r': stride 2 does not divide the input of 7x6; accepted: a stride that divides both sides",
    ),
    (
        "add of two heights",
        HEAD
        + IMAGE
        + CONV
        + "padding = [0, 0, 1, 0]\n"
        + CONV.replace('"a"', '"b"')
        + 'input = "input"\n'
        + SUM
        + 'inputs = ["a", "b"]\n',
        ", layer 's': adds 'a' of 8x7x6 to 'b' of 8x6x6; accepted: two inputs of one shape",
    ),
    (
        "add of two widths",
        HEAD
        + IMAGE
        + CONV
        + "padding = [0, 1, 0, 0]\n"
        + CONV.replace('"a"', '"b"')
        + 'input = "input"\n'
        + SUM
        + 'inputs = ["a", "b"]\n',
        ", layer 's': adds 'a' of 8x6x7 to 'b' of 8x6x6; accepted: two inputs of one shape",
    ),
    (
        "reorganise an odd width",
        HEAD
        + IMAGE
        + CONV
        + 'padding = [0, 0, 0, 1]\n[[layer]]\nname = "r"\noperator = "reorganise"\n',
        ", layer 'r': stride 2 does not divide the input of 6x7; accepted: a stride that divides both sides",
    ),
]


@pytest.mark.parametrize(
    ("text", "answer"), [row[1:] for row in MALFORMED], ids=[row[0] for row in MALFORMED]
)
def test_a_malformed_graph_is_answered_in_one_line(text: str, answer: str):
    assert_answered(text, answer)
