"""How a page of results says what made it."""

from __future__ import annotations

import os
import subprocess
from importlib.metadata import version
from pathlib import Path

__all__ = ["commit", "made_by"]


def commit() -> str:
    """The commit that the working copy is at."""
    return subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parent,
    ).stdout.strip()  # fmt: skip


def made_by(command: str) -> str:
    """A sentence: the command, the commit, the version and how busy the machine was."""
    return (
        f"Made by `{command}` at commit {commit()}, LightSim {version('lightsim')}, on two shared\n"
        f"cores at a load of {os.getloadavg()[1]:.0f}. CPU seconds are those of one process."
    )
