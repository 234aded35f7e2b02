"""The command as a process of its own: closed outputs, a full disk, odd environments."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.cli.command import LIGHTSIM

__all__ = ["CASES", "Surrounding", "ended_in"]


@dataclass(frozen=True, slots=True)
class Surrounding:
    """A shell's way to run a command, the variables beside, and the exit codes that are right."""

    name: str
    shell: str
    codes: tuple[int, ...] = (0, 1)
    environment: tuple[tuple[str, str], ...] = ()


def _outputs() -> Iterator[Surrounding]:
    commands = {
        "run": '"$0" run digits-small', "run json": '"$0" run digits-small --json',
        "list": '"$0" list', "refused": '"$0" run nothing', "help": '"$0" --help',
        "explore": '"$0" explore digits-small --trials 1 --output out',
        "rtl": '"$0" rtl digits-small --output out', "version": '"$0" --version', "none": '"$0"',
    }  # fmt: skip
    for name, command in commands.items():
        wrong = (2,) if name in ("refused", "none") else (0, 1)
        yield Surrounding(f"{name}, output closed", f"{command} >&-", wrong)
        yield Surrounding(f"{name}, errors closed", f"{command} 2>&-", wrong)
        yield Surrounding(f"{name}, both closed", f"{command} >&- 2>&-", wrong)
        yield Surrounding(f"{name}, all closed", f"{command} <&- >&- 2>&-", wrong)
        yield Surrounding(f"{name}, output full", f"{command} >/dev/full", (1, *wrong))
        yield Surrounding(f"{name}, errors full", f"{command} 2>/dev/full", (1, *wrong))
        unread = f"{{ {command}; echo $? >&3; }} 3>code | true; exit $(cat code)"
        yield Surrounding(f"{name}, nobody reads", unread, (1, *wrong))


_VARIABLES = (
    ("LIGHTSIM_INSTRUCTION", "bogus", (2,)), ("LIGHTSIM_INSTRUCTION", "", (0, 2)),
    ("LIGHTSIM_INSTRUCTION", "x" * 5000, (2,)), ("LIGHTSIM_INSTRUCTION", "\u001b[31m", (2,)),
    ("LANG", "C", (0,)), ("LC_ALL", "POSIX", (0,)), ("PYTHONIOENCODING", "ascii", (0,)),
    ("PYTHONUTF8", "0", (0,)), ("COLUMNS", "1", (0,)), ("COLUMNS", "0", (0,)),
    ("COLUMNS", "-5", (0,)), ("COLUMNS", "many", (0,)), ("TERM", "nonsense", (0,)),
    ("NO_COLOR", "1", (0,)), ("FORCE_COLOR", "1", (0,)), ("HOME", "/nonexistent", (0,)),
    ("HOME", "", (0,)), ("TMPDIR", "/nonexistent", (0, 1, 2)),
    ("XDG_CACHE_HOME", "/dev/null", (0,)),
    ("NUMBA_CPU_NAME", "generic", (0, 2)), ("NUMBA_CACHE_DIR", "/dev/null/x", (0, 1, 2)),
    ("OMP_NUM_THREADS", "many", (0,)), ("OPENBLAS_NUM_THREADS", "-1", (0,)),
    ("PYTHONWARNINGS", "error", (0,)), ("PYTHONOPTIMIZE", "2", (0,)), ("TZ", "Nowhere/Else", (0,)),
)  # fmt: skip


def _environments() -> Iterator[Surrounding]:
    for name, value, codes in _VARIABLES:
        yield Surrounding(
            f"run with {name}={value[:12]!r}", '"$0" run digits-small', codes, ((name, value),)
        )
    yield Surrounding("few open files", 'ulimit -n 20; "$0" run digits-small', (0, 1, 2))
    yield Surrounding("no large files", 'ulimit -f 1; "$0" run digits-small --output out', (1, 2))
    yield Surrounding("no folder", 'mkdir x; cd x; rmdir ../x; "$0" run digits-small', (0, 2))
    yield Surrounding(
        "no folder, explore",
        'mkdir x; cd x; rmdir ../x; "$0" explore digits-small --trials 1',
        (0, 1, 2),
    )
    yield Surrounding("a name of 5,000", '"$0" run "$(printf %05000d 1)"', (2,))
    yield Surrounding("not UTF-8", "\"$0\" run digits-small --output $'\\xff\\xfe'", (0, 2))
    yield Surrounding("not UTF-8, C", "LC_ALL=C PYTHONUTF8=0 \"$0\" run $'\\xff\\xfe.toml'", (2,))


CASES: tuple[Surrounding, ...] = (*_outputs(), *_environments())


def ended_in(case: Surrounding, folder: Path) -> list[str]:
    """Run a case in an empty folder; every rule that it breaks, in words."""
    done = subprocess.run(
        ["bash", "-c", case.shell, LIGHTSIM], cwd=folder, capture_output=True, timeout=600,
        env=os.environ | dict(case.environment),
    )  # fmt: skip
    said = (done.stderr + done.stdout).decode("utf-8", "replace")
    found = []
    for mark in ("Traceback", "Exception ignored", "Fatal Python error"):
        if mark in said:
            found.append(f"traceback: {said.strip().splitlines()[-1][:160]}")
            break
    if done.returncode not in case.codes:
        found.append(f"exit code: {done.returncode} ({said.strip()[-120:]!r})")
    return found
