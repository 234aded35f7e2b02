"""The arguments of a machine's doors: the mapping choices that the user fixes, and the run."""

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
    """The mapping choices that the user fixes; a template without a choice refuses all but its
    default.

    `tilings` are the tilings of named layers, a mapping file, or a word such as `exact`.
    `ideal_memory` replaces the memory by a memory that never waits.
    """

    tilings: Mapping[str, Any] | str | None = None
    sort_filters: bool = True
    ideal_memory: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Run `mapped`, made by the template's door `map`, on `batches`.

    With `tracing` the findings hold every interval of every unit.
    """

    mapped: Any
    batches: Batches
    tracing: bool
