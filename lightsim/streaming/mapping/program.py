"""An engine's program: in which of its steps it takes words, and after which it gives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Program", "moving", "program"]


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """What an engine does for one image: a period of `steps` steps, `repeats` times.

    `entries` int64[n, 4] are rows of step, port, take and release, steps rising: the step needs
    `take` more words to be in the FIFO of the port than the steps before it, and makes room for
    `release` words. `exits` int64[m] are the steps, rising, after which a word is given to every
    output.
    """

    steps: int
    repeats: int
    entries: NDArray[np.int64]
    exits: NDArray[np.int64]

    @property
    def image_steps(self) -> int:
        """Steps for one image, which is the engine's interval where nothing makes it wait."""
        return self.steps * self.repeats

    @property
    def exit_gap(self) -> int:
        """The least number of steps from a word given to the next; 0 where none is given."""
        if not len(self.exits):
            return 0
        around = np.append(self.exits, self.exits[0] + self.steps)
        return int(np.diff(around).min())


def program(
    steps: int, repeats: int, entries: Sequence[tuple[int, int, int, int]], exits: Sequence[int]
) -> Program:
    """A program of rows in Python."""
    rows = np.array(entries, np.int64).reshape(-1, 4)
    return Program(steps, repeats, rows, np.array(exits, np.int64))


def moving(words: int) -> Program:
    """A word in and a word out in every step."""
    return program(1, words, [(0, 0, 1, 1)], [0])
