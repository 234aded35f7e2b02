"""Processes that run designs side by side, and what happens when one of them dies.

A design is sent to one process through a pipe, and its outcome comes back through the pipe. A
process that ends while it runs a design is replaced, and the design is run again. A design at
which `_ATTEMPTS` processes ended is given up.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import TYPE_CHECKING

from dse.evaluation.unheard import TERMINALS, unheard
from dse.machine.design import Design, Refusal
from dse.machine.doors import Evaluator, Machine
from dse.machine.outcome import Outcome
from dse.study.study import Share

if TYPE_CHECKING:
    from dse.free_k.problem import FreeK

__all__ = ["Crew", "Lost"]

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Lost:
    """A design that was given up: every process that ran it ended."""

    reason: str


Result = Outcome | Refusal | Lost


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    task: int | None = None


class Crew:
    """`count` processes that run designs of a machine; with a count of 1 this process runs the
    designs itself. A context manager, which ends the processes."""

    def __init__(
        self,
        machine: Machine,
        shares: tuple[Share, ...],
        seed: int,
        count: int,
        *,
        with_energy: bool = True,
        free_k: FreeK | None = None,
    ) -> None:
        self._arguments = (machine, shares, seed, with_energy, free_k)
        self._count = count
        self._own: Evaluator | None = None
        if count == 1:
            self._own = machine.evaluator(shares, seed, with_energy=with_energy, free_k=free_k)
        self._workers: list[_Worker] = []
        self.replaced = 0

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            with suppress(OSError):
                worker.pipe.close()
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join()

    @property
    def pids(self) -> list[int]:
        """The processes' ids."""
        return [pid for worker in self._workers if (pid := worker.process.pid) is not None]

    def run(self, designs: Sequence[Design]) -> Iterator[tuple[int, Result]]:
        """The place of every design with its result, in the order in which runs end."""
        if self._own is not None:
            for place, design in enumerate(designs):
                yield place, self._own.run(design)
            return
        while len(self._workers) < min(self._count, len(designs)):
            self._workers.append(self._hired())
        waiting = list(range(len(designs)))[::-1]
        attempts = [0] * len(designs)
        open_tasks = len(designs)
        while open_tasks:
            for at, worker in enumerate(self._workers):
                if worker.task is None and waiting:
                    self._workers[at] = self._handed(worker, waiting.pop(), designs)
            for place, result in self._returned(waiting, attempts):
                open_tasks -= 1
                yield place, result

    def _handed(self, worker: _Worker, place: int, designs: Sequence[Design]) -> _Worker:
        while True:
            try:
                worker.pipe.send((place, designs[place]))
            except OSError:  # the process ended before it was sent the design
                worker = self._replacement(worker)
                continue
            worker.task = place
            return worker

    def _returned(self, waiting: list[int], attempts: list[int]) -> list[tuple[int, Result]]:
        """Wait until a process answers or ends; the places and results that are new.

        A design whose process ended goes back to `waiting`, and its `attempts` are counted.
        """
        busy = {worker.pipe: at for at, worker in enumerate(self._workers)}
        found: list[tuple[int, Result]] = []
        for pipe in wait(list(busy)):
            assert isinstance(pipe, Connection)
            at = busy[pipe]
            worker = self._workers[at]
            try:
                place, result = pipe.recv()
            except (EOFError, OSError):
                self._workers[at] = self._replacement(worker)
                if worker.task is None:
                    continue
                attempts[worker.task] += 1
                if attempts[worker.task] < _ATTEMPTS:
                    waiting.append(worker.task)
                else:
                    reason = f"{_ATTEMPTS} processes ended while they ran it"
                    found.append((worker.task, Lost(reason)))
                continue
            worker.task = None
            found.append((place, result))
        return found

    def _hired(self) -> _Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, *self._arguments), daemon=True)
        with unheard():
            process.start()
        theirs.close()
        return _Worker(process, ours)

    def _replacement(self, worker: _Worker) -> _Worker:
        self.replaced += 1
        worker.pipe.close()
        worker.process.join()
        return self._hired()


def _end_with_parent() -> None:
    """End this process as soon as its parent has ended, even in the middle of a run."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _serve(
    pipe: Connection,
    machine: Machine,
    shares: tuple[Share, ...],
    seed: int,
    with_energy: bool,
    free_k: FreeK | None,
) -> None:
    """The work of a process: run the designs that come through the pipe until the pipe closes."""
    # A terminal sends its signals to all processes; only the parent answers them.
    for number in TERMINALS:
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    evaluator = machine.evaluator(shares, seed, with_energy=with_energy, free_k=free_k)
    with suppress(EOFError, OSError):
        while True:
            place, design = pipe.recv()
            pipe.send((place, evaluator.run(design)))
