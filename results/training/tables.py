"""Rows of measurements as CSV, their means and spreads, and a Markdown table of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd


def mean_and_spread(values: Sequence[float]) -> str:
    """Per cent: mean +- sample standard deviation."""
    own = 100 * np.asarray(values)
    return f"{own.mean():.2f} ± {own.std(ddof=1):.2f}" if len(own) > 1 else f"{own.mean():.2f}"


def markdown(frame: pd.DataFrame) -> str:
    """The frame as a table of a document."""
    lines = ["| " + " | ".join(map(str, frame.columns)) + " |", "|" + "---|" * len(frame.columns)]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in frame.itertuples(index=False)]
    return "\n".join(lines)
