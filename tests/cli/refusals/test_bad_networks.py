"""Malformed network files through `lightsim run`: one line each, and nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import assert_refused, lightsim, tree

HEAD = 'name = "n"\ntitle = "t"\nsource = "s"\n'
IMAGE = "[input]\nchannels = 4\nheight = 8\nwidth = 8\n"


def layer(name: str, operator: str, more: str = "") -> str:
    return f'[[layer]]\nname = "{name}"\noperator = "{operator}"\n{more}\n'


CONV = layer("a", "conv2d", "filters = 8\nkernel = 3")
DENSE = layer("z", "dense", "filters = 10")
GOOD = HEAD + IMAGE + CONV + DENSE

# What is wrong, the file, and what the line has to name.
CASES = {
    "empty": ("", "n.toml", "key 'name' is missing"),
    "not TOML": ('name = "n', "n.toml", "not a TOML file"),
    "garbage": ("\x00\x01 \u2603", "n.toml", "not a TOML file"),
    "only unicode": ("\u2603 = 1\n", "n.toml", "not a TOML file"),
    "deep": ("a = " + "[" * 5000, "n.toml", "nested too deeply"),
    "unknown key": (GOOD.replace("title", "titel"), "unknown key 'titel'", "'title'"),
    "odd key": (GOOD.replace("title", '"ti\\ntle"'), "unknown key 'ti\\ntle'", "'title'"),
    "no layers": (HEAD + IMAGE, "n.toml", "layer"),
    "no input": (HEAD + CONV + DENSE, "key 'input' is missing"),
    "no source": (GOOD.replace('source = "s"\n', ""), "key 'source' is missing"),
    "input a number": ("input = 3\n" + HEAD + CONV, "input is 3"),
    "no weights": (HEAD + IMAGE + layer("p", "max_pool", "kernel = 2"), "no layer with weights"),
    "zero channels": (GOOD.replace("channels = 4", "channels = 0"), "[input]", "channels is 0"),
    "float height": (GOOD.replace("height = 8", "height = 8.5"), "height is 8.5"),
    "text width": (GOOD.replace("width = 8", 'width = "8"'), "width is '8'", "whole number"),
    "9-bit input": (GOOD.replace("width = 8", "width = 8\nbits = 9"), "bits is 9", "1 to 8"),
    "zero stride": (
        GOOD.replace("kernel = 3", "kernel = 3\nstride = 0"), "layer 'a'", "stride is 0", "1 to",
    ),
    "negative stride": (GOOD.replace("kernel = 3", "kernel = 3\nstride = -1"), "stride is -1"),
    "no kernel": (GOOD.replace("kernel = 3\n", ""), "layer 'a'", "'kernel' is missing"),
    "misspelt kernel": (GOOD.replace("kernel", "kernal"), "unknown key 'kernal'", "'kernel'"),
    "three sides": (GOOD.replace("kernel = 3", "kernel = [3, 3, 3]"), "layer 'a'", "[3, 3, 3]"),
    "kernel beyond image": (GOOD.replace("kernel = 3", "kernel = 9"), "layer 'a'", "9x9", "8x8"),
    "negative padding": (GOOD.replace("kernel = 3", "kernel = 3\npadding = -1"), "padding is -1"),
    "groups": (GOOD.replace("kernel = 3", "kernel = 3\ngroups = 3"), "layer 'a'", "groups"),
    "filters in groups": (
        GOOD.replace("kernel = 3", "kernel = 3\ngroups = 4").replace("filters = 8", "filters = 6"),
        "layer 'a'", "6",
    ),
    "boolean filters": (GOOD.replace("filters = 8", "filters = true"), "filters is true"),
    "no filters": (GOOD.replace("filters = 8", "filters = 0"), "filters is 0", "1 to"),
    "k in the file": (GOOD.replace("kernel = 3", "kernel = 3\nk = 3"), "the k of filters is not"),
    "operator": (GOOD.replace("conv2d", "conv3d"), "'conv3d' is not modelled", "conv2d, dense"),
    "operator's case": (GOOD.replace("conv2d", "CONV2D"), "operator 'CONV2D'", "conv2d"),
    "no operator": (GOOD.replace('operator = "dense"\n', ""), "layer 'z'", "conv2d, dense"),
    "activation": (
        GOOD.replace("kernel = 3", 'kernel = 3\nactivation = "softmax"'), "'softmax'", "none, relu",
    ),
    "same name": (HEAD + IMAGE + CONV + CONV, "layer 'a'", "an earlier layer"),
    "named input": (GOOD.replace('"z"', '"input"'), "the network's input"),
    "unknown input": (GOOD + layer("y", "dense", 'filters = 2\ninput = "zz"'), "input 'zz'", "'z'"),
    "reads itself": (GOOD + layer("y", "dense", 'filters = 2\ninput = "y"'), "its own output"),
    "reads a later one": (
        GOOD.replace("kernel = 3", 'kernel = 3\ninput = "z"'), "layer 'a'", "comes later",
    ),
    "unread": (
        'outputs = ["y"]\n' + GOOD + layer("y", "dense", 'filters = 2\ninput = "a"'),
        "layer 'z'", "no later layer",
    ),
    "add of two shapes": (
        GOOD.replace(DENSE, layer("b", "conv2d", "filters = 4\nkernel = 3"))
        + layer("s", "add", 'inputs = ["a", "b"]'), "layer 's'", "8x6x6", "4x4x4",
    ),
    "add of one": (GOOD + layer("s", "add", 'inputs = ["a"]'), "layer 's'", "inputs"),
    "concat of two sizes": (
        GOOD.replace(DENSE, layer("b", "conv2d", "filters = 4\nkernel = 3"))
        + layer("s", "concat", 'inputs = ["a", "b"]'), "layer 's'", "6x6", "4x4",
    ),
    "pool beyond image": (
        GOOD.replace(DENSE, layer("p", "max_pool", "kernel = 7")), "layer 'p'", "7x7", "6x6",
    ),
    "pool without stride": (
        GOOD.replace(DENSE, layer("p", "max_pool", "kernel = 2\nstride = 0")), "stride is 0",
    ),
    "too many parameters": (
        GOOD.replace("filters = 10", "filters = 65536").replace("filters = 8", "filters = 8192"),
        "layer 'z'", "parameters", "accepted: at most",
    ),
    "too large an image": (
        GOOD.replace("height = 8", "height = 65536").replace("width = 8", "width = 65536")
        .replace(DENSE, layer("g", "global_pool")), "n:", "activations", "accepted: at most",
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _in_a_new_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("text", "words"), [(c[0], c[1:]) for c in CASES.values()], ids=CASES)
def test_a_malformed_network_is_refused(text: str, words: tuple[str, ...], tmp_path: Path):
    Path("n.toml").write_text(text, encoding="utf-8")
    before = tree(tmp_path)
    assert_refused(lightsim("run", "n.toml", "--output", "new"), 2, *words)
    assert tree(tmp_path) == before


def test_what_is_spoilt_above_is_good():
    Path("n.toml").write_text(GOOD)
    ended = lightsim("run", "n.toml")
    assert (ended.code, ended.err) == (0, "")


def test_a_mean_of_signs_is_refused_under_binary_alone():
    pool = layer("g", "global_pool")
    relu = CONV.replace("kernel = 3", 'kernel = 3\nactivation = "relu"')
    Path("n.toml").write_text(HEAD + "binary_activations = true\n" + IMAGE + relu + pool + DENSE)
    ended = lightsim("run", "n.toml", "--scheme", "binary", "--output", "new")
    assert_refused(ended, 2, "layer 'g'", "1-bit activations", "use max_pool")
    assert not Path("new").exists()
    assert lightsim("run", "n.toml").code == 0


@pytest.mark.parametrize("option", ["", "--accelerator", "--board", "--mapping"])
def test_files_that_are_none_are_refused_wherever_a_file_is_named(option: str, tmp_path: Path):
    Path("folder.toml").mkdir()
    Path("binary.toml").write_bytes(b"\xff\xfe\x00\x01")
    before = tree(tmp_path)
    for name, words in {
        "folder.toml": "is a directory",
        "binary.toml": "utf-8",
        "missing.toml": "no such file",
    }.items():
        arguments = ["digits-small", option, name] if option else [name]
        ended = lightsim("run", *arguments, "--output", "new")
        assert_refused(ended, 2, f"error: {name}: ")
        assert words in ended.err.lower()
    assert tree(tmp_path) == before
