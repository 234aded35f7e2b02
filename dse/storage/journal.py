"""The journal: Optuna's log of a study in a file, locked for one process and never half written."""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from optuna.storages.journal import BaseJournalBackend

from dse.storage.lines import Entry, line_of, read_lines, trial_lines
from dse.storage.lost import LostError
from lightsim.errors import InputError

__all__ = ["Journal", "check_place"]

# A trial takes some kilobytes. A study that reaches this size belongs in a database.
_MOST_BYTES = 1 << 30


def check_place(path: Path) -> None:
    """Raise `InputError` unless `path` is a regular file, or a name for a new one in a folder."""
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
    """The whole file; raises `InputError` for a file larger than any journal."""
    size = os.fstat(file.fileno()).st_size
    if size > _MOST_BYTES:
        problem = f"holds {size:,} bytes, which is no journal"
        raise InputError(str(path), problem, f"accepted: at most {_MOST_BYTES:,} bytes")
    return file.read()


@dataclass(frozen=True, slots=True)
class _Known:
    """The state of the file: its `size` in bytes, the `checksum` of its last line, and the `count`
    of its entries. `fresh` are the entries, with their lines, that Optuna has not read yet."""

    size: int
    checksum: int
    count: int
    fresh: tuple[tuple[int, Entry], ...]


@dataclass(frozen=True, slots=True)
class _Begun:
    """A write that has begun: the state of the file before it, and the state after it."""

    before: _Known
    after: _Known


class Journal(BaseJournalBackend):
    """A journal that this process alone reads and writes.

    `line` is the line of the entry that was read last. If Optuna refuses the entry, the error
    names this line.
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
        fresh = tuple(enumerate(found.entries, 1))
        self._known = _Known(found.size, found.checksum, len(found.entries), fresh)
        self._begun: _Begun | None = None
        self._cut, self._open_end, self._damage = found.cut, found.open_end, found.damage
        self._trial_lines = trial_lines(found.entries)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def check(self) -> None:
        """Raise `InputError` for a damaged line, if there is one."""
        if self._damage is not None:
            raise self.damaged(self._known.count + 1, self._damage)

    def line_of_trial(self, trial: int) -> int:
        """The line on which a trial begins that was in the file when it was opened."""
        return self._trial_lines[trial] if trial < len(self._trial_lines) else self._known.count

    def damaged(self, line: int, problem: str) -> InputError:
        """The error for a damaged line, with the ways to go on."""
        lines = "line" if line == 2 else f"{line - 1} lines"
        before = f"keep the {lines} before it, or name another file"
        accepted = "accepted: a journal of `lightsim explore`" if line == 1 else before
        return InputError(f"{self.path}, line {line}", problem, accepted)

    def mend(self, note: Callable[[str], None]) -> None:
        """Mend the last line: drop half a line, or add the end of line if only that is missing."""
        try:
            if self._open_end:
                os.write(self._file, b"\n")
                self._known = replace(self._known, size=self._known.size + 1)
            elif self._cut:
                os.ftruncate(self._file, self._known.size)
                line = self._known.count + 1
                note(f"{self.path}, line {line}: was cut off in the middle and is dropped")
        except OSError as error:
            raise _unusable(self.path, error) from None
        self._cut = self._open_end = False

    def read_logs(self, log_number_from: int) -> Iterator[dict[str, Any]]:
        """The entries after the first `log_number_from`; entries before them are forgotten."""
        self._settle()
        fresh = tuple(row for row in self._known.fresh if row[0] > log_number_from)
        self._known = replace(self._known, fresh=fresh)
        for line, entry in fresh:
            self.line = line
            yield dict(entry)

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        """Write all entries. If writing fails, nothing is written and `LostError` is raised."""
        self._settle()
        known = self._known
        checksum, data, fresh = known.checksum, b"", list(known.fresh)
        for number, log in enumerate(logs, known.count + 1):
            line, checksum = line_of(log, checksum)
            data += line
            fresh.append((number, json.loads(json.dumps(log))))
        after = _Known(known.size + len(data), checksum, known.count + len(logs), tuple(fresh))
        try:
            if os.fstat(self._file).st_nlink == 0:
                raise FileNotFoundError(errno.ENOENT, "was deleted during the search")
            self._begun = _Begun(known, after)
            self._write(data)
        except OSError as error:
            self._begun = None
            with suppress(OSError):
                os.ftruncate(self._file, known.size)
            raise LostError(str(self.path), _cause(error)) from None
        self._settle()

    def _settle(self) -> None:
        """Complete a write that an interrupt left unfinished: the size of the file shows whether
        everything was written.

        Another interrupt may come here. The state changes in a single assignment, and the write
        counts as begun until the assignment after it, so this method can be called again.
        """
        begun = self._begun
        if begun is not None and self._known is begun.before:
            if os.fstat(self._file).st_size == begun.after.size:
                self._known = begun.after
            else:
                os.ftruncate(self._file, begun.before.size)
        self._begun = None

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
