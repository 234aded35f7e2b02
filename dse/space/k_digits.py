"""The k of all filters as records keep it, a digit for each, and back."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

__all__ = ["k_of"]


def k_of(digits: Mapping[str, str]) -> dict[str, NDArray[np.int8]]:
    """By layer int8[out] from a digit for each filter."""
    return {name: np.array([int(digit) for digit in own], np.int8) for name, own in digits.items()}
