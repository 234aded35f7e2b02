"""The progress bar: on standard error, and only for work that lasts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

__all__ = ["shown"]

_PATIENCE_S = 0.7  # what ends sooner needs no bar


@contextmanager
def shown() -> Iterator[Callable[[str, int, int], None]]:
    """A function `tell(what, done, of)` that moves a bar, erased at the end."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
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
