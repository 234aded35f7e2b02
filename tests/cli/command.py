"""`lightsim` called in this process, or as a process of its own, and what a refusal looks like."""

from __future__ import annotations

import contextlib
import io
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from lightsim.cli import main

__all__ = ["LIGHTSIM", "Ended", "assert_refused", "heeds_interrupts", "lightsim", "process", "tree"]

LIGHTSIM = str(Path(sys.executable).with_name("lightsim"))
"""The installed command."""

_LONGEST_LINE = 420


class Ended(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


def heeds_interrupts() -> None:
    """Run in a new process: an interrupt ends it even if a shell's background job started it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def lightsim(*arguments: str) -> Ended:
    """`lightsim ARGUMENTS` by the function that the installed command calls.

    Whatever is not an orderly end is raised here, as it would be shown with a traceback there.
    """
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", ["lightsim", *arguments]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main(last=False)
        except SystemExit as end:
            return Ended(end.code, out.getvalue(), err.getvalue())
    raise AssertionError("main() returned")


def process(*arguments: str, **options) -> Ended:
    """`lightsim ARGUMENTS` as a process of its own."""
    done = subprocess.run([LIGHTSIM, *arguments], capture_output=True, text=True, **options)
    return Ended(done.returncode, done.stdout, done.stderr)


def tree(folder: Path) -> dict[str, bytes | None]:
    """Every file below a folder with its content (None for a folder)."""
    return {
        str(path.relative_to(folder)): None if path.is_dir() else path.read_bytes()
        for path in folder.rglob("*")
    }


def assert_refused(ended: Ended, code: int, *words: str) -> None:
    """The end of every mistake: its code, one or two lines that hold `words`, and no output."""
    assert ended.code == code, ended
    assert ended.out == ""
    assert ended.err.startswith("error: ") and ended.err.endswith("\n")
    lines = ended.err.splitlines()
    assert len(lines) <= 2
    assert all(len(line) <= _LONGEST_LINE and line.isprintable() for line in lines)
    assert "Traceback" not in ended.err
    for word in words:
        assert word in ended.err, ended.err
