"""Every command that a console or a page prints works from the folder it names."""

from __future__ import annotations

import html
import re
import shlex
from pathlib import Path

import pytest

from lightsim.files.commands import command_line
from tests.cli.command import lightsim

NETWORK = """
name = "small"
title = "t"
source = "s"
[input]
channels = 4
height = 8
width = 8
[[layer]]
name = "a"
operator = "conv2d"
filters = 8
kernel = 3
activation = "relu"
[[layer]]
name = "z"
operator = "dense"
filters = 4
"""
BOARD = """
name = "arty"
title = "t"
source = "s"
clock = "100 MHz"
port_bits = 64
port_count = 2
[device]
name = "XC7A100T"
family = "artix 7"
dsp_type = "DSP48E1"
lut = 63400
ff = 126800
dsp = 240
bram36 = 135
[memory]
part = "ddr3-1066-x32"
"""
ODD = "two words & 'quotes'"


def printed(page: Path) -> list[str]:
    """The commands of a page, as a reader would copy them."""
    text = page.read_text(encoding="utf-8")
    return [html.unescape(one) for one in re.findall(r"<code>(lightsim .*?)</code>", text)]


def works(command: str, *more: str) -> None:
    name, *arguments = shlex.split(command)
    assert name == "lightsim"
    ended = lightsim(*arguments, *more)
    assert ended.code == 0, (command, ended.err)


def test_odd_names_are_quoted_and_dashes_are_no_options():
    line = command_line("run", "-a b.toml", "--board", "it's.toml")
    assert shlex.split(line) == ["lightsim", "run", "./-a b.toml", "--board", "it's.toml"]


def test_what_explore_prints_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / ODD
    folder.mkdir()
    monkeypatch.chdir(folder)
    Path("net work.toml").write_text(NETWORK)
    Path("ar'ty.toml").write_text(BOARD)
    ended = lightsim(
        "explore", "net work.toml", "--board", "ar'ty.toml", "--trials", "2", "--output", "out put"
    )
    assert ended.code == 0, ended.err
    (console,) = re.findall(r"^Run it: (.*)$", ended.out, re.MULTILINE)
    works(console)
    commands = printed(Path("out put/report.html"))
    assert [shlex.split(one)[1] for one in commands] == ["run", "explore"]
    monkeypatch.chdir(folder / "out put")
    works(commands[0])
    works(commands[1], "--trials", "2", "--output", str(tmp_path / "again"))


def test_what_train_prints_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("torch", reason="torch is the extra 'train'")
    folder = tmp_path / ODD
    folder.mkdir()
    monkeypatch.chdir(folder)
    Path("recipe.toml").write_text(
        'network = "digits-small"\nscheme = "lightnn2"\nepochs = 1\n'
        '[data]\ntraining_images = 60\nheld_out_images = 20\n[model]\nlightnn2 = "residual"\n'
    )
    ended = lightsim("train", "recipe.toml", "--output", "out put")
    assert ended.code == 0, ended.err
    (console,) = re.findall(r"^Run it: (.*)$", ended.out, re.MULTILINE)
    works(console)
    monkeypatch.chdir(folder / "out put")
    text = Path("report.html").read_text(encoding="utf-8")
    (cell,) = re.findall(r"<td[^>]*>(lightsim run .*?)</td>", text)
    ended = lightsim(*shlex.split(html.unescape(cell))[1:])
    assert ended.code == 0 and "trained (lightsim train" in ended.out
    (again,) = printed(Path("report.html"))
    works(again.replace("DIR", str(tmp_path / "again")))
