"""Temporary folders: they are removed after use, even if a signal ends the work in them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

__all__ = ["temporary_folder"]


@contextmanager
def temporary_folder(prefix: str) -> Iterator[Path]:
    """A new folder in the system's folder for temporary files, removed with all its content.

    An interrupt that comes during the removal does not stop the removal: the folder is gone before
    the interrupt takes effect.
    """
    folder = Path(mkdtemp(prefix=f"lightsim-{prefix}-"))
    try:
        yield folder
    finally:
        try:
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            # The removal was interrupted, or a file was added while the folder was being emptied.
            if folder.exists():
                shutil.rmtree(folder, ignore_errors=True)
