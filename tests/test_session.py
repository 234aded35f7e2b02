"""How a test session shares out its work: who gets workers, and locks that nobody leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.conftest import pytest_xdist_auto_num_workers as workers
from tests.locks import alone

HOLD = """
import sys, time
sys.path.insert(0, sys.argv[1])
from locks import alone
with alone(sys.argv[2]):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def holder():
    """A process that holds the lock of this test, and the name of the lock."""
    name = f"a test of {os.getpid()}"
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(Path(__file__).parent), name],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield process, name
    process.kill()
    process.wait()


def test_a_lock_goes_with_the_process_that_was_killed(holder):
    process, name = holder
    process.send_signal(signal.SIGKILL)
    process.wait()
    with alone(name):
        pass  # or this test would never end


def test_a_lock_is_waited_for_while_its_holder_lives(holder):
    process, name = holder
    waiting = subprocess.Popen(
        [sys.executable, "-c", HOLD.replace("600", "0"), str(Path(__file__).parent), name],
        stdout=subprocess.PIPE,
        text=True,
    )
    time.sleep(0.5)
    assert waiting.poll() is None
    process.send_signal(signal.SIGKILL)
    assert waiting.communicate(timeout=60)[0] == "held\n"


@pytest.mark.parametrize(
    ("args", "named", "many"),
    [
        (["tests"], False, True),
        (["tests/tiled/mapping"], True, True),
        (["tests/numerics", "tests/cli/test_run.py"], True, True),
        (["tests/tiled/mapping/tiles/test_choose.py"], True, False),
        (["tests/tiled/mapping/tiles/test_choose.py::test_one[a/b]"], True, False),
    ],
)
def test_files_that_are_named_get_no_workers(args, named, many, monkeypatch):
    monkeypatch.delenv("PYTEST_XDIST_AUTO_NUM_WORKERS", raising=False)
    sources = pytest.Config.ArgsSource
    source = sources.ARGS if named else sources.TESTPATHS
    found = workers(SimpleNamespace(args=args, args_source=source))
    assert found == (len(os.sched_getaffinity(0)) if many else 0)
