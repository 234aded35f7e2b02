"""The k of all filters from the text in which records keep it: one digit for each filter."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

__all__ = ["k_of"]


def k_of(digits: Mapping[str, str]) -> dict[str, NDArray[np.int8]]:
    """The k of every filter, int8[out] by layer, from `digits` by layer."""
    return {name: np.array([int(digit) for digit in own], np.int8) for name, own in digits.items()}
