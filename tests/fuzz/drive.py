"""Cases through servers, several at a time, each in a fresh folder and judged by what it left."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from queue import Empty, Queue
from threading import Lock, Thread
from typing import Any

from tests.fuzz.case import Case
from tests.fuzz.oracle import Ended, faults
from tests.fuzz.outputs import arrays_digest
from tests.fuzz.special import PREPARE

__all__ = ["Server", "judged", "run_cases"]

CPU_S = 180
IDLE_S = 45
MEMORY_MIB = 3000
Note = dict[str, Any]


class Server:
    """A process that forks for each input; see `tests.fuzz.server`."""

    def __init__(self, forks: str) -> None:
        own = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "COLUMNS": "100"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.server", forks], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, env=os.environ | own,
            cwd=Path(__file__).parents[2],
        )  # fmt: skip
        assert self._process.stdout is not None and self._process.stdin is not None
        assert self._process.stdout.readline() == "ready\n"

    def run(self, case: Case, folder: Path, beside: Path) -> Ended:
        """The command of a case in a folder; `beside` takes its two outputs."""
        assert self._process.stdout is not None and self._process.stdin is not None
        asked = {
            "argv": [os.fsdecode(part) for part in case.argv], "cwd": str(folder),
            "environment": case.environment, "out": str(beside / "stdout"),
            "err": str(beside / "stderr"), "cpu_s": case.works_s or CPU_S, "idle_s": IDLE_S,
            "memory_mib": MEMORY_MIB,
        }  # fmt: skip
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        out, err = ((beside / name).read_bytes() for name in ("stdout", "stderr"))
        return Ended(
            told["code"], out, err, told["cpu_s"], told["memory_mib"], told["stopped"], told["left"]
        )

    def end(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def judged(
    case: Case,
    server: Server,
    seeds: dict[str, bytes],
    keep: Path | None = None,
    printed: dict[str, bytes] | None = None,
) -> Note:
    """Run a case in a fresh folder and judge it by what its seed printed.

    What broke a rule is kept in `keep`, what it printed in `printed`.
    """
    with tempfile.TemporaryDirectory(prefix="lightsim-fuzz-") as temporary:
        beside = Path(temporary)
        folder = beside / "case"
        if case.folder is None:
            folder.mkdir()
        else:
            shutil.copytree(case.folder, folder, symlinks=True)
        for name, content in case.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        before = _contents(folder)
        if case.prepare:
            PREPARE[case.prepare](folder)
        ended = server.run(case, folder, beside)
        if case.kind == "checkpoint":  # what is printed says little of the weights
            ended = replace(ended, made=arrays_digest(folder))
        told = faults(case, ended, folder, before, seeds.get(case.id.rpartition("/")[0], b""))
        if printed is not None:
            printed[case.id.rpartition("/")[0]] = ended.out + ended.made
        if told and keep is not None:
            _kept(case, before, beside, keep)
    command = " ".join(os.fsdecode(part)[:60] for part in case.argv)
    return {
        "id": case.id, "kind": case.kind, "what": case.what, "code": ended.code, "faults": told,
        "cpu_s": round(ended.cpu_s, 3), "memory_mib": round(ended.memory_mib),
        "command": command.encode("ascii", "backslashreplace").decode(),
        "said": ended.err.decode("utf-8", "replace").strip()[-300:],
    }  # fmt: skip


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _kept(case: Case, before: dict[str, bytes], beside: Path, keep: Path) -> None:
    to = keep / case.id.replace("/", "_")
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir(parents=True)
    for name, content in before.items():
        if name in case.files or len(content) < 200_000:
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            (to / name).write_bytes(content)
    for name in ("stdout", "stderr"):
        shutil.copyfile(beside / name, to / name)
    shown = [os.fsdecode(part) for part in case.argv]
    (to / "argv.json").write_text(json.dumps(shown))


def run_cases(
    cases: Iterable[Case],
    processes: int,
    tell: Callable[[Note], None],
    seeds: dict[str, bytes],
    keep: Path | None = None,
    printed: dict[str, bytes] | None = None,
) -> None:
    """Every case by `processes` servers of each sort that is needed; `tell` gets each verdict."""
    sorts: dict[str, Queue[Case]] = {}
    for case in cases:
        sorts.setdefault(case.forks, Queue()).put(case)
    lock, errors = Lock(), []

    def work(forks: str, queue: Queue[Case]) -> None:
        server = Server(forks)
        try:
            while not errors:
                note = judged(queue.get_nowait(), server, seeds, keep, printed)
                with lock:
                    tell(note)
        except Empty:
            pass
        except Exception as error:  # told in the thread that waits
            errors.append(error)
        finally:
            server.end()

    for forks, queue in sorts.items():
        threads = [Thread(target=work, args=(forks, queue)) for _ in range(processes)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if errors:
        raise errors[0]
