"""Processes that are killed, and searches that are interrupted: nothing finished is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from dse.evaluation.processes import Crew, Lost
from dse.machine.design import Design
from dse.machine.doors import Machine
from dse.machine.outcome import Outcome
from dse.reports.tables import TRIALS as TRIALS_FILE
from dse.search.explore import explore
from dse.study.writing import study_text
from dse.tiled.design.builder import Builder
from tests.cli.command import LIGHTSIM, heeds_interrupts
from tests.dse.explore.spaces import small_study

TRIALS = 60
PATIENCE_S = 240


# Its search takes some seconds.
STUDY = small_study(
    network=[{"name": "lenet"}],
    axes={"rows": [8, 16, 24, 32, 40, 48], "columns": [4, 8, 16, 32], "pixels": [1, 2, 3, 4]},
    search={"trials": TRIALS},
)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """The study as a file."""
    file = tmp_path / "study.toml"
    file.write_text(study_text(STUDY), encoding="utf-8")
    return file


def begun(study: Path, output: Path, *options: str) -> subprocess.Popen[str]:
    """`lightsim explore` in a process of its own, at work."""
    command = [LIGHTSIM, "explore", str(study), "--output", str(output), "--json", *options]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True, preexec_fn=heeds_interrupts,  # noqa: PLW1509 (one thread here)
    )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """The exit code and the outputs of a process."""
    out, err = process.communicate(timeout=PATIENCE_S)
    return process.returncode, out, err


def until(happens: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait for something while the process is at work."""
    end = time.monotonic() + PATIENCE_S
    while not happens():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.01)


def finished(output: Path) -> int:
    """Trials that the journal holds."""
    journal = output / "journal.log"
    return journal.read_text("utf-8").count('"measures":') if journal.exists() else 0


def workers(pid: int) -> list[int]:
    """The children of a process that run designs."""
    found = []
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        line = Path(f"/proc/{child}/cmdline").read_bytes()
        if b"spawn_main" in line:
            found.append(int(child))
    return found


def trials(output: Path) -> list[int]:
    """The designs of all finished trials, in order."""
    file = output / TRIALS_FILE
    table = pd.read_parquet(file) if file.suffix == ".parquet" else pd.read_csv(file)
    return table["design"].tolist()


@pytest.fixture(scope="module")
def straight() -> list[int]:
    """The designs that a search without any trouble runs."""
    return [record.number for record in explore(STUDY).records]


def test_a_killed_worker_costs_nothing(study: Path, tmp_path: Path, straight: list[int]):
    process = begun(study, tmp_path / "out", "--workers", "2")
    for count in (1, 20):
        until(lambda c=count: finished(tmp_path / "out") >= c and workers(process.pid), process)
        os.kill(workers(process.pid)[0], signal.SIGKILL)
    code, out, err = ended(process)
    assert code == 0, err
    assert json.loads(out)["trials"]["failed"] == 0
    assert trials(tmp_path / "out") == straight


def test_a_killed_search_is_resumed(study: Path, tmp_path: Path, straight: list[int]):
    process = begun(study, tmp_path / "out", "--workers", "2")
    until(lambda: finished(tmp_path / "out") >= 20, process)
    children = workers(process.pid)
    process.kill()
    process.communicate()
    before = finished(tmp_path / "out")
    assert all(_is_gone(child) for child in children)  # nobody hands out designs any more
    code, _, err = ended(begun(study, tmp_path / "out", "--resume"))
    assert code == 0, err
    assert 20 <= before < TRIALS
    assert trials(tmp_path / "out") == straight


def _is_gone(pid: int) -> bool:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        status = Path(f"/proc/{pid}/status")
        if not status.exists() or "zombie" in status.read_text():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("count", ["1", "2"])
def test_an_interrupt_keeps_everything(
    study: Path, tmp_path: Path, count: str, straight: list[int]
):
    output = tmp_path / "out"
    process = begun(study, output, "--workers", count)
    until(lambda: finished(output) >= 16, process)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: every process gets it
    code, out, err = ended(process)
    assert code == 130, err
    told = json.loads(out)
    kept = sum(told["trials"].values())
    assert told["interrupted"] and not told["exhaustive"]
    assert err == f"interrupted: {kept} trials are kept, --resume goes on with them\n"
    assert kept >= 16
    assert (output / "report.html").exists() and (output / "best.toml").exists()
    before = trials(output)
    assert len(before) == kept
    code, out, err = ended(begun(study, output, "--resume"))
    assert code == 0, err
    assert before == straight[:kept]
    assert trials(output) == straight


class Deadly:
    """What ends the process that unpacks it."""

    def __reduce__(self) -> tuple[object, ...]:
        return os._exit, (9,)


def test_a_design_that_kills_every_process_is_given_up():
    study = small_study()
    builder = Builder(study.board, study.resource_limits())
    built = builder.build(study.space.point(0) | {"weight_bytes": "512 words"})
    assert isinstance(built, Design)
    with Crew(Machine.of("tiled"), study.shares, 0, 2) as crew:
        results = dict(crew.run([built, Deadly(), built]))
        assert crew.replaced == 3
    assert isinstance(results[0], Outcome) and results[0] == results[2]
    assert results[1] == Lost("3 processes ended while they ran it")
