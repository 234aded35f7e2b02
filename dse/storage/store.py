"""The trials of one study, in an Optuna study that this process holds.

A trial is written in one step when it is finished, so no finished trial is lost however the process
ends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from dse.space.axes import Choice
from dse.storage.entries import DamageError
from dse.storage.record import Record
from dse.storage.records import NUMBER, Form
from lightsim.errors import InputError

if TYPE_CHECKING:
    from optuna import Study as OptunaStudy
    from optuna.trial import FrozenTrial, Trial

__all__ = ["Store"]

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Store:
    """The storage of a study's trials; a context manager that releases the study at its end.

    `patiently` calls a function that uses the storage, and calls it again if the storage fails for
    a while. `damaged` makes the error for a damaged trial. Every method raises `LostError` if the
    storage is lost.
    """

    study: OptunaStudy
    form: Form
    patiently: Callable[[Callable[[], object]], object]
    damaged: Callable[[FrozenTrial, str], InputError]
    close: Callable[[], None]

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def records(self) -> list[Record]:
        """The records of all finished trials, in order. Raises `InputError` for a damaged
        trial."""
        found = []
        for trial in self._kept(self._finished):
            try:
                found.append(self.form.record(trial))
            except DamageError as damage:
                raise self.damaged(trial, str(damage)) from None
        return list({record.number: record for record in found}.values())

    def add(self, record: Record) -> None:
        """Keep a record as a finished trial."""
        from optuna.trial import TrialState, create_trial

        point = self.form.space.point(record.number)
        failed = record.state == "failed"
        trial = create_trial(
            state=TrialState.FAIL if failed else TrialState.COMPLETE,
            values=None if failed else self.form.values(record),
            params={name: point[name] for name in self.form.axes()},
            distributions=self.form.distributions(),
            user_attrs=self.form.attributes(record),
            constraints=None if failed else self.form.constraints(record),
        )
        self._kept(lambda: self.study.add_trial(trial))

    def ask(self, names: tuple[str, ...]) -> tuple[Trial, dict[str, Choice]]:
        """A new trial of the sampler, with the sampler's choices for the axes `names`."""
        every = self.form.distributions()
        fixed = {name: every[name] for name in names if name in every}
        trial = self._kept(lambda: self.study.ask(fixed))
        axes = self.form.space.axes
        return trial, {name: trial.params.get(name, axes[name][0]) for name in names}

    def tell(self, trial: Trial, record: Record | None) -> None:
        """End a trial of the sampler with its record; without a record the trial fails, because it
        had no open design."""
        self._kept(lambda: self._tell(trial, record))

    def end_open_trials(self) -> None:
        """Mark the trials as failed that an earlier process left running when it ended."""
        self._kept(self._end_open_trials)

    def _tell(self, trial: Trial, record: Record | None) -> None:
        from optuna.trial import TrialState

        if record is None or record.state == "failed":
            self.study.tell(trial, state=TrialState.FAIL, skip_if_finished=True)
            return
        for name, value in self.form.attributes(record).items():
            trial.set_user_attr(name, value)
        for name, over in (self.form.constraints(record) or {}).items():
            trial.set_constraint(name, over)
        self.study.tell(trial, self.form.values(record), skip_if_finished=True)

    def _finished(self) -> list[FrozenTrial]:
        """The trials with a record. A trial has none if its process ended while it was writing."""
        from optuna.trial import TrialState

        states = (TrialState.COMPLETE, TrialState.FAIL)
        trials = self.study.get_trials(deepcopy=False, states=states)
        return [
            trial
            for trial in trials
            if NUMBER in trial.user_attrs
            and (trial.state == TrialState.COMPLETE or trial.user_attrs.get("state") == "failed")
        ]

    def _end_open_trials(self) -> None:
        from optuna.trial import TrialState

        for trial in self.study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
            self.study.tell(trial.number, state=TrialState.FAIL, skip_if_finished=True)

    def _kept(self, action: Callable[[], T]) -> T:
        found: list[T] = []
        self.patiently(lambda: found.append(action()))
        return found[-1]
