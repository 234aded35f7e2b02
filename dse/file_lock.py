"""A lock on a journal file that ends with the process that holds it, however that ends."""

from __future__ import annotations

import os

from optuna.storages.journal import JournalFileOpenLock
from optuna.storages.journal._file import BaseJournalFileLock

__all__ = ["journal_lock"]


def journal_lock(path: str) -> BaseJournalFileLock:
    """A lock for the journal at `path`.

    Optuna's own locks are files that a killed process leaves behind, and whoever comes next
    waits half a minute for them. The operating system's locks go with their process; where it
    has none of this kind, Optuna's is used.
    """
    try:
        import fcntl
    except ImportError:
        return JournalFileOpenLock(path)

    class Held(BaseJournalFileLock):
        """The operating system's lock on a file beside the journal."""

        def __init__(self) -> None:
            self._file: int | None = None

        def acquire(self) -> bool:
            self._file = os.open(f"{path}.lock", os.O_CREAT | os.O_RDWR, 0o644)
            fcntl.flock(self._file, fcntl.LOCK_EX)
            return True

        def release(self) -> None:
            if self._file is not None:
                os.close(self._file)  # which ends the lock
                self._file = None

    return Held()
