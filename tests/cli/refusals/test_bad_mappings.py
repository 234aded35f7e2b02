"""Malformed mapping files, and tilings that are not legal, through `lightsim run --mapping`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import assert_refused, lightsim, tree

GOOD = """\
[conv2]
m = 32
n = 16
r = 8
c = 8
order = "msn"
sort_filters = true
"""

# What is wrong, the file, and what the line has to name.
CASES = {
    "not TOML": ("[conv2", "map.toml", "not a TOML file"),
    "no table": ("conv2 = 3\n", "map.toml, [conv2]", "is 3", "a table with m, n, r, c"),
    "an accelerator": ('name = "mine"\n', "map.toml, [name]", "is 'mine'", "a table"),
    "unknown layer": (GOOD.replace("conv2", "conv22"), "map.toml", "layer 'conv22'", "'conv2'"),
    "layer of a fused pool": (GOOD.replace("conv2", "pool1"), "map.toml", "layer 'pool1'"),
    "odd layer": ('["two\\nlines"]\nm = 1\n', "map.toml, [two\\nlines]", "'n' is missing"),
    "unknown key": (GOOD.replace("order", "ordre"), "[conv2]", "'ordre'", "'order'"),
    "missing key": (GOOD.replace("r = 8\n", ""), "map.toml, [conv2]", "'r' is missing", "from 1"),
    "text": (GOOD.replace("m = 32", 'm = "32"'), "[conv2]: m is '32'", "a whole number from 1"),
    "float": (GOOD.replace("n = 16", "n = 16.0"), "[conv2]: n is 16.0", "a whole number from 1"),
    "boolean": (GOOD.replace("n = 16", "n = true"), "[conv2]: n is true", "a whole number"),
    "zero": (GOOD.replace("m = 32", "m = 0"), "[conv2]: m is 0", "a whole number from 1"),
    "negative": (GOOD.replace("c = 8", "c = -8"), "[conv2]: c is -8", "a whole number from 1"),
    "order": (GOOD.replace("msn", "mms"), "[conv2]: order is 'mms'", "msn, smn, mns, nms"),
    "sorting": (GOOD.replace("true", '"yes"'), "sort_filters is 'yes'", "true or false"),
    "Tm off the grain": (GOOD.replace("m = 32", "m = 24"), "map.toml: conv2", "Tm = 24", "32"),
    "Tm beyond": (GOOD.replace("m = 32", "m = 64"), "map.toml: conv2", "Tm = 64", "or 32"),
    "Tn beyond": (GOOD.replace("n = 16", "n = 160"), "Tn = 160 is not legal", "or 16"),
    "Tr off the pool": (GOOD.replace("r = 8", "r = 3"), "Tr = 3 is not legal", "multiples of 2"),
    "Tc beyond": (GOOD.replace("c = 8", "c = 10"), "Tc = 10 is not legal", "or 8"),
    "Tc enormous": (GOOD.replace("c = 8", f"c = {10**40}"), "[conv2]: c is 1000000", "below 2**63"),
    "Tb beyond": (GOOD + "b = 2\n", "map.toml: conv2", "Tb = 2 is not legal", "accepted: 1"),
}

ACCELERATOR = """\
name = "tight"
board = "zc706"
scheme = "flightnn"
port_bits = 128
psum_bytes = {psum}
[array]
columns = 16
pixels = 2
[[array.group]]
pe = "shift_add_serial"
rows = 16
[post]
lanes = 16
[input]
bytes_per_bank = {input}
[weight]
bytes_per_bank = {weight}
[residual]
bytes_per_bank = "8 KiB"
[output]
bytes_per_bank = {output}
"""
AMPLE = {"psum": 65536, "input": 65536, "weight": 65536, "output": 65536}


@pytest.fixture(autouse=True)
def _in_a_new_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("text", "words"), [(c[0], c[1:]) for c in CASES.values()], ids=CASES)
def test_a_malformed_mapping_is_refused(text: str, words: tuple[str, ...], tmp_path: Path):
    Path("map.toml").write_text(text)
    before = tree(tmp_path)
    ended = lightsim("run", "digits", "--mapping", "map.toml", "--output", "new")
    assert_refused(ended, 2, *words)
    assert tree(tmp_path) == before


def test_what_is_spoilt_above_is_good():
    for text in (GOOD, ""):
        Path("map.toml").write_text(text)
        ended = lightsim("run", "digits", "--mapping", "map.toml")
        assert (ended.code, ended.err) == (0, "")


@pytest.mark.parametrize(
    ("small", "tile", "words"),
    [
        # 8x8 pixels of two 16-byte words are 2048 bytes, and 4 of the 8 rows fit in half of it.
        ({"output": 256}, 'm = 32\nn = 16\nr = 8\nc = 8',
         ["needs 512 B of outputs", "'output' holds 256 B", "largest legal Tr is 4"]),
        # 8x8 pixels of one word are 1024 bytes; 2 rows of outputs read 4 rows, of 512 bytes.
        ({"input": 512}, 'm = 32\nn = 16\nr = 8\nc = 8',
         ["needs 1024 B of activations", "'input' holds 512 B", "largest legal Tr is 2"]),
        ({"weight": 2560}, 'm = 32\nn = 16\nr = 8\nc = 8',
         ["B of weights", "'weight' holds 2560 B", "largest legal Tm is 16"]),
    ],
)  # fmt: skip
def test_a_tile_beyond_a_buffer_names_the_largest_that_fits(
    small: dict[str, int], tile: str, words: list[str]
):
    Path("acc.toml").write_text(ACCELERATOR.format(**AMPLE | small))
    command = ("run", "digits", "--accelerator", "acc.toml", "--mapping", "map.toml")
    Path("map.toml").write_text(f"[conv2]\n{tile}\n")
    ended = lightsim(*command)
    assert_refused(ended, 2, "map.toml: conv2", *words)
    letter, size = words[-1][len("largest legal T") :].split(" is ")
    mended = "\n".join(
        f"{letter} = {size}" if line.startswith(f"{letter} =") else line
        for line in tile.splitlines()
    )
    Path("map.toml").write_text(f"[conv2]\n{mended}\n")
    assert lightsim(*command).code == 0


def test_partial_sums_beyond_their_memory_are_refused():
    Path("acc.toml").write_text(ACCELERATOR.format(**AMPLE | {"psum": 128}))
    Path("map.toml").write_text('[conv3]\nm = 32\nn = 16\nr = 4\nc = 4\norder = "nms"\n')
    ended = lightsim("run", "digits", "--accelerator", "acc.toml", "--mapping", "map.toml")
    assert_refused(ended, 2, "map.toml: conv3", "B of partial sums", "'psum' holds 128 B")
