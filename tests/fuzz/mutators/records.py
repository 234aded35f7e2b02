"""Records kept by a program: the lines of a journal, the rows of a table, a packed checkpoint."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

from tests.fuzz.case import OK, SAFE, Mutant, Mutator
from tests.fuzz.mutators.text import BYTES, LINES, damage
from tests.fuzz.mutators.toml import places
from tests.fuzz.mutators.values import VALUES, Raw

__all__ = ["CHECKPOINT", "CSV", "JOURNAL", "JSON"]

_PLAIN = tuple(value for value in VALUES if not isinstance(value, Raw))
_NO_NUMBERS = (float("nan"), float("inf"), float("-inf"), None)


def _changed(document: Any, rng: random.Random) -> tuple[Any, str]:
    document = copy.deepcopy(document)
    place = rng.choice(places(document))
    inside = document
    for key in place[:-1]:
        inside = inside[key]
    key = place[-1]
    match rng.randrange(4):
        case 0:
            del inside[key]
            return document, f"{key} is missing"
        case 1 if isinstance(inside, dict):
            inside[key + "s"] = inside.pop(key)
            return document, f"{key} is called {key}s"
        case _:
            inside[key] = rng.choice(_PLAIN + _NO_NUMBERS)
            return document, f"{key} = {inside[key]!r}"[:120]


def _text(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _record(content: bytes, rng: random.Random) -> Mutant:
    lines = content.splitlines()
    line = rng.randrange(len(lines))
    document, what = _changed(json.loads(lines[line]), rng)
    lines[line] = _text(document)
    return Mutant(b"\n".join(lines) + b"\n", f"line {line + 1}: {what}")


def _half_line(content: bytes, rng: random.Random) -> Mutant:
    """A process or a disk ended in the middle of the last line: the others are whole."""
    last = content.rstrip(b"\n").rfind(b"\n") + 1
    place = rng.randrange(last + 1, len(content) - 1)
    return Mutant(content[:place], "the last line is half there", OK)


def _no_end(content: bytes, rng: random.Random) -> Mutant:
    del rng
    return Mutant(content[:-1], "the last line has no end", OK)


JOURNAL: tuple[Mutator, ...] = (
    _record, _record, _record, _record, _record, _half_line, _half_line, _no_end, *LINES, *BYTES[:6]
)  # fmt: skip


def _json(content: bytes, rng: random.Random) -> Mutant:
    document, what = _changed(json.loads(content), rng)
    return Mutant(_text(document), what)


JSON: tuple[Mutator, ...] = (_json, _json, *LINES)


def _cell(content: bytes, rng: random.Random) -> Mutant:
    rows = [line.split(b",") for line in content.splitlines()]
    row = rng.choice(rows)
    column = rng.randrange(len(row))
    row[column] = rng.choice(
        (
            b"",
            b"-1",
            b"nan",
            b"x",
            b"1e9",
            b"99999999999999999999",
            b'"',
            b"\xff",
            b"a=b",
            b"a=",
            b"=1",
        )
    )
    return Mutant(b"\n".join(b",".join(row) for row in rows) + b"\n", f"a cell is {row[column]!r}")


CSV: tuple[Mutator, ...] = (_cell, _cell, *LINES)

CHECKPOINT: tuple[Mutator, ...] = damage(SAFE, BYTES)
"""A checkpoint has a checksum of its own: nothing that differs may change what comes of it."""
