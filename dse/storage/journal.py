"""The journal: Optuna's log of a study in a file, held by one process and whole at every moment."""

from __future__ import annotations

import errno
import json
import os
import stat
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from optuna.storages.journal import BaseJournalBackend

from dse.storage.lines import Entry, line_of, read_lines, trial_lines
from dse.storage.lost import LostError
from lightsim.errors import InputError

__all__ = ["Journal", "check_place"]

# A trial takes some kilobytes, and a study of millions of trials no database's place.
_MOST_BYTES = 1 << 30


def check_place(path: Path) -> None:
    """Raise `InputError` unless a journal is at `path`, or could be begun there."""
    where = str(path)
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        if not path.parent.is_dir():
            problem = f"there is no folder '{path.parent}'"
            raise InputError(where, problem, "make it first") from None
        return
    except (OSError, ValueError) as error:
        raise _unusable(path, error) from None
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "no regular file"
        raise InputError(where, f"is {kind}", "accepted: a journal, or a name for a new one")


def _content(file: BinaryIO, path: Path) -> bytes:
    """The whole file; `InputError` for more than any study writes."""
    size = os.fstat(file.fileno()).st_size
    if size > _MOST_BYTES:
        problem = f"holds {size:,} bytes, which is no journal"
        raise InputError(str(path), problem, f"accepted: at most {_MOST_BYTES:,} bytes")
    return file.read()


class Journal(BaseJournalBackend):
    """A journal that this process alone reads and writes.

    `line` is that of the entry last read: should it be refused, this is where it stands.
    """

    def __init__(self, path: Path) -> None:
        check_place(path)
        self.path = path
        self.line = 0
        try:
            self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
            with os.fdopen(os.dup(self._file), "rb") as file:
                found = read_lines(_content(file, path))
        except OSError as error:
            raise _unusable(path, error) from None
        self._size, self._checksum = found.size, found.checksum
        self._cut, self._open_end, self._damage = found.cut, found.open_end, found.damage
        self._count = len(found.entries)
        self._trial_lines = trial_lines(found.entries)
        # Entries that Optuna has not been given yet, with their lines.
        self._fresh: deque[tuple[int, Entry]] = deque(enumerate(found.entries, 1))

    def close(self) -> None:
        """End with the file."""
        os.close(self._file)

    def check(self) -> None:
        """Raise `InputError` for a damaged line, if there is one."""
        if self._damage is not None:
            raise self.damaged(self._count + 1, self._damage)

    def line_of_trial(self, trial: int) -> int:
        """The line that a trial which was there at first begins on."""
        return self._trial_lines[trial] if trial < len(self._trial_lines) else self._count

    def damaged(self, line: int, problem: str) -> InputError:
        """The error for a line, and what would do."""
        lines = "line" if line == 2 else f"{line - 1} lines"
        before = f"keep the {lines} before it, or name another file"
        accepted = "accepted: a journal of `lightsim explore`" if line == 1 else before
        return InputError(f"{self.path}, line {line}", problem, accepted)

    def mend(self, note: Callable[[str], None]) -> None:
        """Drop half a last line, or end it where only its end is missing."""
        try:
            if self._open_end:
                os.write(self._file, b"\n")
                self._size += 1
            elif self._cut:
                os.ftruncate(self._file, self._size)
                line = self._count + 1
                note(f"{self.path}, line {line}: was cut off in the middle and is dropped")
        except OSError as error:
            raise _unusable(self.path, error) from None
        self._cut = self._open_end = False

    def read_logs(self, log_number_from: int) -> Iterator[dict[str, Any]]:
        """The entries after so many; what Optuna has been given is forgotten."""
        while self._fresh and self._fresh[0][0] <= log_number_from:
            self._fresh.popleft()
        for line, entry in tuple(self._fresh):
            self.line = line
            yield dict(entry)

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        """Write entries, all of them or, where that fails, nothing. Raises `LostError`."""
        checksum, data = self._checksum, b""
        entries = []
        for log in logs:
            line, checksum = line_of(log, checksum)
            data += line
            entries.append(json.loads(json.dumps(log)))
        try:
            if os.fstat(self._file).st_nlink == 0:
                raise FileNotFoundError(errno.ENOENT, "was deleted during the search")
            self._write(data)
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._file, self._size)
            raise LostError(str(self.path), _cause(error)) from None
        finally:  # an interrupt may come when all is written and before that is known
            if os.fstat(self._file).st_size == self._size + len(data):
                self._size, self._checksum = self._size + len(data), checksum
                for entry in entries:
                    self._count += 1
                    self._fresh.append((self._count, entry))

    def _write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            left = left[os.write(self._file, left) :]
        os.fsync(self._file)


def _unusable(path: Path, error: OSError | ValueError) -> InputError:
    accepted = "accepted: a file in a folder that can be written"
    return InputError(str(path), f"cannot be used: {_cause(error)}", accepted)


def _cause(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
