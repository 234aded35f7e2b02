"""Folders for a while: gone when they are done with, also when a signal ends the work in them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

__all__ = ["temporary_folder"]


@contextmanager
def temporary_folder(prefix: str) -> Iterator[Path]:
    """A new folder in the system's place for temporary files, removed with all that is in it.

    An interrupt that comes while the folder is being removed does not stop the removal: the
    folder is gone before the interrupt goes on.
    """
    folder = Path(mkdtemp(prefix=f"lightsim-{prefix}-"))
    try:
        yield folder
    finally:
        try:
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            # An interrupted removal, or a file that came while the folder was being emptied.
            if folder.exists():
                shutil.rmtree(folder, ignore_errors=True)
