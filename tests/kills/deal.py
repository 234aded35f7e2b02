"""One kill: a command ended at a drawn moment by a drawn signal, gone on with, and judged."""

from __future__ import annotations

import contextlib
import math
import os
import random
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fuzz.case import rng
from tests.fuzz.outputs import folder_faults
from tests.kills.process import Ended, begun, members, outlived, until_used, waited, whole
from tests.kills.subjects import Answer, Subject

__all__ = ["SIGNALS", "Straight", "judged", "straight"]

SIGNALS = {"SIGKILL": signal.SIGKILL, "SIGTERM": signal.SIGTERM, "SIGINT": signal.SIGINT}
_CODES = {"SIGKILL": (-9,), "SIGTERM": (143,), "SIGINT": (130,)}
# What a search writes long before its results.
_ALL_ALONG = ("journal", "journal.log", "study")
_IMPORTS_S = 0.3
"""Before that the interpreter is still being started, and a signal is its own."""


@dataclass(frozen=True, slots=True)
class Straight:
    """A command that nobody disturbed: what it used and what it answered."""

    cpu_s: float
    answer: Answer
    files: Answer


def straight(subject: Subject, environment: dict[str, str] | None = None) -> Straight:
    """Run a subject undisturbed in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="lightsim-straight-") as temporary:
        folder = Path(temporary)
        subject.prepare(folder)
        ended = whole(subject.argv, folder, environment)
        assert ended.code == 0, (subject.name, ended)
        return Straight(ended.cpu_s, subject.answer(folder), _contents(folder, subject))


def judged(subject: Subject, number: int, known: Straight) -> dict[str, Any]:
    """Kill number so-and-so of a subject: everything about it depends on the number alone."""
    draw = rng(f"{subject.name}/{number}")
    name = list(SIGNALS)[number % 3]
    share = draw.random() * 1.05
    moment = _Moment(draw) if number % 2 else None
    told: list[str] = []
    with tempfile.TemporaryDirectory(prefix="lightsim-kill-") as temporary:
        folder, beside = Path(temporary) / "case", Path(temporary) / "temporary"
        folder.mkdir()
        beside.mkdir()
        subject.prepare(folder)
        process = begun(subject.argv, folder, {"TMPDIR": str(beside)})
        worker = "two workers" in subject.name and draw.random() < 0.3
        used = max(_IMPORTS_S, share * known.cpu_s)
        if until_used(process, *((used,) if moment is None else (math.inf, moment.at(folder)))):
            worker = _sent(process.pid, name, draw, worker=worker)
        ended = waited(process, folder)
        told += _at_once(subject, name, ended, folder, beside, process.pid, known, worker=worker)
        told += _afterwards(subject, folder, known, name if ended.code else "")
    return {
        "id": f"{subject.name}/{number}", "command": subject.command, "signal": name,
        "what": "a worker" if worker else "the command",
        "share": round(share, 3) if moment is None else "while it writes",
        "code": ended.code, "faults": told,
    }  # fmt: skip


class _Moment:
    """While the command writes: a little after one of the first things that it writes is there.

    Every other kill is dealt then, for writing takes a hundredth of the time.
    """

    def __init__(self, draw: random.Random) -> None:
        self._things = draw.choice((1, 1, 2, 3, 5, 8))
        self._delay_s = draw.random() ** 3 * 0.05
        self._seen: set[tuple[str, int]] = set()

    def at(self, folder: Path) -> Callable[[], bool]:
        before = {path: path.stat().st_mtime_ns for path in (folder / "out").rglob("*")}

        def writes() -> bool:
            for path in (folder / "out").rglob("*"):
                with contextlib.suppress(OSError):
                    changed = path.stat().st_mtime_ns
                    if before.get(path) != changed and path.stem not in _ALL_ALONG:
                        self._seen.add((path.name, changed))
            if len(self._seen) < self._things:
                return False
            time.sleep(self._delay_s)
            return True

        return writes


def _sent(pid: int, name: str, draw: random.Random, *, worker: bool) -> bool:
    """Send a signal to a command, as a terminal does to all its processes where it is Ctrl-C; or
    SIGKILL to one of its workers; whether it was a worker's."""
    try:
        if worker:
            workers = [one for one in members(pid) if one != pid and _is_worker(one)]
            if workers:
                os.kill(draw.choice(workers), signal.SIGKILL)
                return True
        if name == "SIGINT":
            os.killpg(pid, SIGNALS[name])
        else:
            os.kill(pid, SIGNALS[name])
    except ProcessLookupError:
        pass  # it has ended meanwhile
    return False


def _is_worker(pid: int) -> bool:
    try:
        return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _at_once(
    subject: Subject,
    name: str,
    ended: Ended,
    folder: Path,
    beside: Path,
    session: int,
    known: Straight,
    *,
    worker: bool,
) -> list[str]:
    """What the end itself has to be, whatever comes later."""
    told = []
    if left := outlived(session):
        told.append(f"left: {left} processes")
    codes = (0,) if worker else (0, *_CODES[name])
    # Before the command's first line the signal is the interpreter's own: a shell says 130 or 143.
    if not worker and ended.code == -SIGNALS[name] and not ended.err and not ended.out:
        codes = (*codes, ended.code)
    if ended.code not in codes:
        told.append(f"exit code: {ended.code} ({ended.err.strip()[-200:]!r})")
    if "Traceback" in ended.err:
        told.append(f"traceback: {ended.err.strip().splitlines()[-1][:160]}")
    tidy = name != "SIGKILL" or worker
    for output in subject.outputs:
        for fault in folder_faults(folder / output) if (folder / output).exists() else ():
            if tidy or not fault.startswith("left over"):
                told.append(fault)
    told += _half(subject, folder, known, ended)
    # PyTorch makes a folder for its compiler's cache as soon as it is imported, and keeps it.
    rest = [path.name for path in beside.iterdir() if not path.name.startswith("torchinductor_")]
    if tidy and rest:
        told.append(f"left over: {', '.join(rest)} in the folder for temporary files")
    return told


def _half(subject: Subject, folder: Path, known: Straight, ended: Ended) -> list[str]:
    """Files without a form of their own: as the undisturbed command leaves them, or not there."""
    if subject.command not in ("rtl", "verify"):
        return []
    return [
        f"half there: {name}"
        for name, content in _contents(folder, subject).items()
        if name in known.files and content != known.files[name]
    ]  # fmt: skip


def _contents(folder: Path, subject: Subject) -> Answer:
    if subject.command not in ("rtl", "verify"):
        return {}
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted((folder / "out").rglob("*"))
        if path.is_file() and "obj" not in path.parts
    }


def _afterwards(subject: Subject, folder: Path, known: Straight, disturbed: str) -> list[str]:
    """The command gone on with: nothing finished is lost, and the answer is the same."""
    before = subject.finished(folder)
    again = whole(subject.again if disturbed else subject.argv, folder) if disturbed else None
    if again is not None and again.code == 2 and subject.resumes and not before:
        again = whole(subject.argv, folder)  # there was nothing to resume yet
    if again is not None and again.code != 0:
        return [f"not gone on with: {again.code} ({again.err.strip()[-200:]!r})"]
    try:
        answer = subject.answer(folder)
    except Exception as error:  # whatever is missing or half there
        return [f"no answer: {type(error).__name__}: {str(error)[:120]}"]
    told = [] if before <= subject.finished(folder) else ["lost: finished trials"]
    for output in subject.outputs:
        told += [f"at the end {fault}" for fault in folder_faults(folder / output)]
    if "designs" in answer and not before <= set(answer["designs"]):
        told.append("lost: finished trials are not in the tables")
    for key in sorted(set(answer) ^ set(known.answer)):
        told.append(f"different: {key} is there once")
    told += [
        f"different: {key}" for key in answer if answer[key] != known.answer.get(key, answer[key])
    ]
    return told[:6]
