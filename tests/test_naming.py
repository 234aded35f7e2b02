"""Arguments are named as Python names them; the command line alone puts dashes before them."""

import ast
import re
from pathlib import Path

import pytest

import lightsim
from lightsim.cli.options.naming import as_options
from lightsim.errors import InputError
from lightsim.numerics.formats.table import codec
from tests.cli.command import assert_refused
from tests.cli.command import lightsim as lightsim_command

OPTION = re.compile(r"--([a-z]|$)")
ROOT = Path(__file__).parent.parent
# Options of other programs, and lines to be typed into a shell.
EXCUSED = {
    "lightsim/tiled/rtl/comparison/build.py": "options of Verilator",
    "lightsim/datasets/fetching.py": "options of npm and dpkg-deb",
    "dse/reports/commands.py": "prints a command to be typed",
}


def literals(path: Path) -> list[tuple[int, str]]:
    tree = ast.parse(path.read_text())
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return [(node.lineno, node.value) for node in found if isinstance(node.value, str)]


def test_only_the_command_line_puts_dashes_before_a_name():
    dashed = [
        f"{name}:{line}: {text}"
        for room in ("lightsim", "dse")
        for path in sorted((ROOT / room).rglob("*.py"))
        if (name := path.relative_to(ROOT).as_posix()) not in EXCUSED
        and not name.startswith("lightsim/cli/")
        for line, text in literals(path)
        if OPTION.match(text)
    ]
    assert dashed == []


@pytest.mark.parametrize("name", EXCUSED)
def test_what_is_excused_needs_it(name):
    assert any(OPTION.match(text) for _, text in literals(ROOT / name))


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"images": 0}, "images: 0; accepted"),
        ({"seed": -1}, "seed: -1; accepted"),
        ({"batch": 2}, "batch: 2 is more than the 1 images"),
        ({"scheme": "flightn"}, "scheme: unknown scheme 'flightn'"),
        ({"board": "zc707"}, "board: unknown board 'zc707'"),
        ({"accelerator": "nothing"}, "accelerator: unknown accelerator"),
        ({"engine": "diesel"}, "engine: unknown engine 'diesel'"),
        ({"energy_table": "coal"}, "energy_table: unknown energy table 'coal'"),
    ],
)
def test_from_python_the_argument_is_named(given, text):
    with pytest.raises(InputError) as caught:
        lightsim.run("digits-small", **given)
    assert str(caught.value).startswith(text)


def test_a_codec_names_its_argument():
    with pytest.raises(InputError, match=r"^scheme: unknown scheme 'x'"):
        codec("x")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("images: 0; accepted: 1", "--images: 0; accepted: 1"),
        ("energy_table: unknown", "--energy: unknown"),
        ("from: 'd' has none of the files", "--from: 'd' has none of the files"),
        (
            "s: resume=True goes on, overwrite=True deletes",
            "s: --resume goes on, --overwrite deletes",
        ),
        ("board: other; accepted: a, or board=None", "--board: other; accepted: a, or no --board"),
        ("j: none; accepted: resume=False", "j: none; accepted: no --resume"),
        ("s: others are open (trials=...)", "s: others are open (--trials)"),
        ("f.toml: rows is 0", "f.toml: rows is 0"),
        ("f: objective=True", "f: objective=True"),
        ("a/resume=True: is a folder", "a/resume=True: is a folder"),
        ("resume=True: is a folder", "resume=True: is a folder"),
        ("board: unknown board 'a seed=True'", "--board: unknown board 'a seed=True'"),
    ],
)
def test_the_command_line_writes_options(text, told):
    assert as_options(text) == told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("run", "digits", "--mapping", "seed"), "{here}/seed: cannot be read"),
        (("run", "digits", "--k", "./k"), "{here}/k: cannot be read"),
        (("run", "digits", "--output", "wave"), "{here}/wave: is a file"),
        (("train", "digits", "--output", "wave"), "{here}/wave: is a file"),
        (("run", "digits", "--output", "loose"), "loose: is a link to what is not there"),
        (("run", "digits", "--board", "seed=True"), "--board: unknown board 'seed=True'"),
    ],
)
def test_a_file_with_the_name_of_an_option_is_no_option(tmp_path, monkeypatch, arguments, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wave").write_text("a file")
    (tmp_path / "loose").symlink_to("nowhere")
    assert_refused(lightsim_command(*arguments), 2, f"error: {told.format(here=tmp_path)}")
