"""The points of a space that are no designs, counted by reason: they cannot be built or run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lightsim.errors import BudgetError, InputError, LightSimError

__all__ = ["LeftOut", "reason_of"]

_MOST_TOLD = 3


@dataclass(eq=False)
class LeftOut:
    """The combinations of a space that were left out; `counts` has their number by reason."""

    counts: dict[str, int] = field(default_factory=dict)
    _first: dict[str, LightSimError] = field(default_factory=dict)

    def add(self, error: LightSimError, combinations: int) -> None:
        """Note that `combinations` more points are no designs, for the reason of `error`."""
        reason = reason_of(error)
        self.counts[reason] = self.counts.get(reason, 0) + combinations
        self._first.setdefault(reason, error)

    @property
    def total(self) -> int:
        """How many combinations were left out in all."""
        return sum(self.counts.values())

    def by_count(self) -> Mapping[str, int]:
        """The counts, the most frequent reason first."""
        return dict(sorted(self.counts.items(), key=lambda row: (-row[1], row[0])))

    def error(self, where: str) -> LightSimError:
        """The error of a space without any design.

        A single reason is the error itself. Several reasons become one error, with the most
        frequent reasons and their counts: `BudgetError` if every reason is a `BudgetError`,
        otherwise `InputError`.
        """
        firsts = [self._first[reason] for reason in self.by_count()]
        if len(firsts) == 1:
            return firsts[0]
        rows = list(self.by_count().items())
        told = "; ".join(f"{reason} ({count:,})" for reason, count in rows[:_MOST_TOLD])
        more = f"; {len(rows) - _MOST_TOLD} more reasons" if len(rows) > _MOST_TOLD else ""
        problem = f"no combination of the axes is a design: {told}{more}"
        if all(isinstance(error, BudgetError) for error in firsts):
            return BudgetError(f"{where}: {problem}")
        return InputError(where, problem)


def reason_of(error: LightSimError) -> str:
    """The words of an error under which it is counted: without the accepted values, and without
    the place `[axes]`, which is the same for all."""
    if isinstance(error, InputError):
        if error.where == "[axes]":
            return error.problem
        return f"{error.where}: {error.problem}"
    return str(error)
