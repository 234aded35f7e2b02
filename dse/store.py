"""Where trials are kept: an Optuna study, by default in a journal file beside the results.

A trial is written when it is finished, in one go, so whatever ends a process loses nothing that
was finished.
"""

from __future__ import annotations

import contextlib
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from dse.axes import Choice
from dse.record import Record, State, chosen_by
from dse.space import Space
from lightsim.errors import InputError

if TYPE_CHECKING:
    from optuna import Study as OptunaStudy
    from optuna.distributions import BaseDistribution
    from optuna.samplers import BaseSampler
    from optuna.storages import BaseStorage
    from optuna.trial import FrozenTrial, Trial

__all__ = ["Store", "open_store"]

_STUDY = "lightsim_study"
_NUMBER = "design"
# What a trial without values is told to have: the sampler sees its constraints first.
_WORST = 1e30


@dataclass(frozen=True, eq=False)
class Store:
    """The trials of one study; `signs` turn a value to be maximised into one to be minimised."""

    study: OptunaStudy
    space: Space
    keys: tuple[str, ...]
    signs: tuple[int, ...]

    def records(self) -> list[Record]:
        """Every finished trial, in order."""
        from optuna.trial import TrialState

        finished = (TrialState.COMPLETE, TrialState.FAIL)
        trials = self.study.get_trials(deepcopy=False, states=finished)
        found = [_record(trial) for trial in trials if _NUMBER in trial.user_attrs]
        return list({record.number: record for record in found}.values())

    def add(self, record: Record) -> None:
        """Keep a finished trial."""
        from optuna.trial import TrialState, create_trial

        point = self.space.point(record.number)
        failed = record.state == "failed"
        self.study.add_trial(
            create_trial(
                state=TrialState.FAIL if failed else TrialState.COMPLETE,
                values=None if failed else self._values(record),
                params={name: point[name] for name, _ in self._axes()},
                distributions=self.distributions(),
                user_attrs=_attributes(record),
                constraints=None if failed else _constraints(record),
            )
        )

    def ask(self, names: tuple[str, ...]) -> tuple[Trial, dict[str, Choice]]:
        """A new trial of the sampler's, with its choices for the named axes."""
        every = self.distributions()
        trial = self.study.ask({name: every[name] for name in names if name in every})
        return trial, {name: trial.params.get(name, self.space.axes[name][0]) for name in names}

    def tell(self, trial: Trial, record: Record | None) -> None:
        """End a trial with what was found; without a record it had nothing left to find."""
        if record is None or record.state == "failed":
            from optuna.trial import TrialState

            self.study.tell(trial, state=TrialState.FAIL)
            return
        for name, value in _attributes(record).items():
            trial.set_user_attr(name, value)
        for name, over in (_constraints(record) or {}).items():
            trial.set_constraint(name, over)
        self.study.tell(trial, self._values(record))

    def end_open_trials(self) -> int:
        """Fail the trials that a process left running when it was ended; how many there were."""
        from optuna.trial import TrialState

        left = self.study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
        for trial in left:
            self.study.tell(trial.number, state=TrialState.FAIL)
        return len(left)

    def distributions(self) -> dict[str, BaseDistribution]:
        """The axes with more than one choice, as Optuna samples them."""
        return {name: _distribution(axis) for name, axis in self._axes()}

    def _axes(self) -> list[tuple[str, tuple[Choice, ...]]]:
        axes = self.space.axes
        return [(name, axes[name]) for name in self.space.names if len(axes[name]) > 1]

    def _values(self, record: Record) -> list[float]:
        worst = [_WORST if sign > 0 else -_WORST for sign in self.signs]
        shown = chosen_by(record.values)
        return [shown.get(k, w) for k, w in zip(self.keys, worst, strict=True)]


def open_store(
    storage: str | None,
    name: str,
    described: str,
    space: Space,
    objectives: Mapping[str, int],
    sampler: BaseSampler | None,
    *,
    resume: bool,
) -> Store:
    """The store in `storage`: None for memory, a URL for a database, else a journal file.

    `described` is the study's text: a resumed study must have the same. `objectives` are keys
    with their signs. Raises `InputError` for a storage that cannot be used, or to be resumed
    and not there.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    where = "--storage" if storage is None else _shown(storage)
    with _quiet(), _told(where, _troubles(storage)):
        backend = _backend(storage)
        names = () if backend is None else optuna.get_all_study_names(backend)
        if name in names and not resume:
            assert backend is not None
            optuna.delete_study(study_name=name, storage=backend)
        if resume and name not in names:
            raise InputError(where, f"holds no study '{name}' to resume", "accepted: no --resume")
        study = optuna.create_study(
            storage=backend,
            study_name=name,
            sampler=sampler,
            directions=["minimize" if s > 0 else "maximize" for s in objectives.values()],
            load_if_exists=True,
        )
    before = study.user_attrs.get(_STUDY)
    if before is not None and before != described:
        accepted = "accepted: the study it was begun with, or no --resume"
        raise InputError(where, f"study '{name}' there is another one", accepted)
    if before is None:
        study.set_user_attr(_STUDY, described)
    return Store(study, space, tuple(objectives), tuple(objectives.values()))


def _backend(storage: str | None) -> BaseStorage | None:
    from optuna.storages import JournalStorage, RDBStorage
    from optuna.storages.journal import JournalFileBackend

    from dse.file_lock import journal_lock

    if storage is None:
        return None
    if "://" in storage:
        return RDBStorage(_with_driver(storage))
    Path(storage).parent.mkdir(parents=True, exist_ok=True)
    return JournalStorage(JournalFileBackend(storage, lock_obj=journal_lock(storage)))


def _shown(storage: str) -> str:
    """A storage as errors show it: a URL without its password."""
    return re.sub(r"(://[^:/@]*):[^@/]*@", r"\1:...@", storage)


def _with_driver(url: str) -> str:
    """A database URL that names its driver: of PostgreSQL the one of the extra `cluster`.

    Raises `InputError` where that is not installed.
    """
    scheme, _, rest = url.partition("://")
    if scheme not in ("postgresql", "postgres", "postgresql+psycopg"):
        return url
    if find_spec("psycopg") is None:
        problem = "needs the driver psycopg, which is not installed"
        raise InputError(
            _shown(url), problem, "pip install 'lightsim[cluster]' (uv sync --extra cluster)"
        )
    return f"postgresql+psycopg://{rest}"


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Optuna warns of options that it has kept for years
        yield


def _troubles(storage: str | None) -> tuple[type[Exception], ...]:
    """What opening a storage may raise for reasons of the user's."""
    if storage is None or "://" not in storage:
        return (OSError, ValueError)
    from optuna.exceptions import StorageInternalError
    from sqlalchemy.exc import SQLAlchemyError

    return (OSError, ValueError, ImportError, SQLAlchemyError, StorageInternalError)


@contextlib.contextmanager
def _told(where: str, troubles: tuple[type[Exception], ...]) -> Iterator[None]:
    """A storage that cannot be used, told as the user's."""
    try:
        yield
    except troubles as error:
        accepted = "accepted: a file in a folder that can be written, or a database URL"
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(where, f"cannot be used ({first[:120]})", accepted) from None


def _distribution(choices: tuple[Choice, ...]) -> BaseDistribution:
    """Whole numbers at equal distances keep their order; other choices are named."""
    from optuna.distributions import CategoricalDistribution, IntDistribution

    whole = [choice for choice in choices if isinstance(choice, int)]
    if len(whole) == len(choices):
        apart = {b - a for a, b in pairwise(whole)}
        if len(apart) == 1 and (step := apart.pop()) > 0:
            return IntDistribution(whole[0], whole[-1], step=step)
    return CategoricalDistribution(choices)


def _attributes(record: Record) -> dict[str, object]:
    return {
        _NUMBER: record.number,
        "state": record.state,
        "measures": dict(record.values),
        "over": dict(record.over),
        "cycles": dict(record.cycles),
        "reason": record.reason,
        "k": dict(record.k),
    }


def _constraints(record: Record) -> dict[str, float] | None:
    if record.state == "infeasible" and not record.over:
        return {"design": 1.0}
    return dict(record.over) or None


def _record(trial: FrozenTrial) -> Record:
    told = trial.user_attrs
    state: State = told["state"]
    return Record(
        told[_NUMBER], state, told["measures"], told["over"], told["cycles"], told["reason"],
        told.get("k", {}),
    )  # fmt: skip
