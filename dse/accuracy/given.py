"""`table` and `callable`: accuracies that the user brings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dse.accuracy.rounded_network import RoundedNetwork
from dse.accuracy.source import Losses, total_loss
from lightsim.descriptions import Fraction, check_fields
from lightsim.errors import InputError, unknown_name
from lightsim.hardware.reading import read_table
from lightsim.network.checking import on_one_line
from lightsim.quantisation.per_filter import KMap

__all__ = ["CallableAccuracy", "TableAccuracy", "load_table"]

# A loss is a share of the accuracy, and may be scaled by the user; larger numbers are mistakes.
_MOST_LOSS = 1e6


@dataclass(frozen=True, slots=True, eq=False)
class TableAccuracy:
    """A table of the user's: `accuracy` is the accuracy without losses, from which the loss of
    every filter at its k is subtracted."""

    accuracy: Fraction
    losses: Losses
    name: str = "table"

    def __post_init__(self) -> None:
        check_fields(self)

    def evaluate(self, k: KMap) -> float:
        """The accuracy, never below 0."""
        return max(0.0, self.accuracy - total_loss(self.losses, k))


@dataclass(frozen=True, slots=True, eq=False)
class CallableAccuracy:
    """A function of the user's that returns the accuracy for the k of all filters."""

    function: Callable[[KMap], float]
    name: str = "callable"

    def __post_init__(self) -> None:
        check_fields(self)

    def evaluate(self, k: KMap) -> float:
        """The function's result; raises `InputError` if it is not a number from 0 to 1."""
        found = float(self.function(k))
        if not 0 <= found <= 1:
            raise InputError("accuracy source 'callable'", f"it says {found}", "0 to 1")
        return found


def load_table(path: Path, rounded_network: RoundedNetwork) -> TableAccuracy:
    """The table of a TOML file.

    The file has the key `accuracy` and the table `[loss]`. For every layer with weights, `[loss]`
    has three numbers, the losses of each filter at k = 0, 1, 2, or a list of three numbers for
    every filter. Raises `InputError` with the file, the layer and the accepted values.
    """
    table = read_table(path)
    for key in table:
        if key not in ("accuracy", "loss"):
            raise unknown_name(str(path), "key", key, ("accuracy", "loss"))
    accuracy, rows = table.get("accuracy"), table.get("loss")
    if not isinstance(accuracy, int | float) or not 0 <= accuracy <= 1:
        raise InputError(f"{path}: accuracy", f"is {accuracy}", "accepted: a number from 0 to 1")
    if not isinstance(rows, dict):
        raise InputError(str(path), "has no table [loss]", "accepted: conv1 = [0.1, 0.01, 0]")
    for name in rows:
        if name not in rounded_network.filters:
            where = f"{path}, [loss]"
            raise unknown_name(
                where, "layer with weights", on_one_line(name), rounded_network.filters
            )
    losses = {
        name: _rows(rows.get(name), count, f"{path}, [loss] {name}")
        for name, count in rounded_network.filters.items()
    }
    return TableAccuracy(float(accuracy), losses)


def _rows(given: object, filters: int, where: str) -> np.ndarray:
    try:
        row = np.asarray(given, np.float64)
        shaped = row.shape in ((3,), (filters, 3))
        # Written so that NaN is refused: every comparison with NaN is false.
        if not shaped or not ((row >= 0) & (row <= _MOST_LOSS)).all():
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        wanted = f"three numbers from 0 to 1e6 (k = 0, 1, 2), or {filters} such triples"
        problem = "is missing" if given is None else "is not a table of losses"
        raise InputError(where, problem, f"accepted: {wanted}") from None
    return np.broadcast_to(row, (filters, 3)).copy()
