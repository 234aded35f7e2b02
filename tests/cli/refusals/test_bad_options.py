"""Wrong options and arguments of every command: exit code 2 and one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import assert_refused, lightsim, process, tree

BOARDS = "known: pynq-z2, u250, u280, ultra96, ulx3s, vc707"

# The command, and what its one line has to hold.
CASES = [
    ("runn", "no such command 'runn'", "'run'", "see 'lightsim --help'"),
    ("--nope", "no such option: --nope", "see 'lightsim --help'"),
    ("run", "missing argument 'NETWORK'", "see 'lightsim run --help'"),
    ("run digits digits", "unexpected extra argument", "(digits)"),
    ("run digits --nope", "no such option: --nope", "see 'lightsim run --help'"),
    ("run digits --image 3", "no such option: --image", "--images"),
    ("run digits --images", "'--images' requires an argument"),
    ("run digits --images x", "--images: 'x'", "accepted: a whole number"),
    ("run digits --images 1.5", "--images: '1.5'", "a whole number"),
    ("run digits --images=", "--images: ''", "a whole number"),
    ("run digits --images 1_000", "--images: '1_000'"),
    ("run digits --images 0x10", "--images: '0x10'"),
    ("run digits --images \u0663", "--images: '\u0663'"),  # an Arabic three: a digit to int()
    ("run digits --images 0", "--images: 0", "accepted: a whole number from 1"),
    ("run digits --images -3", "--images: -3", "from 1"),
    ("run digits --images 361", "--images: 361", "360 held-out images", "accepted: 1 to 360"),
    ("run digits --images 99999999999999999999", "images is 99999999999999999999", "below 2**63"),
    (f"run digits --images {'9' * 5000}", "--images: '999", "a whole number"),
    ("run lenet --images 99999999", "--images: 99999999", "'lenet'", "accepted: 1 to"),
    ("run digits --batch 2", "--batch: 2 is more than the 1 images", "accepted: 1"),
    ("run digits --images 3 --batch 4", "--batch: 4 is more than the 3", "accepted: 1 to 3"),
    ("run digits --images 2 --batch 0", "--batch: 0", "from 1"),
    ("run digits --batch two", "--batch: 'two'", "a whole number"),
    ("run digits --seed -1", "--seed: -1", "from 0"),
    ("run digits --seed 9223372036854775808", "--seed: 9223372036854775808", "from 0 to 922"),
    ("run digits --seed one", "--seed: 'one'", "a whole number"),
    ("run digits --board zc707", "--board: unknown board 'zc707'", "did you mean 'zc706'?"),
    ("run digits --board ZC706", "unknown board 'ZC706'", "'zc706'"),
    ("run digits --board 7", "--board: unknown board '7'", BOARDS),
    ("run digits --board=", "--board: unknown board ''", BOARDS),
    ("run digits --board a\x1b[31mb", "unknown board 'a\\x1b[31mb'"),
    (f"run digits --board {'b' * 3000}", "unknown board 'bbb", BOARDS),
    ("run digits --scheme lightnn9", "--scheme: unknown scheme 'lightnn9'", "lightnn"),
    ("run digits --scheme=", "--scheme: unknown scheme ''", "known: binary, fixed2, fixed3"),
    ("run digits --scheme FlightNN", "unknown scheme 'FlightNN'", "'flightnn'"),
    ("run digits --scheme float32", "unknown scheme 'float32'", "known: binary"),
    ("run digits --accelerator multiply_dps", "--accelerator", "'multiply_dps'", "'multiply_dsp'"),
    ("run digits --accelerator=", "--accelerator", "known: default, multiply_dsp"),
    ("run digits --accelerator xnor_popcount", "cannot run scheme 'flightnn'", "binary"),
    ("run digits --accelerator shift_add_serial --scheme fixed8", "'shift_add_serial'",
     "cannot run scheme 'fixed8'", "accepted schemes: binary, flightnn, lightnn1, lightnn2"),
    ("run digits --engine rtl", "--engine: unknown engine 'rtl'", "simulation"),
    ("run digits --energy fpga-28mm", "--energy: unknown energy table", "'fpga-28nm'"),
    ("run digits --energy=", "--energy: unknown energy table ''", "known: asic"),
    ("run digits --mapping=", "--mapping: ''", "accepted: a path"),
    ("run digits --output=", "--output: ''", "accepted: a path"),
    ("run digit", "network: unknown network 'digit'", "did you mean 'digits'?"),
    ("run VGG16", "unknown network 'VGG16'", "'vgg16'"),
    ("run qqq", "unknown network 'qqq'", "known: alexnet, cifar10-3conv"),
    ("run vgg7-cifar10.tom", "unknown network", "'vgg7-cifar10'"),
    ("run .", "error: .: not the name of a network file", ".toml"),
    ("list boarde", "list: unknown table 'boarde'", "'boards'"),
    ("list boards devices", "unexpected extra argument", "(devices)"),
    ("list --nope", "no such option: --nope", "see 'lightsim list --help'"),
]  # fmt: skip
NAMES = [case[0][:40].encode("unicode_escape").decode() for case in CASES]


@pytest.fixture(autouse=True)
def _in_a_new_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_a_wrong_option_is_refused(case: tuple[str, ...], tmp_path: Path):
    command, *words = case
    arguments = command.split(" ")
    written = ["--output", "new"] if command.startswith("run digits ") else []
    assert_refused(lightsim(*arguments[:2], *written, *arguments[2:]), 2, *words)
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("name", ["", " ", "two\nlines"])
def test_an_odd_network_name_stays_on_one_line(name: str):
    assert_refused(lightsim("run", name), 2, "network: unknown network '")


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "digits", "--images", "x"),
        ("run", "digits", "--nope"),
        ("run",),
        ("run", "digits", "--board", "zc707", "--json"),
        ("list", "boarde"),
    ],
)
def test_the_installed_command_answers_the_same(arguments: tuple[str, ...], tmp_path: Path):
    in_a_process = process(*arguments, cwd=tmp_path)
    assert_refused(in_a_process, 2)
    assert in_a_process == lightsim(*arguments)


def test_no_command_shows_the_help_as_a_mistake():
    ended = lightsim()
    assert (ended.code, ended.out) == (2, "")
    assert "run" in ended.err and "list" in ended.err
