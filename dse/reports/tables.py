"""The tables of an exploration: its front, and all its trials."""

from __future__ import annotations

import csv
import io
from importlib.util import find_spec
from typing import TYPE_CHECKING, BinaryIO

from dse.search.result import Exploration
from dse.storage.record import Record
from dse.study.measures import MEASURES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TRIALS", "front_text", "trials_table", "write_trials"]

# pandas writes Parquet through pyarrow. Environments from before pyarrow was a dependency lack it.
_PARQUET = find_spec("pyarrow") is not None
TRIALS = "trials.parquet" if _PARQUET else "trials.csv"


def trials_table(found: Exploration) -> pd.DataFrame:
    """A row for every trial, in order: the choices of its design, its state, measures and cycles.

    A measure that a trial does not have is NaN. The choices of an axis are numbers if all of them
    are numbers, otherwise texts.
    """
    import pandas as pd

    return pd.DataFrame([_row(found, record) for record in found.records])


def write_trials(found: Exploration, file: BinaryIO) -> None:
    """Write every trial as a Parquet table (`TRIALS` names the file) into an open file."""
    table = trials_table(found)
    if _PARQUET:
        table.to_parquet(file, index=False)
    else:
        table.to_csv(file, index=False)


def front_text(found: Exploration) -> str:
    """The front as comma-separated values, the best in the first objective first."""
    text = io.StringIO()
    writer = csv.DictWriter(text, _columns(found))
    writer.writeheader()
    writer.writerows(_row(found, record) for record in found.front)
    return text.getvalue()


def _columns(found: Exploration) -> list[str]:
    """The names of the columns, in order."""
    cycles = _cycles(found).values()
    measures = (row.key for row in MEASURES.values())
    return ["design", "state", *found.space.names, *measures, *cycles, "reason"]


def _cycles(found: Exploration) -> dict[str, str]:
    """The name of the column with the cycles of each network."""
    names = [share.network for share in found.study.shares]
    return {name: f"cycles {name}" if len(names) > 1 else "cycles" for name in names}


def _row(found: Exploration, record: Record) -> dict[str, object]:
    point = found.space.point(record.number)
    texts = {n for n, row in found.space.axes.items() if any(isinstance(c, str) for c in row)}
    return {
        "design": record.number,
        "state": record.state,
        **{name: str(c) if name in texts else c for name, c in point.items()},
        **{row.key: record.values.get(row.key) for row in MEASURES.values()},
        **{column: record.cycles.get(name) for name, column in _cycles(found).items()},
        "reason": record.reason,
    }
