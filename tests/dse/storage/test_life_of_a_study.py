"""Who may search a study, what becomes of trials and reports that are there, and a full disk."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
from pathlib import Path

import pytest

from dse.search.explore import explore
from dse.storage.held import hold_file
from dse.study.writing import study_text
from lightsim.errors import InputError, OutputError
from tests.cli.command import LIGHTSIM, assert_refused, lightsim
from tests.dse.explore.spaces import small_study
from tests.dse.explore.test_processes import begun, ended, finished, until

REPORTS = ("best.toml", "front.csv", "report.html", "summary.json", "trials.parquet")
TWO = {"objectives": {"throughput": "maximise", "lut": "minimise"}}


@pytest.fixture(autouse=True)
def _in_a_new_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def study_file(name: str = "s.toml", trials: int = 9, **changes) -> str:
    changes = {**TWO, **changes, "search": {"trials": trials, **changes.get("search", {})}}
    Path(name).write_text(study_text(small_study(**changes)), encoding="utf-8")
    return name


def trials(where: str = "out") -> dict[str, int]:
    return json.loads(Path(where, "summary.json").read_text("utf-8"))["trials"]


def test_trials_that_are_there_are_deleted_only_when_told_to():
    again = ("explore", study_file(), "--output", "out")
    assert lightsim(*again).code == 0
    journal = Path("out/journal.log").read_bytes()
    told = "study 'small' has 9 finished trials there; --resume goes on with them, --overwrite"
    assert_refused(lightsim(*again), 2, f"error: out/journal.log: {told} deletes them")
    assert_refused(lightsim(*again, "--resume", "--overwrite"), 2, "--overwrite: with --resume")
    assert Path("out/journal.log").read_bytes() == journal
    assert sum(trials().values()) == 9
    assert lightsim(*again, "--resume").code == 0
    assert lightsim(*again, "--overwrite").code == 0
    assert Path("out/journal.log").read_bytes() != journal
    # A mistake of the new command's costs nothing either.
    Path("no.toml").write_text("accuracy = 1\n")
    losses = study_file(name="t.toml", axes={"k": ["1 %"]}, accuracy={"file": "no.toml"})
    assert_refused(lightsim("explore", losses, "--output", "out", "--overwrite"), 2, "no.toml")
    assert finished(Path("out")) == 18  # the journal keeps what was deleted from the study
    assert lightsim(*again, "--resume").code == 0
    assert sum(trials().values()) == 9


def test_the_function_asks_as_well(tmp_path):
    study = small_study(search={"trials": 4})
    for storage in (str(tmp_path / "j.log"), f"sqlite:///{tmp_path / 'j.db'}"):
        first = explore(study, storage=storage)
        with pytest.raises(InputError, match="has 4 finished trials there; resume=True goes on"):
            explore(study, storage=storage)
        assert explore(study, storage=storage, resume=True).records == first.records
        assert explore(study, storage=storage, overwrite=True).records == first.records
        other = small_study(axes={"pixels": [1]})
        with pytest.raises(InputError, match="is another one; accepted: the study it was begun"):
            explore(other, storage=storage, resume=True)


def test_a_study_that_is_not_ours_is_left_alone(tmp_path):
    import optuna

    storage = f"sqlite:///{tmp_path / 'j.db'}"
    study = optuna.create_study(storage=storage, study_name="small", direction="maximize")
    study.enqueue_trial({})
    for options in ({"resume": True}, {}):
        with pytest.raises(InputError, match="study 'small' there is another one"):
            explore(small_study(), storage=storage, **options)


def test_a_running_study_is_held(tmp_path):
    file = study_file(network=[{"name": "lenet"}], trials=100_000)
    process = begun(Path(file), tmp_path / "out")
    until(lambda: finished(tmp_path / "out") >= 3, process)
    before = Path("out/study.toml").read_bytes()
    study_file(network=[{"name": "lenet"}], trials=7)
    for options in ((), ("--resume",), ("--overwrite",)):
        refused = lightsim("explore", file, "--output", "out", *options)
        who = f"study 'small' is being searched by process {process.pid} on "
        assert_refused(refused, 2, f"error: out/journal.log: {who}", " since ")
    assert Path("out/study.toml").read_bytes() == before
    process.kill()  # which ends the lock with it
    process.communicate()
    code, _, err = ended(begun(Path(file), tmp_path / "out", "--resume"))
    assert (code, err) == (0, "")


def test_a_lock_that_was_left_behind_holds_nothing():
    Path("journal.log.lock").write_text("lightsim 1 2026-01-01 00:00:00 elsewhere\n")
    release = hold_file(Path("journal.log.lock"), "small", "journal.log")
    with pytest.raises(InputError, match=f"searched by process {os.getpid()} on .* since 2"):
        explore(small_study(), storage="journal.log")
    release()
    explore(small_study(search={"trials": 2}), storage="journal.log")


def test_reports_of_another_study_do_not_lie_beside_a_new_one():
    assert lightsim("explore", study_file(), "--output", "out").code == 0
    assert all(Path("out", name).exists() for name in REPORTS)
    # One that is refused leaves everything, one that comes to nothing leaves no report.
    assert lightsim("explore", study_file(), "--output", "out").code == 2
    assert all(Path("out", name).exists() for name in REPORTS)
    other = study_file(name="t.toml", budget={"latency": "1 us"})
    ended = lightsim("explore", other, "--output", "out", "--overwrite")
    assert_refused(ended, 3, "no design of the space")
    assert not any(Path("out", name).exists() for name in REPORTS)
    assert "latency" in Path("out/study.toml").read_text("utf-8")
    assert lightsim("explore", study_file(), "--output", "out").code == 0  # it had no trials
    # What is gone on with keeps its reports until it has new ones.
    with pytest.raises(KeyError):
        explore(
            small_study(**TWO), storage="out/journal.log", resume=True,
            opened=lambda: {}["stopped"],
        )  # fmt: skip
    assert all(Path("out", name).exists() for name in REPORTS)


def test_a_folder_with_nothing_but_a_journal_is_a_studys():
    Path("out").mkdir()
    for name in ("journal.log", "journal.log.lock"):
        Path("out", name).touch()
    assert lightsim("explore", study_file(), "--output", "out").code == 0


def limited(size: int):
    """Run in a new process: files end at this size, as on a disk that is full."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


def test_a_full_disk_is_told_and_the_study_goes_on():
    file = study_file()
    command = [LIGHTSIM, "explore", file, "--output", "out", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=limited(9_000))
    kept = finished(Path("out"))
    assert 0 < kept < 9
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "error: out/journal.log: File too large\n"
        f"{kept} finished trials are kept there; --resume goes on with them\n"
    )
    assert Path("out/journal.log").read_bytes().endswith(b"}\n")
    assert lightsim(*command[1:], "--resume").code == 0
    straight = explore(small_study(**TWO, search={"trials": 9})).records
    assert trials() == {"complete": len(straight), "infeasible": 0, "failed": 0}


@pytest.mark.parametrize(("size", "name"), [(0, "journal.log"), (700, "journal.log")])
def test_a_disk_that_is_full_from_the_start_is_told(size: int, name: str):
    command = [LIGHTSIM, "explore", study_file(), "--output", "out"]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=limited(size))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"error: out/{name}: File too large\n"
    assert lightsim(*command[1:]).code == 0


def test_reports_that_cannot_be_written_are_told_by_name():
    file = study_file()
    command = [LIGHTSIM, "explore", file, "--output", "out"]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=limited(60_000))
    told = "File too large; the trials are kept, --resume writes the reports\n"
    assert done.stderr == f"error: out/report.html: cannot be written: {told}"
    assert done.returncode == 1
    assert {path.name for path in Path("out").iterdir()} == {
        "study.toml", "journal.log", "journal.log.lock",
    }  # fmt: skip
    assert lightsim(*command[1:], "--resume").code == 0


def test_a_journal_that_is_deleted_meanwhile_is_told():
    def tell(_) -> None:
        Path("journal.log").unlink(missing_ok=True)

    with pytest.raises(OutputError, match="was deleted during the search") as gone:
        explore(small_study(**TWO), storage="journal.log", progress=tell)
    assert gone.value.exit_code == 1
    assert "8 finished trials" in str(gone.value) or "0 finished trials" in str(gone.value)
