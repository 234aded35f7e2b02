"""A command in a session of its own, ended once it has used a share of its processor time."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.cli.command import LIGHTSIM

__all__ = [
    "Ended", "begun", "cpu_of", "heed_signals", "members", "outlived", "until_used", "waited",
    "whole",
]  # fmt: skip

_TICKS = os.sysconf("SC_CLK_TCK")
_LOOK_S, _GLANCE_S = 0.02, 0.002
_PATIENCE_S = 900
_AFTERLIFE_S = 15.0
"""How long a process may outlive the command on a busy machine."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended, and what it had used."""

    code: int
    out: str
    err: str
    cpu_s: float = 0.0


def heed_signals() -> None:
    """Have this process's children heed what a shell's background job would be deaf to.

    A handler of Python's is not handed on, where a signal that is ignored stays ignored.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def begun(
    arguments: tuple[str, ...], folder: Path, environment: dict[str, str] | None = None
) -> subprocess.Popen[str]:
    """`lightsim ARGUMENTS` at work in a folder, its outputs in files beside."""
    with (folder / ".out").open("w") as out, (folder / ".err").open("w") as err:
        return subprocess.Popen(
            [LIGHTSIM, *arguments], cwd=folder, stdout=out, stderr=err, stdin=subprocess.DEVNULL,
            text=True, start_new_session=True, env=os.environ | (environment or {}),
        )  # fmt: skip


def waited(process: subprocess.Popen[str], folder: Path) -> Ended:
    """The end of a command."""
    code = process.wait(timeout=_PATIENCE_S)
    out, err = ((folder / name).read_text(errors="replace") for name in (".out", ".err"))
    return Ended(code, out, err)


def whole(
    arguments: tuple[str, ...], folder: Path, environment: dict[str, str] | None = None
) -> Ended:
    """The command undisturbed, with the processor time that it and its children used."""
    process = begun(arguments, folder, environment)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    ended = waited(process, folder)
    return Ended(ended.code, ended.out, ended.err, used.ru_utime + used.ru_stime)


def until_used(
    process: subprocess.Popen[str], cpu_s: float, other: Callable[[], bool] = lambda: False
) -> bool:
    """Wait until a session has used so much, or `other` is so; whether it is at work still."""
    end, looked = time.monotonic() + _PATIENCE_S, 0.0
    while process.poll() is None and time.monotonic() < end:
        if other():
            return process.poll() is None
        if time.monotonic() - looked > _LOOK_S:  # which takes longer than `other`
            if cpu_of(process.pid) >= cpu_s:
                return process.poll() is None
            looked = time.monotonic()
        time.sleep(_GLANCE_S)
    return False


def cpu_of(session: int) -> float:
    """CPU seconds of all processes of a session and of those that ended in it."""
    return sum(sum(map(int, fields[11:15])) for _, fields in _stats(session)) / _TICKS


def members(session: int) -> list[int]:
    """The processes of a session that have not ended."""
    return [pid for pid, fields in _stats(session) if fields[0] != "Z"]


def _stats(session: int) -> list[tuple[int, list[str]]]:
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError):
                fields = Path(entry.path, "stat").read_text().rpartition(")")[2].split()
                if int(fields[3]) == session:
                    found.append((int(entry.name), fields))
    return found


def outlived(session: int) -> int:
    """How many processes of an ended command are still there; they are ended then."""
    end = time.monotonic() + _AFTERLIFE_S
    while (left := members(session)) and time.monotonic() < end:
        time.sleep(_LOOK_S)
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(left)
