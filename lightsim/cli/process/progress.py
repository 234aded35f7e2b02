"""The progress bar: on standard error, and only for work that takes time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

__all__ = ["searching", "shown", "training"]

if TYPE_CHECKING:
    from dse.search.searcher import Step
    from lightsim.flow.training import Moment

_PATIENCE_S = 0.7  # shorter work shows no bar


@contextmanager
def shown() -> Iterator[Callable[[str, int, int], None]]:
    """A function `tell(what, done, of)` that moves a bar; the bar is erased at the end."""
    bar = _bar()
    task = bar.add_task("", total=1)
    began = time.monotonic()
    running = False

    def tell(what: str, done: int, of: int) -> None:
        nonlocal running
        if not running and time.monotonic() - began > _PATIENCE_S:
            bar.start()
            running = True
        bar.update(task, description=what, completed=done, total=of)

    try:
        yield tell
    finally:
        if running:
            bar.stop()


@contextmanager
def searching(trials: int, *, prove: bool) -> Iterator[Callable[[Step], None]]:
    """A function `tell(step)` that moves a bar, with the best design so far and the gap."""
    bar = _bar()
    task = bar.add_task("bound the space", total=None if prove else trials)

    def tell(step: Step) -> None:
        best = "none yet" if step.best is None else f"{step.best:.6g}"
        gap = "" if step.gap is None else f", gap {step.gap:.2%}"
        bar.update(task, description=f"best {best}{gap}", completed=step.evaluations)

    with bar:
        yield tell


@contextmanager
def training() -> Iterator[Callable[[Moment], None]]:
    """A function `tell(moment)` that moves a bar over all epochs, with loss, accuracy and k."""
    bar = _bar()
    task = bar.add_task("load the images", total=None)

    def tell(moment: Moment) -> None:
        last = moment.last
        told = f"seed {moment.seed}"
        if last is not None:
            k = "/".join(str(sum(rows)) for rows in zip(*last.k.values(), strict=True))
            told += f", {last.stage}: loss {last.loss:.4f}, {last.accuracy:.2%}, k {k}"
        bar.update(task, description=told, completed=moment.done, total=max(moment.of, 1))

    with bar:
        yield tell


def _bar() -> Progress:
    """A bar that is erased at the end, and is not drawn if standard error is not a terminal."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
