"""What is tried: a seed is a command that works, a case is the same command with one thing odd."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["ANY", "OK", "REFUSED", "SAFE", "SAME", "Case", "Mutant", "Mutator", "Seed", "rng"]

ANY = "any"
"""Done or refused, whichever: only the manner is judged."""

OK = "ok"
"""Must end with 0."""

SAME = "same"
"""Must end with 0 and print what the seed prints."""

REFUSED = "refused"
"""Must end with 2 or 3."""

SAFE = "safe"
"""Must end with 2 or 3, or with 0 and what the seed prints."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A file's content with one thing changed, and what has to come of it."""

    content: bytes
    what: str
    expects: str = ANY


Mutator = Callable[[bytes, random.Random], Mutant]


@dataclass(frozen=True, slots=True)
class Seed:
    """A command that works, in a folder that holds the files it reads; paths are relative.

    `target` is the file that is mutated by one of `mutators`, `count` times; `writes` are the
    files and folders that the command may write or change. `codes` are exit codes beside 0, 2 and
    3 that are right for it. `forks` is what the forked process has to have imported. What is
    still at work after `works_s` seconds, if given, was asked for a lot and is no hang. Where the
    command may look away from the file, it is not `strict`: what should be refused need not be.
    """

    kind: str
    name: str
    folder: Path
    target: str
    argv: tuple[str, ...]
    mutators: tuple[Mutator, ...]
    count: int
    writes: tuple[str, ...] = ("out",)
    codes: tuple[int, ...] = ()
    forks: str = "plain"
    works_s: int = 0
    strict: bool = True


@dataclass(frozen=True, slots=True)
class Case:
    """One input: the files of a folder, some replaced, and the command that reads them."""

    id: str
    kind: str
    what: str
    argv: tuple[bytes, ...]
    folder: Path | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    prepare: str = ""
    expects: str = ANY
    writes: tuple[str, ...] = ("out",)
    codes: tuple[int, ...] = ()
    forks: str = "plain"
    works_s: int = 0
    environment: dict[str, str] = field(default_factory=dict)


def rng(name: str) -> random.Random:
    """Random numbers that depend on a name alone."""
    return random.Random(name)
