"""Every way we could think of to write a network file wrongly, and the answer to each."""

# ruff: noqa: E501 - the answers stand on one line each, as the user reads them.

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lightsim.errors import InputError
from lightsim.network import load_network
from lightsim.network.entries import Entry, InputEntry, NetworkEntry
from lightsim.network.operators import OPERATORS
from lightsim.network.parsing import parse_network

HEAD = 'name = "n"\ntitle = "t"\nsource = "s"\n'
IMAGE = "[input]\nchannels = 4\nheight = 8\nwidth = 8\n"
CONV = '[[layer]]\nname = "a"\noperator = "conv2d"\nfilters = 8\nkernel = 3\n'
DENSE = '[[layer]]\nname = "z"\noperator = "dense"\nfilters = 10\n'
SUM = '[[layer]]\nname = "s"\noperator = "add"\n'
POOL = '[[layer]]\nname = "p"\noperator = "max_pool"\n'

# What is wrong, the file's text, and what the error says after the file's name.
MALFORMED = [
    (
        "syntax",
        'name = "n"\ntitle "t"\n',
        ": not a TOML file: Expected '=' after a key in a key/value pair (at line 2, column 7)",
    ),
    ("truncated", 'name = "n', ": not a TOML file: Unterminated string (at end of document)"),
    (
        "impossible date",
        "name = 2026-13-40\n",
        ": not a TOML file: Expected newline or end of document after a statement (at line 1, column 12)",
    ),
    (
        "empty file",
        "",
        ": key 'name' is missing; it takes up to 64 letters, digits, '_', '-' and '.', a letter or digit first",
    ),
    (
        "no source",
        'name = "n"\ntitle = "t"\n' + IMAGE + DENSE,
        ": key 'source' is missing; it takes a text that is not empty",
    ),
    (
        "blank source",
        'name = "n"\ntitle = "t"\nsource = " "\n' + IMAGE + DENSE,
        ": source is ' '; accepted: a text that is not empty",
    ),
    (
        "name with a slash",
        'name = "../n"\ntitle = "t"\nsource = "s"\n' + IMAGE + DENSE,
        ": name is '../n'; accepted: up to 64 letters, digits, '_', '-' and '.', a letter or digit first",
    ),
    (
        "misspelt table",
        HEAD + IMAGE + DENSE.replace("[[layer]]", "[[layers]]"),
        ": unknown key 'layers'; did you mean 'layer'?",
    ),
    (
        "unknown key far from any",
        "colour = 1\n" + HEAD + IMAGE + DENSE,
        ": unknown key 'colour'; known: binary_activations, input, layer, name, outputs, source, title, trained",
    ),
    (
        "text for a flag",
        HEAD + 'binary_activations = "yes"\n' + IMAGE + DENSE,
        ": binary_activations is 'yes'; accepted: true or false",
    ),
    ("no input table", HEAD + DENSE, ": key 'input' is missing; it takes a table [input]"),
    ("input is a number", HEAD + "input = 3\n" + DENSE, ": input is 3; accepted: a table [input]"),
    (
        "input without width",
        HEAD + "[input]\nchannels = 1\nheight = 8\n" + DENSE,
        ", [input]: key 'width' is missing; it takes a whole number from 1 to 65536",
    ),
    (
        "zero channels",
        HEAD + IMAGE.replace("4", "0") + DENSE,
        ", [input]: channels is 0; accepted: a whole number from 1 to 65536",
    ),
    ("bits", HEAD + IMAGE + "bits = 4\n" + DENSE, ", [input]: bits is 4; accepted: 1 or 8"),
    (
        "no layers",
        HEAD + IMAGE,
        ": key 'layer' is missing; it takes one [[layer]] block for each layer",
    ),
    (
        "empty layers",
        HEAD + "layer = []\n" + IMAGE,
        ": layer is []; accepted: one [[layer]] block for each layer",
    ),
    (
        "one table for all layers",
        HEAD + IMAGE + DENSE.replace("[[layer]]", "[layer]"),
        ": layer is a table; accepted: one [[layer]] block for each layer",
    ),
    (
        "no operator",
        HEAD + IMAGE + '[[layer]]\nname = "a"\nfilters = 3\n',
        ", layer 'a': key 'operator' is missing; it takes one of conv2d, dense, max_pool, average_pool, global_pool, add, concat, flatten, reorganise",
    ),
    (
        "operator is a number",
        HEAD + IMAGE + '[[layer]]\nname = "a"\noperator = 3\n',
        ", layer 'a': operator is 3; accepted: one of conv2d, dense, max_pool, average_pool, global_pool, add, concat, flatten, reorganise",
    ),
    (
        "misspelt operator",
        HEAD + IMAGE + CONV.replace("conv2d", "conv2"),
        ", layer 'a': unknown operator 'conv2'; did you mean 'conv2d'?",
    ),
    (
        "operator of elsewhere",
        HEAD + IMAGE + CONV.replace("conv2d", "lstm"),
        ", layer 'a': operator 'lstm' is not modelled; accepted: conv2d, dense, max_pool, average_pool, global_pool, add, concat, flatten, reorganise",
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
        ", layer 'p' (max_pool): unknown key 'filters'; known: input, kernel, name, operator, padding, stride",
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
        HEAD + IMAGE + CONV + 'activation = "gelu"\n',
        ", layer 'a' (conv2d): activation 'gelu' is not modelled; accepted: none, relu or sign",
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
        "name over two lines",
        HEAD + IMAGE + CONV + '"kernel\\nsize" = 3\n',
        ", layer 'a' (conv2d): unknown key 'kernel\\nsize'; did you mean 'kernel'?",
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
    (
        "true for a number of bits",
        HEAD + IMAGE + "bits = true\n" + DENSE,
        ", [input]: bits is true; accepted: 1 or 8",
    ),
    (
        "fraction for a number of bits",
        HEAD + IMAGE + "bits = 8.0\n" + DENSE,
        ", [input]: bits is 8.0; accepted: 1 or 8",
    ),
    (
        "number for an input's name",
        HEAD + IMAGE + CONV + "input = 3\n",
        ", layer 'a' (conv2d): input is 3; accepted: the name of an earlier layer, or 'input'",
    ),
    (
        "key given twice",
        HEAD + IMAGE + CONV + "kernel = 3\n",
        ": not a TOML file: Cannot overwrite a value (at line 13, column 11)",
    ),
    (
        "true for a count",
        HEAD + IMAGE + CONV.replace("8", "true"),
        ", layer 'a' (conv2d): filters is true; accepted: a whole number from 1 to 65536",
    ),
    (
        "nested beyond reason",
        HEAD + IMAGE + "layer = " + "[" * 3000,
        ": not a TOML file: nested too deeply",
    ),
]


@pytest.mark.parametrize(
    ("text", "answer"), [row[1:] for row in MALFORMED], ids=[row[0] for row in MALFORMED]
)
def test_a_malformed_file_is_answered_in_one_line(text: str, answer: str):
    with pytest.raises(InputError) as refusal:
        parse_network(text, "net.toml")
    assert str(refusal.value) == "net.toml" + answer
    assert "\n" not in str(refusal.value)
    assert refusal.value.exit_code == 2


def test_the_pieces_of_the_malformed_files_are_sound_by_themselves():
    network = parse_network(HEAD + IMAGE + CONV + POOL + "kernel = 2\n" + DENSE, "net.toml")
    assert [str(layer.output_shape) for layer in network.layers] == ["8x6x6", "8x3x3", "10x1x1"]


def _entries() -> list[type[Entry]]:
    return [NetworkEntry, InputEntry, *(row.entry for row in OPERATORS.values())]


def test_every_key_says_what_it_accepts():
    for entry in _entries():
        for key, field in entry.model_fields.items():
            assert field.description, f"{entry.__name__}.{key}"


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("lenett", "network: unknown network 'lenett'; did you mean 'lenet'?"),
        ("LeNet", "network: unknown network 'LeNet'; did you mean 'lenet'?"),
        ("resnet18", "network: unknown network 'resnet18'; did you mean 'resnet18-cifar10'?"),
        (
            "none.toml",
            "none.toml: cannot be read (no such file or directory); accepted: a .toml file",
        ),
        ("folder.toml", "folder.toml: cannot be read (is a directory); accepted: a .toml file"),
        ("latin.toml", "latin.toml: byte 8 is not UTF-8; accepted: a TOML file in UTF-8"),
        ("net.txt", "net.txt: not the name of a network file; accepted: a .toml file"),
    ],
)
def test_a_network_that_cannot_be_found_or_read(
    name: str, answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe9"')
    (tmp_path / "net.txt").write_text(HEAD)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as refusal:
        load_network(name)
    assert str(refusal.value) == answer


def test_an_unknown_name_far_from_any_lists_all():
    with pytest.raises(InputError, match=r"unknown network 'zzz'; known: alexnet, .*, yolov2$"):
        load_network("zzz")


def test_a_file_is_loaded_by_its_path(tmp_path: Path):
    path = tmp_path / "own.toml"
    path.write_text(HEAD + IMAGE + DENSE)
    assert load_network(path) == load_network(os.fspath(path))
