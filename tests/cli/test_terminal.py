"""What only a terminal and its keys can show: colours, the progress bar, and Ctrl-C."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.command import LIGHTSIM, heeds_interrupts, process
from tests.kills.process import until_used

TERMINAL = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"}


def on_a_terminal(*arguments: str, both: bool) -> tuple[int, str, str]:
    """Exit code, what a terminal got, and what a pipe got as standard output.

    Standard error is a terminal; standard output too if `both`, else a pipe.
    """
    master, slave = pty.openpty()
    running = subprocess.Popen(
        [LIGHTSIM, *arguments],
        stdin=slave,
        stdout=slave if both else subprocess.PIPE,
        stderr=slave,
        env=TERMINAL,
    )
    os.close(slave)
    shown = bytearray()
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # how Linux says that nobody writes any more
            break
        if not part:
            break
        shown += part
    piped = b"" if running.stdout is None else running.stdout.read()
    if running.stdout is not None:
        running.stdout.close()
    os.close(master)
    return running.wait(), shown.decode(), piped.decode()


def test_a_lasting_run_shows_a_bar_on_a_terminal_and_the_document_stays_alone():
    code, shown, piped = on_a_terminal("run", "vgg7-cifar10", "--images", "6", "--json", both=False)
    assert code == 0
    assert json.loads(piped)["bit_exact"] is True
    assert "\x1b[" in shown  # the bar: drawn, and erased at the end
    assert any(word in shown for word in ("simulate", "map", "check bits"))


def test_a_terminal_gets_colours():
    code, shown, _ = on_a_terminal("run", "digits-small", both=True)
    assert code == 0
    assert "\x1b[1m" in shown and "digits-small" in shown


def test_a_pipe_gets_neither_bar_nor_colours():
    ended = process("run", "vgg7-cifar10", env=TERMINAL)
    assert (ended.code, ended.err) == (0, "")
    assert "\x1b" not in ended.out


# Early, while modules are imported or weights made; and late, in the simulation.
@pytest.mark.parametrize("cpu_s", [0.5, 3.0])
def test_an_interrupt_ends_with_one_line_and_leaves_nothing(cpu_s: float, tmp_path: Path):
    running = subprocess.Popen(
        [LIGHTSIM, "run", "vgg16", "--images", "32", "--output", "new"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heeds_interrupts,  # noqa: PLW1509 (one thread here)
    )
    try:
        assert until_used(running, cpu_s)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=120)
    finally:
        running.kill()
    assert (running.returncode, out, err) == (130, "", "interrupted\n")
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_leaves_is_no_traceback():
    shell = f"'{LIGHTSIM}' list networks | head -1"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("networks", "")
