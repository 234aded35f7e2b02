"""The kills: all of them in the slow suite, and by default that the judge sees what is wrong."""

from __future__ import annotations

import functools
import json
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.kills.__main__ import COUNTS, ON_DATABASE, kills
from tests.kills.deal import Straight, judged, straight
from tests.kills.postgres import missing
from tests.kills.process import (
    begun,
    cpu_of,
    heed_signals,
    members,
    outlived,
    until_used,
    waited,
)
from tests.kills.subjects import SUBJECTS, Subject, finished_in_journal

_straight = functools.cache(straight)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "number"),
    [(name, number) for name, count in COUNTS.items() for number in range(count)],
)
def test_ended_at_any_moment(name: str, number: int):
    subject = SUBJECTS[name]
    if subject.command == "train" and find_spec("torch") is None:
        pytest.skip("PyTorch is the extra 'train'")
    heed_signals()
    assert judged(subject, number, _straight(subject))["faults"] == []


@pytest.mark.slow
@pytest.mark.skipif(bool(missing()), reason=missing())
def test_a_database_and_its_server_ended_at_any_moment():
    notes = list(kills("explore on PostgreSQL", set()))
    assert len(notes) == ON_DATABASE
    assert [note for note in notes if note["faults"]] == []


def test_there_are_enough():
    assert sum(COUNTS.values()) + ON_DATABASE >= 200


def test_a_session_is_seen_and_ended(tmp_path: Path):
    """A process that leaves another behind, as the judge sees it."""
    program = (
        "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "while True: pass\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program], start_new_session=True)
    assert until_used(process, 0.2)
    assert cpu_of(process.pid) >= 0.2
    assert len(members(process.pid)) == 2
    process.kill()
    process.wait()
    import tests.kills.process as own

    before, own._AFTERLIFE_S = own._AFTERLIFE_S, 0.1
    try:
        assert outlived(process.pid) == 1
    finally:
        own._AFTERLIFE_S = before
    assert outlived(process.pid) == 0


def test_a_half_line_of_a_journal_is_no_trial(tmp_path: Path):
    (tmp_path / "out").mkdir()
    record = {"op_code": 4, "user_attrs": {"design": 7, "measures": {}}}
    line = json.dumps(record)
    (tmp_path / "out" / "journal.log").write_text(f"{line}\n{line.replace('7', '8')}")
    assert finished_in_journal(tmp_path) == {7}


def test_a_lost_trial_and_another_answer_are_seen(tmp_path: Path):
    """`list` in the place of a search, with an answer that differs from the known one."""
    subject = Subject(
        "list", "list", ("list", "orders"), ("list", "orders"),
        answer=lambda folder: {"designs": [1], "front": 2},
        finished=lambda folder: {1, 5},
    )  # fmt: skip
    note = judged(subject, 0, Straight(0.5, {"designs": [1], "front": 1}, {}))
    assert note["code"] in (0, -signal.SIGKILL)
    assert "different: front" in note["faults"]
    assert "lost: finished trials are not in the tables" in note["faults"]


def test_an_undisturbed_command_breaks_no_rule(tmp_path: Path):
    process = begun(("list", "orders", "--json"), tmp_path)
    ended = waited(process, tmp_path)
    assert ended.code == 0 and json.loads(ended.out)["schema"] == "lightsim.list/1"
    assert outlived(process.pid) == 0
