"""The front: the records that no other record beats in every objective."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dse.storage.record import Record, chosen_by
from dse.study.measures import Objective

__all__ = ["front_of", "signed"]


def signed(record: Record, objectives: Sequence[Objective]) -> NDArray[np.float64]:
    """The values of a record, float64[objective], each with the sign with which it is minimised."""
    known = chosen_by(record.values)
    values = [objective.sign * known[objective.measure.key] for objective in objectives]
    return np.array(values, np.float64)


def front_of(records: Sequence[Record], objectives: Sequence[Objective]) -> list[Record]:
    """The complete records that no other record dominates, the best in the first objective first.

    Of several records with equal values only one is kept: the record with the fewest LUTs, and
    among records with equal LUTs the record with the lowest number.
    """
    ranked = sorted(
        (record for record in records if record.state == "complete"),
        key=lambda r: (*signed(r, objectives).tolist(), r.values["lut"], r.number),
    )
    kept: list[Record] = []
    values = np.zeros((0, len(objectives)))
    for record in ranked:
        row = signed(record, objectives)
        if not (values <= row).all(axis=1).any():
            kept.append(record)
            values = np.vstack((values, row))
    return kept
