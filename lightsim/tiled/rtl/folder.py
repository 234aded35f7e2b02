"""How the folder of an RTL project is told from any other."""

from __future__ import annotations

from pathlib import Path

from lightsim.files.writing import is_partial
from lightsim.tiled.rtl.sources import SOURCES

__all__ = ["is_project"]


def is_project(folder: Path) -> bool:
    """Whether a folder holds a project that was written here, or what a killed process had of one.

    The sources take their names one after another: any one of them, or a file that is still
    being made, says whose the folder is.
    """
    own = folder / "sv"
    if not own.is_dir():
        return False
    held = list(own.iterdir())
    return not held or any(file.name in SOURCES or is_partial(file) for file in held)
