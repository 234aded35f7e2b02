"""A study's storage is opened for a new study, for a resumed study, or for a study begun anew."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from dse.storage.causes import cause_of
from dse.storage.database import Database, troubles
from dse.storage.held import hold_file
from dse.storage.lost import LostError
from dse.storage.records import Form
from dse.storage.store import Store
from dse.study.storage_names import check_storage, file_of, is_url, shown
from lightsim.errors import InputError, OutputError

if TYPE_CHECKING:
    from optuna import Study as OptunaStudy
    from optuna.samplers import BaseSampler
    from optuna.storages import BaseStorage
    from optuna.trial import FrozenTrial

__all__ = ["Begin", "open_store"]

Begin = Literal["new", "resume", "resume if there", "overwrite"]

_STUDY = "lightsim_study"
_GROUNDS = "lightsim_grounds"


@dataclass(frozen=True, eq=False)
class _Place:
    """A storage that is open and locked, with the functions that `Store` needs; `backend` is None
    in memory."""

    where: str
    backend: BaseStorage | None
    patiently: Callable[[Callable[[], object]], object]
    damaged: Callable[[FrozenTrial, str], InputError]
    mend: Callable[[], None]
    close: Callable[[], None]


def open_store(
    storage: str | None,
    name: str,
    described: str,
    grounds: Mapping[str, str],
    form: Callable[[], Form],
    sampler: BaseSampler | None,
    begin: Begin = "new",
    note: Callable[[str], None] | None = None,
) -> Store:
    """The trials of study `name` in `storage`: None for memory, a URL for a database, else a
    journal file.

    `described` is the study's text, and `grounds` are the grounds of its trials (`study.grounds`);
    both must be the same when a study is resumed. `form` is called once the storage is known to be
    usable, before anything is changed. `note` is called with a line about trials that are dropped
    or a lock that is waited for; without it such lines go to the log.

    Raises `InputError` for a storage that cannot be used, is damaged, or is held by another
    process; for a study to resume that is not there; and for a study that has finished trials
    already, unless `begin` says to resume or overwrite it.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    tell = logging.getLogger(__name__).warning if note is None else note
    with _quiet():
        place = _opened(storage, name, begin, tell)
        try:
            with _told(storage):
                study, own = _study(place, name, described, grounds, form, sampler, begin)
        except LostError as lost:
            place.close()
            raise OutputError(str(lost)) from None
        except BaseException:
            place.close()
            raise
    return Store(study, own, place.patiently, place.damaged, place.close)


def _study(
    place: _Place,
    name: str,
    described: str,
    grounds: Mapping[str, str],
    form: Callable[[], Form],
    sampler: BaseSampler | None,
    begin: Begin,
) -> tuple[OptunaStudy, Form]:
    """The Optuna study, new or from the storage, and the form of its trials."""
    import optuna

    backend = place.backend
    there = backend is not None and name in optuna.get_all_study_names(backend)
    if begin == "resume" and not there:
        raise InputError(
            place.where, f"holds no study '{name}' to resume", "accepted: resume=False"
        )
    again = there and begin in ("new", "overwrite")
    if again and begin == "new":
        assert backend is not None
        _check_unused(optuna.load_study(study_name=name, storage=backend), place.where)
    own = form()
    place.mend()
    if again:
        assert backend is not None
        optuna.delete_study(study_name=name, storage=backend)
    study = optuna.create_study(
        storage=backend,
        study_name=name,
        sampler=sampler,
        directions=["minimize" if s > 0 else "maximize" for s in own.objectives.values()],
        load_if_exists=True,
    )
    before = study.user_attrs.get(_STUDY)
    signs = [1 if d == optuna.study.StudyDirection.MINIMIZE else -1 for d in study.directions]
    if before not in (None, described) or signs != list(own.objectives.values()):
        raise _another_study(place.where, name)
    if before is None:
        if study.get_trials(deepcopy=False):
            raise _another_study(place.where, name)
        study.set_user_attr(_STUDY, described)
        study.set_user_attr(_GROUNDS, dict(grounds))
    _check_grounds(study.user_attrs.get(_GROUNDS), grounds, place.where)
    return study, own


def _check_grounds(before: object, grounds: Mapping[str, str], where: str) -> None:
    """Raise `InputError` if the trials were measured on other weights, images or files.

    A study of an earlier version has no grounds and is accepted.
    """
    if not isinstance(before, dict):
        return
    for name in [*before, *grounds]:
        old, new = before.get(name), grounds.get(name)
        if old != new:
            changed = f"{name} was {old} and is {new}" if name == "seed" else f"{name} has changed"
            accepted = (
                "accepted: what it was begun with, or overwrite=True, which deletes its trials"
            )
            raise InputError(where, f"the trials there are of something else: {changed}", accepted)


def _check_unused(study: OptunaStudy, where: str) -> None:
    """Raise `InputError` for a study with trials that a new study would delete."""
    name, trials = study.study_name, study.get_trials(deepcopy=False)
    kept = sum(trial.state.is_finished() for trial in trials)
    if kept:
        told = "1 finished trial" if kept == 1 else f"{kept} finished trials"
        on = "resume=True goes on with them, overwrite=True deletes them"
        raise InputError(where, f"study '{name}' has {told} there", on)
    if trials and _STUDY not in study.user_attrs:
        raise _another_study(where, name)


def _another_study(where: str, name: str) -> InputError:
    accepted = "accepted: the study it was begun with, or overwrite=True, which deletes it"
    return InputError(where, f"study '{name}' there is another one", accepted)


def _opened(storage: str | None, name: str, begin: Begin, note: Callable[[str], None]) -> _Place:
    if storage is None:
        return _Place("memory", None, _at_once, _another, _nothing, _nothing)
    check_storage(storage, "storage")
    if is_url(storage):
        with _told(storage):
            return _database(storage, name, note)
    from dse.storage.journal import check_place

    path = Path(storage)
    if begin == "resume" and not path.exists():
        problem = f"holds no study '{name}' to resume"
        raise InputError(shown(storage), problem, "accepted: resume=False")
    check_place(path)
    release = hold_file(Path(f"{storage}.lock"), name, shown(storage))
    try:
        return _journal(path, note, release)
    except BaseException:
        release()
        raise


def _journal(path: Path, note: Callable[[str], None], release: Callable[[], None]) -> _Place:
    from optuna.storages import JournalStorage

    from dse.storage.journal import Journal

    journal = Journal(path)

    def close() -> None:
        journal.close()
        release()

    try:
        journal.check()
        backend = JournalStorage(journal)
    except InputError:
        journal.close()
        raise
    except Exception:  # a wrong entry may make Optuna raise any exception
        journal.close()
        raise journal.damaged(
            journal.line, "is no entry that follows the lines before it"
        ) from None

    def damaged(trial: FrozenTrial, problem: str) -> InputError:
        return journal.damaged(journal.line_of_trial(trial._trial_id), problem)

    return _Place(str(path), backend, _at_once, damaged, lambda: journal.mend(note), close)


def _database(storage: str, name: str, note: Callable[[str], None]) -> _Place:
    database = Database(storage, note)
    path = file_of(storage)
    release = _nothing
    try:
        if path is None:
            database.hold(name)
        else:
            release = hold_file(Path(f"{path}.lock"), name, database.where)
    except BaseException:
        database.close()
        raise

    def close() -> None:
        database.close()
        release()

    def damaged(trial: FrozenTrial, problem: str) -> InputError:
        where = f"{database.where}, study '{name}', trial {trial.number}"
        return InputError(where, problem, "overwrite=True begins the study anew")

    backend = database.backend
    return _Place(database.where, backend, database.patiently, damaged, _nothing, close)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Optuna warns of options as experimental for years
        yield


@contextlib.contextmanager
def _told(storage: str | None) -> Iterator[None]:
    """Turn the exceptions of a database that cannot be used into `InputError`."""
    if storage is None or not is_url(storage):
        yield
        return
    try:
        yield
    except _refusals() as error:
        accepted = "accepted: a database that can be reached, as postgresql://USER@HOST/DATABASE"
        problem = f"cannot be used: {cause_of(error, storage)}"
        raise InputError(shown(storage), problem, accepted) from None


def _refusals() -> tuple[type[Exception], ...]:
    """The exceptions that opening a database raises for a wrong URL, driver or table."""
    return (*troubles(), ImportError, ValueError, LookupError, RuntimeError)


def _at_once(action: Callable[[], object]) -> object:
    return action()


def _another(trial: FrozenTrial, problem: str) -> InputError:
    return InputError("memory", f"trial {trial.number} {problem}")


def _nothing() -> None:
    return None
