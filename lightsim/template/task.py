"""What a machine's doors are given: what is fixed of a mapping, and what is to be run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Batches", "Task", "Wishes"]

Batches = Sequence[NDArray[np.int16]]
"""The images of every batch, int16[images, channels, height, width]."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user fixes of a mapping; a template that has no such thing refuses all but these.

    `tilings` are those of named layers, a mapping file, or a word such as `exact`.
    `ideal_memory` replaces the memory by one that never waits.
    """

    tilings: Mapping[str, Any] | str | None = None
    sort_filters: bool = True
    ideal_memory: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """`mapped`, which the template's door `map` made, is to be run on `batches`.

    `tracing` asks for every interval of every unit.
    """

    mapped: Any
    batches: Batches
    tracing: bool
