"""Every command once, in this process: what is imported and compiled for it stays."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
from pathlib import Path
from unittest import mock

__all__ = ["COMMANDS", "run_all"]

STUDY = """\
name = "warm"
board = "pynq-z2"
[[network]]
name = "digits-small"
[axes]
rows = [8, 16]
columns = [4, 8]
[objectives]
throughput = "maximise"
lut = "minimise"
[search]
trials = 2
"""

COMMANDS: tuple[tuple[str, ...], ...] = (
    ("list",),
    ("run", "digits-small", "--output", "run"),
    ("run", "digits-small", "--engine", "timeline", "--json"),
    ("run", "digits-small", "--mapping", "exact", "--json"),
    ("run", "digits-small", "--scheme", "binary", "--json"),
    ("run", "digits-small", "--scheme", "fixed8", "--ideal-memory", "--json"),
    ("rtl", "digits-small", "--output", "rtl"),
    ("explore", "study.toml", "--output", "study", "--json"),
    ("explore", "study.toml", "--output", "study", "--resume"),
    ("explore", "digits-small", "--trials", "1", "--k", "free", "--output", "free"),
)
TRAINING: tuple[tuple[str, ...], ...] = (
    ("train", "digits-small", "--epochs", "1", "--float-epochs", "1", "--output", "training"),
    ("train", "--resume", "training"),
)


def run_all(*, with_torch: bool) -> None:
    """Run `COMMANDS`, or the training, in a folder of their own; each has to end with 0."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        Path("study.toml").write_text(STUDY)
        try:
            for arguments in TRAINING if with_torch else COMMANDS:
                _run(arguments)
        finally:
            os.chdir(here)


def _run(arguments: tuple[str, ...]) -> None:
    from lightsim.cli import main

    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", ["lightsim", *arguments]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main(last=False)
        except SystemExit as end:
            assert not end.code, (arguments, err.getvalue())
