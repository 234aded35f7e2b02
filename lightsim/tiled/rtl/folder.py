"""How the folder of an RTL project is told from any other."""

from __future__ import annotations

from pathlib import Path

__all__ = ["is_project"]


def is_project(folder: Path) -> bool:
    """Whether a folder holds a project that was written here."""
    return (folder / "sv" / "design_pkg.sv").is_file()
