"""The errors of the formulas at points, and for whole designs, that the fit did not use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median

from lightsim.tiled.calibration.fit import Fitted
from lightsim.tiled.calibration.table import Measured
from lightsim.tiled.estimation.modules.module_cost import cost_of

__all__ = ["Deviation", "Summary", "deviations", "summary"]


@dataclass(frozen=True, slots=True)
class Deviation:
    """One resource of one design or module: the count of Yosys and the value of the formula."""

    name: str
    resource: str
    measured: int
    predicted: int

    @property
    def error(self) -> float:
        """(predicted - measured) / measured; 0 if both are zero."""
        if self.measured == self.predicted:
            return 0.0
        return (self.predicted - self.measured) / max(self.measured, 1)


@dataclass(frozen=True, slots=True)
class Summary:
    """The median and the largest absolute error of one resource."""

    resource: str
    count: int
    median: float
    worst: float
    worst_name: str


def deviations(rows: Sequence[Measured], fitted: dict[str, dict[str, Fitted]]) -> list[Deviation]:
    """Every resource of every held-out row."""
    found = []
    for row in rows:
        if not row.point.held_out:
            continue
        cases = {case: asdict(held) for case, held in fitted[row.point.module].items()}
        cost = cost_of(row.point.module, row.point.values, cases)
        pairs = (
            ("lut", row.cells.lut, cost.lut),
            ("ff", row.cells.ff, cost.ff),
            ("dsp", row.cells.dsp, cost.dsp),
            ("bram18", row.cells.halves, cost.halves),
        )
        name = f"{row.point.module} {row.point.label}"
        found += [Deviation(name, *pair) for pair in pairs]
    return found


def summary(found: Sequence[Deviation]) -> list[Summary]:
    """The errors of each resource, over all designs and modules."""
    rows = []
    for resource in dict.fromkeys(d.resource for d in found):
        held = [d for d in found if d.resource == resource]
        worst = max(held, key=lambda d: abs(d.error))
        rows.append(
            Summary(resource, len(held), median(abs(d.error) for d in held), abs(worst.error),
                    worst.name)
        )  # fmt: skip
    return rows
