"""Locks between the processes of a test session, which end with whoever holds them."""

from __future__ import annotations

import fcntl
import os
import tempfile
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

__all__ = ["alone"]


@contextmanager
def alone(what):
    """Within it, no other process of this user does `what`.

    The lock is the kernel's (flock) on a file that stays: it goes with the process that holds it,
    however that ends, so a killed session leaves nothing behind that a later one would wait for.
    """
    folder = Path(tempfile.gettempdir()) / f"lightsim-tests-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    name = sha256(what.encode()).hexdigest()[:16]
    with (folder / f"{name}.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
