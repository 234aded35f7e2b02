"""Programs that LightSim runs: what they print comes back, and none outlives LightSim."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lightsim.files.programs import run_tool

PATIENCE_S = 60
MARK = "LIGHTSIM_TEST_OF_TOOLS"
# A program that starts another, as a compiler does.
CHILDREN = """
from lightsim.files.programs import run_tool
run_tool(["sh", "-c", "sleep 600 & touch '{}'; sleep 600"])
"""


def test_output_code_folder_and_environment(tmp_path: Path):
    script = "cat; pwd; echo $WORD; echo bad >&2; exit 3"
    done = run_tool(["sh", "-c", script], cwd=tmp_path, env={**os.environ, "WORD": 'it\'s "so"'})
    assert (done.returncode, done.stdout) == (3, f'{tmp_path}\nit\'s "so"\n')
    assert done.stderr == "bad\n"
    with (tmp_path / "log").open("w") as log:
        assert run_tool(["sh", "-c", "echo a; echo b >&2"], log=log).stdout == ""
    assert (tmp_path / "log").read_text() == "a\nb\n"


def test_a_program_ended_by_a_signal_says_so():
    assert run_tool(["sh", "-c", "kill -9 $$"]).returncode == -signal.SIGKILL


def marked(mark: str) -> list[int]:
    """The processes with this mark in their environment, but for those that have ended."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            ours = f"{MARK}={mark}".encode() in (folder / "environ").read_bytes().split(b"\0")
            if ours and "zombie" not in (folder / "status").read_text():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_outlives_a_process_that_is_ended(number: int, tmp_path: Path):
    mark = f"{os.getpid()}-{number}"
    process = subprocess.Popen(
        [sys.executable, "-c", CHILDREN.format(tmp_path / "begun")],
        env={**os.environ, MARK: mark}, stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )  # fmt: skip
    end = time.monotonic() + PATIENCE_S
    while not (tmp_path / "begun").exists():
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.01)
    assert len(marked(mark)) >= 3
    process.send_signal(number)
    process.wait()
    while marked(mark):
        assert time.monotonic() < end
        time.sleep(0.05)
