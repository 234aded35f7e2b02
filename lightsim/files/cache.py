"""The user's cache: files that LightSim can make again."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["cache_folder"]


def cache_folder() -> Path:
    """The folder `lightsim` in `XDG_CACHE_HOME`, by default in `~/.cache`; it may not exist.

    A relative `XDG_CACHE_HOME` is ignored, as the XDG base directory specification demands.
    """
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    base = given if given.is_absolute() else Path.home() / ".cache"
    return base / "lightsim"
