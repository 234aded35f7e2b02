"""What moves through a FIFO: the values of a few channels of one pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["Word"]

Word = NDArray[np.int32]
"""Values int32[lanes], or of a window int32[taps * lanes], tap by tap."""
