"""A process with everything imported and compiled, forked once for each input.

    python -m tests.fuzz.server plain|torch

reads a line of JSON for each input (`argv` and `environment` in the file system's encoding,
`cwd`, `out`, `err`, `cpu_s`, `idle_s`, `memory_mib`) and answers a line of JSON (`code`,
`signal`, `cpu_s`, `wall_s`, `memory_mib`, `stopped`, `left`). The forked process runs
`lightsim.cli.main`, the function that the installed command calls, and ends as the interpreter
would, so an input costs milliseconds where a process of its own costs seconds.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
import os
import resource
import select
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

__all__ = ["main"]

_LOOK_S = 0.1
_PAGE = os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Warm up, then answer until standard input ends."""
    answers = os.fdopen(os.dup(1), "w")
    commands = os.fdopen(os.dup(0), "r")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    _warm(sys.argv[1])
    gc.collect()
    gc.freeze()
    print("ready", file=answers, flush=True)
    for line in commands:
        print(json.dumps(_answered(json.loads(line))), file=answers, flush=True)


def _warm(forks: str) -> None:
    """Import everything and run every command once: what is compiled stays compiled."""
    from tests.fuzz.warm import run_all

    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    run_all(with_torch=forks == "torch")
    for number, handler in handlers.items():
        signal.signal(number, handler)


def _answered(asked: dict[str, Any]) -> dict[str, Any]:
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        _child(asked)
    stopped, most = _watched(pid, asked, began)
    _, status, used = os.wait4(pid, 0)
    left = _left(pid)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "cpu_s": used.ru_utime + used.ru_stime,
        "wall_s": time.monotonic() - began,
        "memory_mib": max(most, used.ru_maxrss / 1024),
        "stopped": stopped,
        "left": left,
    }


def _watched(pid: int, asked: dict[str, Any], began: float) -> tuple[str, float]:
    """Wait for the end; stop what takes too much, and say what it was and the most memory seen."""
    process = os.pidfd_open(pid)
    most, stopped, spent, moved = 0.0, "", 0.0, began
    try:
        while not select.select([process], [], [], _LOOK_S)[0]:
            cpu_s, memory = _taken(pid)
            most = max(most, memory)
            if cpu_s > spent:
                spent, moved = cpu_s, time.monotonic()
            if cpu_s > asked["cpu_s"]:
                stopped = "processor time"
            elif time.monotonic() - moved > asked["idle_s"]:
                stopped = "it waits for ever"
            elif memory > asked["memory_mib"]:
                stopped = "memory"
            if stopped:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
                break
    finally:
        os.close(process)
    return stopped, most


def _taken(pid: int) -> tuple[float, float]:
    """CPU seconds of a process with its children, running or ended, and its own memory in MiB."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        children = "".join(
            Path(entry.path, "children").read_text() for entry in os.scandir(f"/proc/{pid}/task")
        ).split()
    except (OSError, IndexError):
        return 0.0, 0.0
    # A program that is running, Yosys say, is counted by the kernel only when it has ended.
    of_children = sum(_taken(int(child))[0] for child in children)
    own = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return own + of_children, pages * _PAGE / 2**20


def _left(session: int) -> int:
    """Processes that the ended one has left behind, which are ended too."""
    end = time.monotonic() + 5
    while (found := _members(session)) and time.monotonic() < end:
        time.sleep(0.05)
    for pid in found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(found)


def _members(session: int) -> list[int]:
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError):
                fields = Path(f"/proc/{entry.name}/stat").read_text().rpartition(")")[2].split()
                if int(fields[3]) == session and fields[0] != "Z":
                    found.append(int(entry.name))
    return found


def _child(asked: dict[str, Any]) -> None:
    """The command, as if the interpreter had just begun it; never returns."""
    code = 70
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        for name, number in (("out", 1), ("err", 2)):
            opened = os.open(asked[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(opened, number)
            os.close(opened)
        os.chdir(os.fsencode(asked["cwd"]))
        os.environ.update(asked["environment"])
        sys.argv = ["lightsim", *asked["argv"]]
        code = _command()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _command() -> int:
    from lightsim.cli import main as command

    code: Any = 1
    try:
        command()
    except SystemExit as end:
        code = end.code
        if code is not None and not isinstance(code, int):
            sys.stderr.write(f"{code}\n")
            code = 1
    except BaseException:
        traceback.print_exc()
    # What the interpreter does at its end, where it would be seen.
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return int(code or 0) & 0xFF


if __name__ == "__main__":
    main()
