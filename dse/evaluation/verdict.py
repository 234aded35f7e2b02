"""From an outcome to a record: measures, budgets kept or broken, state."""

from __future__ import annotations

from dse.evaluation.accuracies import Scores
from dse.evaluation.processes import Lost
from dse.machine.design import Design, Refusal
from dse.machine.outcome import Outcome
from dse.storage.record import Record, chosen_by
from dse.study.measures import spell_excess
from dse.study.study import Study

__all__ = ["judged"]


def judged(
    study: Study, scores: Scores, number: int, design: Design, result: Outcome | Refusal | Lost
) -> Record:
    """The record of a design that was run, or of a design that could not be run.

    The state is `complete`, `infeasible` (a budget is broken, or the machine refused the design)
    or `failed` (the design was lost).
    """
    if isinstance(result, Lost):
        return Record(number, "failed", {}, {}, {}, result.reason)
    if isinstance(result, Refusal):
        return refused(number, result)
    values = result.values(design, study.shares)
    score = scores.by_scheme[design.accelerator.scheme]
    if score is not None and not result.k:
        values["accuracy"] = score
    known = chosen_by(values)
    over = {
        budget.measure.name: budget.excess(known[budget.measure.key])
        for budget in study.budgets
        if budget.measure.key in known
    }
    names = [share.network for share in study.shares]
    cycles = dict(zip(names, result.cycles, strict=True))
    broken = [name for name, excess in over.items() if excess > 0]
    if not broken:
        return Record(number, "complete", values, over, cycles, k=result.k)
    reason = ", ".join(f"{name} {spell_excess(over[name])} its budget" for name in broken)
    return Record(number, "infeasible", values, over, cycles, reason, result.k)


def refused(number: int, refusal: Refusal) -> Record:
    """The record of a point that is no design."""
    return Record(number, "infeasible", {}, {"design": refusal.excess}, {}, refusal.reason)
