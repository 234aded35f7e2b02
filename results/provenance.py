"""How a page of results says what made it: one sentence for all of them.

The scripts that write pages take it from here, and `tests/test_results.py` sees to it that every
page and table can be traced to a commit.
"""

from __future__ import annotations

import os
import subprocess
from importlib.metadata import version
from pathlib import Path

__all__ = ["commit", "made_at", "made_by", "recorded_in"]


def commit() -> str:
    """The commit that the working copy is at."""
    return subprocess.run(
        ["git", "rev-parse", "--short=7", "HEAD"],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parent,
    ).stdout.strip()  # fmt: skip


def recorded_in(path: Path) -> str:
    """The commit that holds the present version of a file."""
    return subprocess.run(
        ["git", "log", "-1", "--abbrev=7", "--format=%h", "--", str(path)],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parent,
    ).stdout.strip()  # fmt: skip


def made_at(command: str) -> str:
    """The words all pages begin with: the command, the commit and the version."""
    return f"Made by `{command}` at commit {commit()}, LightSim {version('lightsim')}"


def made_by(command: str) -> str:
    """A sentence: `made_at` and how busy the machine was, for pages with CPU times."""
    return (
        f"{made_at(command)}, on two shared\n"
        f"cores at a load of {os.getloadavg()[1]:.0f}. CPU seconds are those of one process."
    )
