"""What is kept of every design that was looked at closely: a trial of the study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Record", "State", "chosen_by"]

State = Literal["complete", "infeasible", "failed"]


@dataclass(frozen=True, slots=True)
class Record:
    """A design by its number in the space, and what was found.

    `values` are measures by key, empty for a design that could not run; `over` says by which
    share each budget is broken; `cycles` are those of a batch, by network. `reason` tells why
    a design is not complete. Where k was free, `k` has by layer a digit for each filter. `mappings`
    are by network those other than the usual one, as their machine has them.
    """

    number: int
    state: State
    values: Mapping[str, float]
    over: Mapping[str, float]
    cycles: Mapping[str, int]
    reason: str | None = None
    k: Mapping[str, str] = field(default_factory=dict)
    mappings: Mapping[str, Any] = field(default_factory=dict)


def chosen_by(values: Mapping[str, float]) -> Mapping[str, float]:
    """The measures that designs are compared by: where k was chosen by an accuracy on images of
    its own that one, for the accuracy on held-out images only reports."""
    if "choosing_accuracy" not in values:
        return values
    return {**values, "accuracy": values["choosing_accuracy"]}
