"""What a command may do with an input, whatever it is: the rules, and each breach in words."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.case import OK, REFUSED, SAFE, SAME, Case
from tests.fuzz.outputs import document_faults, folder_faults

__all__ = ["MOST_MEMORY_MIB", "Ended", "faults"]

MOST_MEMORY_MIB = 1024
_LONGEST_LINE = 420
_PARTIAL = ".lightsim-partial-"
_TIME = re.compile(rb'\n *"seconds": [^\n]*')
_NOT_OURS = re.compile(
    r"^\S*(?:site-packages|lib/python)\S*: \w*Warning|^\w*Warning:|RuntimeWarning", re.M
)


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command left behind; `stopped` says why it had to be ended, `left` how many
    processes outlived it, `made` what else is compared with the seed."""

    code: int
    out: bytes
    err: bytes
    cpu_s: float
    memory_mib: float
    stopped: str = ""
    left: int = 0
    made: bytes = b""


def faults(
    case: Case, ended: Ended, folder: Path, before: dict[str, bytes], same: bytes
) -> list[str]:
    """Every rule that is broken; `before` is the folder as it was, `same` what the seed printed."""
    return [
        *_end(case, ended),
        *_words(case, ended),
        *_expected(case, ended, same),
        *_folder(case, folder, before, stopped=bool(ended.stopped)),
    ]


def _end(case: Case, ended: Ended) -> Iterator[str]:
    if case.works_s and ended.stopped == "processor time":
        return  # what it was asked for takes long, and it was at work
    if ended.stopped == "memory" or ended.memory_mib > MOST_MEMORY_MIB:
        yield f"memory: {ended.memory_mib:.0f} MiB"
    elif ended.stopped:
        yield f"hang: {ended.stopped} ({ended.cpu_s:.0f} CPU s)"
    elif ended.code < 0:
        yield f"signal: {-ended.code}"
    elif ended.code not in (0, 2, 3, *case.codes):
        yield f"exit code: {ended.code}"
    if ended.left:
        yield f"left: {ended.left} processes"


def _words(case: Case, ended: Ended) -> Iterator[str]:
    err = ended.err.decode("utf-8", "replace")
    if "Traceback (most recent call last)" in err or b"Traceback (most recent" in ended.out:
        yield f"traceback: {err.strip().splitlines()[-1][:160] if err.strip() else ''}"
        return
    if _NOT_OURS.search(err):
        yield f"warning: {err.strip().splitlines()[0][:160]}"
    if ended.code in (2, 3):
        yield from _refusal(ended, err)
    elif ended.code == 0 and not ended.stopped:
        if "--json" in [part.decode(errors="replace") for part in case.argv]:
            yield from document_faults(ended.out.decode("utf-8", "replace"))
        if "error: " in err:
            yield f"message: an error with exit code 0: {err[:100]!r}"


def _refusal(ended: Ended, err: str) -> Iterator[str]:
    """One or two lines that say `error: `, and nothing on standard output."""
    # A search in which no design could run prints what it tried, and then the error.
    if ended.out and not (ended.code == 3 and ended.out.startswith(b"{")):
        yield "message: output beside an error"
    lines = err.splitlines()
    notes = [line for line in lines if line.startswith(("note: ", "warning: "))]
    said = [line for line in lines if line not in notes]
    if not said or not said[0].startswith("error: ") or len(said) > 2:
        yield f"message: {len(said)} lines: {err[:100]!r}"
    if any(len(line) > _LONGEST_LINE or not line.isprintable() for line in lines):
        worst = max(lines, key=len)
        yield f"message: a line of {len(worst)} characters, or control characters: {worst[:60]!r}"


def _expected(case: Case, ended: Ended, same: bytes) -> Iterator[str]:
    if ended.stopped or ended.code < 0:
        return
    told = ended.err.decode("utf-8", "replace").strip()[:120]
    other = _TIME.sub(b"", ended.out + ended.made) != _TIME.sub(b"", same)
    if case.expects == REFUSED and ended.code == 0:
        yield "accepted: it should have been refused"
    if case.expects == SAFE and ended.code == 0 and other:
        yield "accepted: what came of it is another thing"
    if case.expects in (OK, SAME) and ended.code != 0:
        yield f"refused: it should have been accepted ({told})"
    elif case.expects == SAME and other:
        yield "different: it should print what the seed prints"


def _folder(case: Case, folder: Path, before: dict[str, bytes], *, stopped: bool) -> Iterator[str]:
    """Inputs are as they were, and every file that the command made or changed is whole.

    A command that the suite has killed (`stopped`) may leave the partial file that it was writing.
    """
    for name, content in before.items():
        if not name.startswith(case.writes) and not _is(folder / name, content):
            yield f"input: {name} was changed"
    for name in case.writes:
        if os.path.isdir(folder / name):  # noqa: PTH112 (False for names that cannot be)
            for fault in folder_faults(folder / name):
                own = f"{name}/{fault.partition(': ')[2].partition(' (')[0]}".lstrip("/")
                if stopped and Path(own).name.startswith(_PARTIAL):
                    continue
                if own not in before or not _is(folder / own, before[own]):
                    yield f"output {fault}"
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if name not in before and path.is_file() and not name.startswith(case.writes):
            yield f"output: {name} was written"
            return


def _is(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content
