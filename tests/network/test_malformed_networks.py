"""Network files that are wrong as a whole, in their header or their image."""

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
from tests.network.pieces import CONV, DENSE, HEAD, IMAGE, POOL, assert_answered

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
        ": unknown key 'colour'; known: activation_bits, binary_activations, input, layer, name, outputs, source, title, trained",
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
    (
        "bits",
        HEAD + IMAGE + "bits = 9\n" + DENSE,
        ", [input]: bits is 9; accepted: a whole number from 1 to 8",
    ),
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
        "true for a number of bits",
        HEAD + IMAGE + "bits = true\n" + DENSE,
        ", [input]: bits is true; accepted: a whole number from 1 to 8",
    ),
    (
        "fraction for a number of bits",
        HEAD + IMAGE + "bits = 8.0\n" + DENSE,
        ", [input]: bits is 8.0; accepted: a whole number from 1 to 8",
    ),
    (
        "key given twice",
        HEAD + IMAGE + CONV + "kernel = 3\n",
        ": not a TOML file: Cannot overwrite a value (at line 13, column 11)",
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
    assert_answered(text, answer)


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
