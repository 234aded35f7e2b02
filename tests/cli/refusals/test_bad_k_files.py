"""k files, right and wrong, through `lightsim run --k`."""

from __future__ import annotations

import json

import pytest

from tests.cli.command import assert_refused, lightsim, tree

GOOD = '[k]\nconv1 = "21021021"\nconv2 = "112112"\ndense = "2222211111"\n'

# What is wrong, the file, and what the line has to name.
CASES = {
    "not TOML": ("[k", "k.toml", "not a TOML file"),
    "no table": ('weights = "fixed8"\n', "k.toml", "has no table [k]", 'conv1 = "2110..."'),
    "unknown key": ("ka = 1\n" + GOOD, "k.toml", "unknown key 'ka'", "'k'"),
    "a digit": (GOOD.replace("112112", "112115"), "[k] conv2", "'112115'", "0, 1, 2 or more"),
    "more terms": (
        GOOD.replace("112112", "112113"),
        "k.toml: k of layer 'conv2'",
        "from 1 to 3",
        "0, 1 or 2",
    ),
    "a list": (GOOD.replace('"112112"', "[1, 1]"), "[k] conv2", "is [1, 1]", "a text"),
    "too few": (GOOD.replace("112112", "1121"), "k.toml: k of layer 'conv2'", "4 values", "6"),
    "a layer too many": (GOOD + 'conv3 = "1"\n', "k.toml: k", "layer 'conv3'", "'conv2'"),
    "a layer missing": (GOOD.replace("conv2", "#"), "k of layer 'conv2'", "is missing", "6 digits"),
    "unknown weights": ('weights = "fixd8"\n' + GOOD, "scheme 'fixd8'", "'fixed8'"),
    "weights of another unit": ('weights = "binary"\n' + GOOD, "not in units of 2**-7", "fixed8"),
    "weights a number": ("weights = 8\n" + GOOD, "k.toml: weights", "is 8", "a scheme"),
}


@pytest.mark.parametrize("case", CASES)
def test_refused(case, tmp_path):
    text, *named = CASES[case]
    file = tmp_path / "k.toml"
    file.write_text(text)
    before = tree(tmp_path)
    ended = lightsim("run", "digits-small", "--k", str(file))
    assert_refused(ended, 2, *named)
    assert tree(tmp_path) == before


def test_no_such_file(tmp_path):
    ended = lightsim("run", "digits-small", "--k", str(tmp_path / "no.toml"))
    assert_refused(ended, 2, "no.toml")


def test_only_flightnn_has_k_per_filter(tmp_path):
    file = tmp_path / "k.toml"
    file.write_text(GOOD)
    ended = lightsim("run", "digits-small", "--scheme", "fixed8", "--k", str(file))
    assert_refused(ended, 2, "--k", "'fixed8'", "flightnn")


def test_the_k_of_the_file_is_run(tmp_path):
    file = tmp_path / "k.toml"
    file.write_text(GOOD)
    ended = lightsim("run", "digits-small", "--k", str(file), "--json")
    assert ended.code == 0
    report = json.loads(ended.out)
    assert report["bit_exact"]
    assert [layer["k"] for layer in report["layers"]] == [
        {"0": 2, "1": 3, "2": 3},
        {"0": 0, "1": 4, "2": 2},
        {"0": 0, "1": 5, "2": 5},
    ]
    assert "fixed8 rounded to k terms per filter" in report["weights_origin"]
