"""SIGTERM and SIGHUP end a command as Ctrl-C does, with a code of their own and nobody left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dse.study.writing import study_text
from lightsim.cli.process.signals import finishing, heeded, interrupt_code
from tests.cli.command import LIGHTSIM
from tests.dse.explore.test_processes import STUDY, ended, finished, trials, until, workers
from tests.kills.process import until_used

PATIENCE_S = 120


def ignoring_interrupts() -> None:
    """Run in a new process: as a background job of a shell it does not hear Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def begun(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [LIGHTSIM, *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True, preexec_fn=ignoring_interrupts,  # noqa: PLW1509
    )  # fmt: skip


def is_gone(pid: int) -> bool:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        status = Path(f"/proc/{pid}/status")
        if not status.exists() or "zombie" in status.read_text():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGHUP, marks=pytest.mark.slow)]
)
def test_a_search_keeps_its_reports(number: int, tmp_path: Path):
    (tmp_path / "s.toml").write_text(study_text(STUDY), encoding="utf-8")
    process = begun(tmp_path, "explore", "s.toml", "--output", "out", "--workers", "2", "--json")
    until(lambda: finished(tmp_path / "out") >= 4, process)
    children = workers(process.pid)
    os.killpg(process.pid, number)  # all of them, as a terminal or a service manager does
    process.send_signal(number)  # and once more while it ends
    code, out, err = ended(process)
    assert code == 128 + number, err
    assert "Traceback" not in err
    assert all(is_gone(child) for child in children)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert not {name for name in names if name.startswith(".")}
    if out:  # the second one came while results were written, or after
        kept = sum(json.loads(out)["trials"].values())
        assert err == f"interrupted: {kept} trials are kept, --resume goes on with them\n"
        assert len(trials(tmp_path / "out")) == kept
        assert "report.html" in names and "best.toml" in names


@pytest.mark.parametrize("cpu_s", [0.4, 2.0])
def test_a_run_ends_with_one_line_and_leaves_nothing(cpu_s: float, tmp_path: Path):
    process = begun(tmp_path, "run", "vgg16", "--images", "32", "--output", "new")
    try:
        assert until_used(process, cpu_s)
        process.terminate()
        out, err = process.communicate(timeout=PATIENCE_S)
    finally:
        process.kill()
    assert (process.returncode, out, err) == (143, "", "interrupted\n")
    assert list(tmp_path.iterdir()) == []


def test_a_signal_waits_until_results_are_written():
    before = signal.getsignal(signal.SIGTERM)
    written = []
    with pytest.raises(KeyboardInterrupt), heeded():
        with finishing():
            os.kill(os.getpid(), signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGTERM)
            written.append(True)
        written.append(False)
    assert written == [True]
    assert interrupt_code() == 143
    signal.signal(signal.SIGTERM, before)
    with heeded():
        assert interrupt_code() == 130
    assert signal.getsignal(signal.SIGTERM) is before


def test_what_was_ignored_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with heeded():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_workers_end_with_a_search_that_is_killed(tmp_path: Path):
    (tmp_path / "s.toml").write_text(study_text(STUDY), encoding="utf-8")
    process = begun(tmp_path, "explore", "s.toml", "--output", "out", "--workers", "2")
    until(lambda: len(workers(process.pid)) == 2, process)  # they import, or are at work
    children = workers(process.pid)
    process.kill()
    process.communicate()
    assert all(is_gone(child) for child in children)


_LAST = """
import os, signal, sys
from lightsim.cli import main

class Last:
    def __del__(self, kill=os.kill, pid=os.getpid(), number=signal.{name}):
        kill(pid, number)

sys.last = Last()
sys.argv = ["lightsim", "--version"]
main()
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_while_the_interpreter_ends_changes_nothing(name: str):
    ended = subprocess.run(
        [sys.executable, "-c", _LAST.format(name=name)], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("lightsim ")
