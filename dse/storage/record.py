"""The record of a trial: a design of the study that was looked at closely, with its values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Record", "State", "chosen_by"]

State = Literal["complete", "infeasible", "failed"]


@dataclass(frozen=True, slots=True)
class Record:
    """The result of a design, which is named by its `number` in the space.

    - `values`: measures by key; empty for a design that could not run.
    - `over`: for each budget the share by which the design is beyond it.
    - `cycles`: the cycles of a batch, by network.
    - `reason`: why the design is not complete.
    - `k`: if k was free, a digit for each filter, by layer.
    - `mappings`: by network the mapping, in the machine's own form, if it is not the usual one.
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
    """The measures by which designs are compared.

    If k was chosen by the accuracy on its own images, designs are compared by this accuracy too:
    the accuracy on held-out images is only for reports.
    """
    if "choosing_accuracy" not in values:
        return values
    return {**values, "accuracy": values["choosing_accuracy"]}
