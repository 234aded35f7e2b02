"""Without PyTorch: the rest of LightSim as ever, and `train` says what to install."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.cli.command import Ended, assert_refused

# An entry of None makes the import fail as if the package were not there.
CODE = """
import sys
sys.modules["torch"] = None
sys.argv = ["lightsim", *{arguments!r}]
from lightsim.cli import main
main(last=False)
"""


def without_torch(*arguments: str, folder: Path) -> Ended:
    code = CODE.format(arguments=list(arguments))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=folder)
    return Ended(done.returncode, done.stdout, done.stderr)


def test_train_names_the_extra(tmp_path: Path):
    ended = without_torch("train", "digits-small", folder=tmp_path)
    assert_refused(ended, 2, "'train'", "pip install torch==2.13.0")
    assert list(tmp_path.iterdir()) == []


def test_everything_else_runs(tmp_path: Path):
    assert without_torch("train", "--help", folder=tmp_path).code == 0
    assert without_torch("run", "digits-small", "--json", folder=tmp_path).code == 0
