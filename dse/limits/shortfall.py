"""The error of a study whose budgets no design keeps: the budgets and the nearest values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from dse.limits.measure_bounds import MeasureBounds
from dse.machine.doors import Bounds
from dse.storage.record import Record, chosen_by
from dse.study.measures import Budget, spell_excess, spell_measure
from dse.study.study import Study
from lightsim.errors import BudgetError, InputError, LightSimError
from lightsim.hardware.device import Resources

__all__ = ["none_complete", "unreachable"]

_MOST_TOLD = 3
_EXACT = {*Resources.names(), "accuracy"}


def unreachable(
    study: Study, bounds: Bounds, accuracies: Mapping[str, float | None]
) -> LightSimError:
    """The error of a study whose budgets no design can keep, as the bounds prove.

    A budget that no design keeps even by itself is named with the nearest value. If every budget
    could be kept by itself, each is named with the nearest value of the designs that could keep
    all other budgets.
    """
    best = _nearest(study, bounds, accuracies, alone=True)
    broken = [row for row in study.budgets if best[row.measure.name] is not None]
    broken = [row for row in broken if row.excess(best[row.measure.name] or 0.0) > 0]
    where = f"study '{study.name}': no design of the space keeps its budgets"
    if broken:
        told = "; ".join(_alone(study, row, best[row.measure.name]) for row in broken)
        return BudgetError(f"{where}: {told}")
    beside = _nearest(study, bounds, accuracies, alone=False)
    values = ((row, beside[row.measure.name]) for row in study.budgets)
    together = [(row, value) for row, value in values if value is not None]
    if not together:
        names = ", ".join(_limit(study, row) for row in study.budgets)
        return BudgetError(f"{where}: each could be kept by itself, not all together: {names}")
    together.sort(key=lambda pair: pair[0].excess(pair[1]))
    told = " or ".join(
        f"{_limit(study, row)}, and beside the other budgets {_least(row, value)}"
        for row, value in together[:_MOST_TOLD]
    )
    return BudgetError(f"{where}: {told}")


def none_complete(study: Study, records: Sequence[Record], rest: str) -> LightSimError:
    """The error of a search in which every design broke a budget or could not be run; `rest` is
    the part of the sentence about the designs that were not run."""
    run = [record for record in records if record.cycles]
    where = f"study '{study.name}'"
    if run:
        nearest = min(run, key=lambda record: max(record.over.values()))
        known = chosen_by(nearest.values)
        pairs = [(row, known.get(row.measure.key)) for row in study.budgets]
        told = "; ".join(
            f"{_limit(study, row)}, the nearest design has {spell_measure(row.measure, value)}"
            f" ({spell_excess(row.excess(value))})"
            for row, value in pairs
            if value is not None and row.excess(value) > 0
        )
        return BudgetError(
            f"{where}: none of the {len(run):,} designs run keeps its budgets, {rest}: {told}"
        )
    reasons = Counter(record.reason or "no reason" for record in records).most_common(_MOST_TOLD)
    told = "; ".join(f"{reason} ({count:,})" for reason, count in reasons)
    problem = f"none of the {len(records):,} designs tried could be run, {rest}: {told}"
    return InputError(where, problem)


def _alone(study: Study, row: Budget, value: float | None) -> str:
    return f"{_limit(study, row)}, {_least(row, value or 0.0)}"


def _limit(study: Study, row: Budget) -> str:
    """A budget in words: `lut is at most 2,186 (1 % of XC7Z045)`."""
    side = "most" if row.measure.direction == "minimise" else "least"
    told = f"{row.measure.name} is at {side} {spell_measure(row.measure, row.limit)}"
    device = study.board.device
    available = dict(zip(Resources.names(), device.resources.values(), strict=True))
    whole = available.get(row.measure.name)
    if whole:
        told += f" ({100 * row.limit / whole:.3g} % of {device.name})"
    return told


def _least(row: Budget, value: float) -> str:
    """The nearest value in words, which say whether a design has it or whether it is a bound."""
    spelled = spell_measure(row.measure, value)
    if row.measure.name in Resources.names():
        return f"the smallest design takes {spelled}"
    if row.measure.direction == "maximise":
        bound = "" if row.measure.name in _EXACT else " (bound)"
        return f"no design is above {spelled}{bound}"
    return f"no design is below {spelled} (bound)"


def _nearest(
    study: Study, bounds: Bounds, accuracies: Mapping[str, float | None], *, alone: bool
) -> dict[str, float | None]:
    """For every budget the best value of its measure among the families.

    With `alone` all families count, otherwise only the families that could keep the other
    budgets. None for a budget without such a family.
    """
    found: dict[str, float | None] = {row.measure.name: None for row in study.budgets}
    judges = {}
    for row in study.budgets:
        others = () if alone else tuple(one for one in study.budgets if one is not row)
        judges[row.measure.name] = MeasureBounds(replace(study, budgets=others), accuracies)
    for families, cycles, used in bounds.family_blocks():
        for row in study.budgets:
            judge = judges[row.measure.name]
            best = judge.measures(bounds.space, families, cycles, used, bounds.spending(families))
            values = best[row.measure.name][judge.possible(best)]
            if not values.size:
                continue
            rising = row.measure.direction == "minimise"
            value = float(np.min(values) if rising else np.max(values))
            known = found[row.measure.name]
            better = known is None or (value < known if rising else value > known)
            found[row.measure.name] = value if better else known
    return found
