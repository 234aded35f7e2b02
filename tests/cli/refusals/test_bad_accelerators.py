"""Malformed and unfitting accelerators and boards through `lightsim run`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lightsim.hardware.catalogue import BOARDS as CATALOGUE
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.description.file import dump_accelerator
from lightsim.tiled.estimation import default_accelerator
from tests.cli.command import assert_refused, lightsim, tree

GOOD = """\
name = "mine"
board = "zc706"
scheme = "flightnn"
clock = "150 MHz"
port_bits = 128
ports = [["input", "weight"], ["residual", "output"]]
psum_bytes = "64 KiB"
[array]
columns = 16
pixels = 2
[[array.group]]
pe = "shift_add_serial"
rows = 16
[accumulator]
bits = 32
overflow = "refuse"
[post]
lanes = 16
[input]
bytes_per_bank = "16 KiB"
[weight]
bytes_per_bank = "64 KiB"
[residual]
bytes_per_bank = "8 KiB"
[output]
bytes_per_bank = "4 KiB"
"""

BOARD = """\
name = "my-board"
title = "t"
source = "made up"
clock = "100 MHz"
port_bits = 128
port_count = 2
[device]
name = "d"
dsp_type = "DSP48E1"
lut = 120000
ff = 120000
dsp = 200
bram36 = 130
[memory]
part = "ddr3-1066-x32"
channels = 1
"""

FIXED8 = (("flightnn", "fixed8"), ("shift_add_serial", "multiply_dsp"))
TRUNCATE = ('"refuse"', '"wrap"\naccumulation = "truncate"')

# What is wrong, the replacements in the good file, and what the line has to name.
CASES = {
    "unknown key": ([("psum_bytes", "psum_byte")], "acc.toml", "'psum_byte'", "'psum_bytes'"),
    "unknown table": ([("[post]", "[past]")], "acc.toml", "'past'", "'post'"),
    "unknown key in a table": ([("lanes", "lane")], "acc.toml", "[post]", "'lane'", "'lanes'"),
    "no array": ([("[array]\n", "[arrays]\n")], "acc.toml", "'arrays'", "'array'"),
    "text rows": ([("rows = 16", 'rows = "16"')], "rows is '16'", "a whole number"),
    "no rows": ([("rows = 16", "rows = 0")], "rows is 0", "from 1 to"),
    "negative pixels": ([("pixels = 2", "pixels = -1")], "pixels is -1", "from 1 to 64"),
    "huge array": ([("rows = 16", "rows = 999999999999")], "rows is 999999999999"),
    "columns against the word": (
        [("columns = 16", "columns = 24")], "columns is 24", "divisor or a multiple of the 16",
    ),
    "few columns": ([("columns = 16", "columns = 3")], "columns is 3", "128-bit word"),
    "unknown PE kind": (
        [("shift_add_serial", "shift_add_seriel")], "acc.toml", "'shift_add_seriel'",
        "'shift_add_serial'",
    ),
    "PE kind against scheme": (
        [("flightnn", "fixed8")], "acc.toml", "shift_add_serial cannot run fixed8",
        "accepted: multiply_dsp, multiply_lut",
    ),
    "XNOR of 8-bit weights": (
        [("shift_add_serial", "xnor_popcount")], "xnor_popcount cannot run flightnn",
    ),
    "unknown scheme": ([("flightnn", "flytnn")], "scheme 'flytnn'", "'flightnn'"),
    "no scheme": ([('scheme = "flightnn"\n', "")], "key 'scheme' is missing"),
    "unknown board": ([("zc706", "zc607")], "acc.toml", "board 'zc607'", "'zc706'"),
    "clock zero": ([('"150 MHz"', "0")], "clock is 0", '"150 MHz"'),
    "clock without unit": ([('"150 MHz"', '"150"')], "clock is '150'", '"150 MHz"'),
    "clock too fast": ([('"150 MHz"', '"9 GHz"')], "clock is 9000000000 Hz", "1 MHz to 2 GHz"),
    "clock in what should be MHz": ([('"150 MHz"', "150")], "clock is 150 Hz", "1 MHz to 2 GHz"),
    "odd port": ([("port_bits = 128", "port_bits = 100")], "port_bits is 100", "power of two"),
    "narrow port": ([("port_bits = 128", "port_bits = 16")], "port_bits is 16", "from 32 to 1024"),
    "stream twice": ([('"residual"', '"input"')], "'input' is on 2 ports", "exactly one"),
    "stream missing": ([('"residual", ', "")], "'residual' is missing", "exactly one"),
    "unknown stream": ([('"residual"', '"residuel"')], "'residuel'", "'residual'"),
    "empty port": ([('["residual", "output"]', "[]")], "port 2 is without streams"),
    "accumulator too wide": ([("bits = 32", "bits = 64")], "bits is 64", "from 8 to 32"),
    "accumulator too narrow": (
        [("bits = 32", "bits = 8")], "layer 'conv2', filter", "bits, the accumulator has 8",
        "use at least",
    ),
    "unknown overflow": ([('"refuse"', '"explode"')], "'explode'", "refuse, wrap or saturate"),
    "truncation of products": (
        [*FIXED8, TRUNCATE], "layer 'conv1'", "'truncate'", "'fixed8'", "use accumulation 'exact'",
    ),
    "truncation on multipliers": (
        [FIXED8[1], TRUNCATE], "conv1", "'truncate' on PE kind 'multiply_dsp'",
        "shift_add_serial, shift_add_spatial",
    ),
    "shift-only requantisation": (
        [("[post]", '[post]\nrequantise = "shift"')], "conv1", "multiplier", '"multiply"',
    ),
    "no post lanes": ([("lanes = 16", "lanes = 0")], "post lanes is 0", "a power of two from 1 to"),
    "half a word": ([('"16 KiB"', "100")], "input bytes_per_bank is 100", "16 bytes"),
    "three banks": ([('"16 KiB"', '"16 KiB"\nbanks = 3')], "input banks is 3", "from 1 to 2"),
    "size in kB": ([('"16 KiB"', '"16 kB"')], "bytes_per_bank is '16 kB'", '"64 KiB"'),
    "less than a step": ([('"64 KiB"\n[residual]', "16\n[residual]")], "weight", "at least"),
    "input buffer too small": (
        [('"16 KiB"', "64")], "conv1", "smallest tile", "needs", "buffer 'input' holds 64 B",
    ),
    "weight buffer too small": (
        [('"64 KiB"\n[residual]', "1024\n[residual]")], "conv2", "B of weights",
        "buffer 'weight' holds 1024 B",
    ),
    "output buffer too small": (
        [('"4 KiB"', "16")], "dense", "B of outputs", "buffer 'output' holds 16 B",
    ),
    "psum below a word": ([('psum_bytes = "64 KiB"', "psum_bytes = 1")], "psum_bytes is 1", "128"),
    "request": ([("psum_bytes", "request_bytes = 100\npsum_bytes")], "request_bytes is 100"),
    "no requests": ([("psum_bytes", "outstanding = 0\npsum_bytes")], "outstanding is 0"),
    "unknown memory": (
        [("[post]", '[memory]\npart = "ddr3-1600-x46"\n[post]')], "ddr3-1600-x46", "ddr3-1600-x64",
    ),
    "half an ideal memory": (
        [("[post]", "[memory]\nlatency_cycles = 3\n[post]")], "[memory]", "'bytes_per_cycle'",
    ),
    "no board and no memory": ([('board = "zc706"\n', "")], "[memory] is missing", "zc706"),
    "a network": (
        [(GOOD, 'name = "n"\n[input]\nchannels = 3\n')], "acc.toml", "key 'scheme' is missing",
    ),
}  # fmt: skip

BOARDS = {
    "unknown device": ([("[device]", 'device = "XC7Z046"\n[x]')], "board.toml"),
    "catalogue's name": ([('"my-board"', '"zc706"')], "board.toml", "'zc706'", "a new name"),
    "DSP type": ([("DSP48E1", "DSP48")], "board.toml, [device]", "dsp_type is 'DSP48'", "DSP48E2"),
    "negative LUTs": ([("lut = 120000", "lut = -1")], "lut is -1", "0 or more"),
    "unknown memory": ([("ddr3-1066-x32", "ddr5")], "board.toml", "ddr5"),
    "five ports": ([("port_count = 2", "port_count = 5")], "port_count is 5", "1 to 4"),
    "port width": ([("port_bits = 128", "port_bits = 8")], "port_bits is 8", "from 32 to 1024"),
    "channels": ([("channels = 1", "channels = 0")], "channels is 0", "from 1 to 64"),
    "no clock": ([('clock = "100 MHz"\n', "")], "key 'clock' is missing", "MHz"),
    "slow clock": ([('"100 MHz"', "100")], "board.toml: clock is 100 Hz", "1 MHz to 2 GHz"),
    "no source": ([('source = "made up"', 'source = " "')], "source is ' '"),
}


def spoilt(text: str, replacements: list[tuple[str, str]]) -> str:
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.fixture(autouse=True)
def _in_a_new_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_malformed_accelerator_is_refused(case: tuple, tmp_path: Path):
    replacements, *words = case
    Path("acc.toml").write_text(spoilt(GOOD, replacements))
    before = tree(tmp_path)
    arguments = ("run", "digits-small", "--accelerator", "acc.toml", "--output", "new")
    assert_refused(lightsim(*arguments), 2, *words)
    assert tree(tmp_path) == before


@pytest.mark.parametrize("case", BOARDS.values(), ids=BOARDS)
def test_a_malformed_board_is_refused(case: tuple, tmp_path: Path):
    replacements, *words = case
    Path("board.toml").write_text(spoilt(BOARD, replacements))
    before = tree(tmp_path)
    arguments = ("run", "digits-small", "--board", "board.toml", "--output", "new")
    assert_refused(lightsim(*arguments), 2, *words)
    assert tree(tmp_path) == before


def test_what_is_spoilt_above_is_good():
    Path("acc.toml").write_text(GOOD)
    Path("board.toml").write_text(BOARD)
    assert lightsim("run", "digits-small", "--accelerator", "acc.toml")[::2] == (0, "")
    assert lightsim("run", "digits-small", "--board", "board.toml")[::2] == (0, "")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--board", "zcu102"], ["acc.toml", "'zc706'", "'zcu102'", "accepted: the same board"]),
        (["--board", "zcu103"], ["--board", "'zcu103'", "'zcu10"]),
        (["--scheme", "fixed8"], ["--scheme", "'fixed8'", "'flightnn'", "or no --scheme"]),
        (["--scheme", "fixed9"], ["--scheme", "'fixed9'", "did you mean 'fixed8'?"]),
    ],
)
def test_an_option_against_the_file_is_refused(options: list[str], words: list[str]):
    Path("acc.toml").write_text(GOOD)
    ended = lightsim("run", "digits-small", "--accelerator", "acc.toml", *options)
    assert_refused(ended, 2, *words)


def test_a_16_bit_accumulator_is_refused_for_vgg7_with_the_bits_it_needs(tmp_path: Path):
    Path("acc.toml").write_text(GOOD.replace("bits = 32", "bits = 16"))
    ended = lightsim("run", "vgg7-cifar10", "--accelerator", "acc.toml", "--output", "new")
    assert_refused(ended, 2, "layer 'dense', filter", "need 26 bits, the accumulator has 16",
                   "use at least 26 bits, or overflow 'wrap' or 'saturate'")  # fmt: skip
    assert not Path("new").exists()


@pytest.mark.parametrize(
    ("replacements", "words"),
    [
        ([("rows = 16", "rows = 512")], ["LUT, XC7Z045 on zc706 has 218600", "16 columns"]),
        ([*FIXED8, ("rows = 16", "rows = 256")], ["DSP", "has 900", "too many", "rows and"]),
        ([('"64 KiB"\n[residual]', '"8 MiB"\n[residual]')], ["BRAM36", "has 545", "too many"]),
    ],
)  # fmt: skip
def test_a_design_over_its_budget_is_refused_with_the_largest_that_fits(
    replacements: list[tuple[str, str]], words: list[str], tmp_path: Path
):
    Path("acc.toml").write_text(spoilt(GOOD, replacements))
    before = tree(tmp_path)
    arguments = ("run", "digits-small", "--accelerator", "acc.toml", "--output", "new")
    assert_refused(lightsim(*arguments), 3, "error: mine: needs", *words)
    assert tree(tmp_path) == before


def test_the_largest_array_that_an_error_names_does_fit():
    Path("acc.toml").write_text(GOOD.replace("rows = 16", "rows = 512"))
    told = lightsim("run", "digits-small", "--accelerator", "acc.toml").err
    rows = told.split("largest array that fits has ")[1].split(" rows")[0]
    Path("acc.toml").write_text(GOOD.replace("rows = 16", f"rows = {rows}"))
    assert lightsim("run", "digits-small", "--accelerator", "acc.toml").code == 0
    Path("acc.toml").write_text(GOOD.replace("rows = 16", f"rows = {int(rows) + 8}"))
    assert lightsim("run", "digits-small", "--accelerator", "acc.toml").code == 3


def test_a_board_too_small_for_one_lane_is_refused():
    Path("board.toml").write_text(BOARD.replace("lut = 120000", "lut = 900"))
    ended = lightsim("run", "digits-small", "--board", "board.toml")
    assert_refused(ended, 3, "my-board", "not even one lane of shift_add_serial fits")


def test_a_memory_too_small_for_the_batch_is_refused_with_one_that_fits():
    board = CATALOGUE["pynq-z2"]
    part = replace(board.memory.part, name="tiny", rows=2)  # 8 banks x 2 rows x 2 KiB
    built = default_accelerator(board, SCHEMES["lightnn1"])
    built = replace(built, memory=replace(board.memory, part=part))
    Path("acc.toml").write_text(dump_accelerator(built))
    command = ("run", "digits-small", "--accelerator", "acc.toml", "--images", "360", "--batch")
    ended = lightsim(*command, "360", "--output", "new")
    assert_refused(ended, 3, "digits-small", "a batch of 360", "1 x tiny has 32.8 kB", "too many")
    assert not Path("new").exists()
    fits = int(ended.err.split("a batch of ")[2].split(" fits")[0])
    assert fits > 1
    assert lightsim(*command, str(fits)).code == 0
    assert lightsim(*command, str(2 * fits)).code == 3


def test_a_board_file_may_be_named_in_the_accelerator_or_by_the_option():
    Path("board.toml").write_text(BOARD)
    command = ("run", "digits-small", "--json", "--accelerator", "acc.toml")
    by_option = ("--board", "board.toml")
    Path("acc.toml").write_text(GOOD.replace('"zc706"', '"my-board"'))
    assert_refused(lightsim(*command), 2, "acc.toml", "unknown board 'my-board'")
    one = lightsim(*command, *by_option)
    Path("acc.toml").write_text(GOOD.replace('"zc706"', '"board.toml"'))
    assert lightsim(*command) == lightsim(*command, *by_option) == one
    assert one.code == 0
    assert_refused(lightsim(*command, "--board", "zc706"), 2, "'my-board'", "'zc706'")


def test_the_smallest_tile_is_taken_where_no_larger_one_fits():
    """Buffers that hold one pixel: slow, legal, and right to the bit."""
    tight = GOOD.replace('"4 KiB"', "48").replace('"16 KiB"', '"1 KiB"')
    Path("acc.toml").write_text(tight)
    ended = lightsim("run", "digits-small", "--accelerator", "acc.toml")
    assert (ended.code, ended.err) == (0, "")
    assert "Bit exact   yes" in ended.out
