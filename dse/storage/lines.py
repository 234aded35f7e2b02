"""The lines of a journal: written with a checksum, and checked one by one when read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from dse.storage.entries import CREATE_STUDY, CREATE_TRIAL, DELETE_STUDY, DamageError, check_entry

__all__ = ["Entry", "Read", "line_of", "read_lines", "trial_lines"]

Entry = Mapping[str, Any]

_CHECKED = re.compile(rb',"crc32":"([0-9a-f]{8})"}')
_LENGTH = len(b',"crc32":"01234567"}')


@dataclass(frozen=True, slots=True)
class Read:
    """The whole lines at the beginning of a journal.

    `entries` has one entry for each line, `size` is their number of bytes, and `checksum` the
    checksum after the last of them. `cut`: half a line follows. `open_end`: the last line lacks
    only its end of line. `damage`: what is wrong with the line that follows, if it is whole.
    """

    entries: tuple[Entry, ...]
    size: int
    checksum: int
    cut: bool = False
    open_end: bool = False
    damage: str | None = None


def line_of(entry: Mapping[str, Any], before: int) -> tuple[bytes, int]:
    """The line of an entry, and the checksum of the journal with this line; `before` is the
    checksum of the lines before it.

    The checksum covers all lines from the first, so a missing line is noticed too.
    """
    body = json.dumps(entry, separators=(",", ":"), allow_nan=False).encode()
    after = crc32(body, before)
    return b'%s,"crc32":"%08x"}\n' % (body[:-1], after), after


def read_lines(content: bytes) -> Read:
    """The lines of a journal up to the first damaged line.

    Lines of an earlier version, and lines of Optuna itself, have no checksum; only their form is
    checked.
    """
    entries: list[Entry] = []
    size, checksum = 0, 0
    while size < len(content):
        end = content.find(b"\n", size)
        whole = end >= 0
        raw = content[size:end] if whole else content[size:]
        try:
            entry, after = _read(raw, checksum)
        except DamageError as damage:
            if whole:
                return Read(tuple(entries), size, checksum, damage=str(damage))
            return Read(tuple(entries), size, checksum, cut=True)
        entries.append(entry)
        checksum = after
        if not whole:
            return Read(tuple(entries), len(content), checksum, open_end=True)
        size = end + 1
    return Read(tuple(entries), size, checksum)


def trial_lines(entries: Sequence[Entry]) -> list[int]:
    """The line (from 1) on which each trial begins, in the order of Optuna's trial numbers."""
    studies: dict[int, str] = {}
    begun, found = 0, []
    for number, entry in enumerate(entries, 1):
        code = entry["op_code"]
        if code == CREATE_STUDY and entry["study_name"] not in studies.values():
            studies[begun] = entry["study_name"]
            begun += 1
        elif code == DELETE_STUDY:
            studies.pop(entry["study_id"], None)
        elif code == CREATE_TRIAL and entry["study_id"] in studies:
            found.append(number)
    return found


def _read(raw: bytes, before: int) -> tuple[dict[str, Any], int]:
    """The entry of one line, and the checksum of the journal with this line."""
    entry = _parsed(raw)
    check_entry(entry)
    found = _CHECKED.fullmatch(raw, max(0, len(raw) - _LENGTH))
    if found is None:
        if "crc32" in entry:
            raise DamageError("is not as it was written")
        return entry, crc32(raw, before)
    after = crc32(raw[:-_LENGTH] + b"}", before)
    if int(found[1], 16) != after:
        raise DamageError(
            "is not as it was written, or a line before it is not (its checksum differs)"
        )
    del entry["crc32"]
    return entry, after


def _parsed(raw: bytes) -> Any:
    if not raw.strip(b"\0 \t\r"):
        raise DamageError("is empty")
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_constant)
    except UnicodeDecodeError:
        raise DamageError("is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise DamageError(
            f"is not JSON ({error.msg.removesuffix(' at')} at character {error.pos + 1})"
        ) from None
    except ValueError:  # a whole number with thousands of digits
        raise DamageError("holds a number that is far too long") from None
    except RecursionError:
        raise DamageError("is nested far too deep") from None


def _constant(name: str) -> float:
    raise DamageError(f"holds {name}, which is no number")
