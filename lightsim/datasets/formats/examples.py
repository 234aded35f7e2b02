"""Labelled images from a source: pixels, labels, and which images are held out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Examples", "Labelled"]


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """Pixels int16[n, channels, height, width] and class numbers int64[n]."""

    images: NDArray[np.int16]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, chosen: NDArray[np.int64] | slice) -> Labelled:
        """The images `chosen`, in the given order."""
        return Labelled(self.images[chosen], self.labels[chosen])


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """The images of a source: `classes` is the number of classes, `origin` describes the source.

    `is_bytes` says that pixels go from 0 to 255; else pixels are already integers of a network's
    input.
    """

    training: Labelled
    held_out: Labelled
    classes: int
    origin: str
    is_bytes: bool = True
