"""What of a space is no design, by reason: combinations that cannot be built or run a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lightsim.errors import BudgetError, InputError, LightSimError

__all__ = ["LeftOut", "reason_of"]

_MOST_TOLD = 3


@dataclass(eq=False)
class LeftOut:
    """`counts` says by reason how many combinations of a space were left out."""

    counts: dict[str, int] = field(default_factory=dict)
    _first: dict[str, LightSimError] = field(default_factory=dict)

    def add(self, error: LightSimError, combinations: int) -> None:
        """Note that so many combinations are none for the reason that `error` gives."""
        reason = reason_of(error)
        self.counts[reason] = self.counts.get(reason, 0) + combinations
        self._first.setdefault(reason, error)

    @property
    def total(self) -> int:
        """Combinations left out for any reason."""
        return sum(self.counts.values())

    def by_count(self) -> Mapping[str, int]:
        """The counts, the most frequent reason first."""
        return dict(sorted(self.counts.items(), key=lambda row: (-row[1], row[0])))

    def error(self, where: str) -> LightSimError:
        """The error of a space of which everything was left out.

        One reason is told as it is; of several the most frequent, with their counts. It does not
        fit (`BudgetError`) where every reason is one of size, else it cannot be accepted.
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
    """An error in the words that count it: of bad input without what would be accepted, nor the
    axes, which it is about anyway."""
    if isinstance(error, InputError):
        if error.where == "[axes]":
            return error.problem
        return f"{error.where}: {error.problem}"
    return str(error)
