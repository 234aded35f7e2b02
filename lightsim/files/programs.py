"""The programs that LightSim runs (compilers, simulators, synthesis); none outlives LightSim."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from lightsim.files.temporary import temporary_folder

__all__ = ["run_tool"]

_DYING_S = 2.0
"""The longest wait, in seconds, for the children of a killed program; a process on a full disk may
hang.
"""

# A guard runs in the process group of the program and reads a pipe that nobody writes to. The pipe
# closes when LightSim ends, in whatever way. The guard then ends the whole group, including
# processes that a compiler has started. The guard is not a child of the program, because a program
# may wait for all its children.
_GUARDED = (
    'exec 3<&0; ( ( read -r _ <&3; kill -KILL 0 ) >/dev/null 2>&1 & ); exec "$@" 3<&- </dev/null'
)


def run_tool(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    log: IO[Any] | None = None,
    output: IO[Any] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; its output is returned, or written to `log` if `log` is given.

    With `output`, only the standard output goes to `output`, and the errors are returned. The
    program ends with this process: at once on an interrupt, and within a moment after this process
    is killed. Without a POSIX shell the program is run without a guard.
    """
    shell = shutil.which("sh") if os.name == "posix" else None
    streams = (
        log or output or subprocess.PIPE, subprocess.PIPE if log is None else subprocess.STDOUT,
    )  # fmt: skip
    # A killed compiler leaves temporary files, so they get a folder that is removed afterwards.
    with temporary_folder("tool") as own:
        inner = {**(os.environ if env is None else env), "TMPDIR": str(own)}
        if shell is None:
            return _run(command, cwd, inner, streams, subprocess.DEVNULL)
        theirs, ours = os.pipe()
        try:
            return _run([shell, "-c", _GUARDED, "sh", *command], cwd, inner, streams, theirs)
        finally:
            os.close(theirs)
            os.close(ours)  # closing the pipe ends the guard


def _run(
    command: Sequence[str],
    cwd: Path | None,
    env: Mapping[str, str] | None,
    streams: tuple[IO[Any] | int, int],
    stdin: int,
) -> subprocess.CompletedProcess[str]:
    with subprocess.Popen(
        command, cwd=cwd, env=env, stdin=stdin, stdout=streams[0], stderr=streams[1],
        encoding="utf-8", errors="replace", start_new_session=True,
    ) as process:  # fmt: skip
        try:
            out, err = process.communicate()
        except BaseException:
            _end(process)
            raise
    return subprocess.CompletedProcess(command, process.returncode, out or "", err or "")


def _end(process: subprocess.Popen[str]) -> None:
    """End a program and all processes that it has started, and wait until they have ended.

    Otherwise these processes could still write into a folder that is being removed.
    """
    with suppress(OSError):
        if os.name != "posix":
            process.kill()
            return
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        end = time.monotonic() + _DYING_S
        while time.monotonic() < end:
            os.killpg(process.pid, 0)  # raises an error when the group has no process left
            time.sleep(0.005)
