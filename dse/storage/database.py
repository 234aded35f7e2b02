"""A database of studies: opened, locked for one process, and waited for if it stops."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING
from zlib import crc32

from dse.storage.causes import cause_of
from dse.storage.held import busy, holder_text, is_own
from dse.storage.lost import LostError
from dse.study.storage_names import database_url, shown
from lightsim.errors import InputError

if TYPE_CHECKING:
    from optuna.storages import RDBStorage
    from sqlalchemy import Connection

__all__ = ["Database", "troubles"]

# Seconds between attempts: a server that restarts is back within seconds.
_WAITS_S = (0.5, 1.0, 2.0, 4.0, 8.0)
_TIMEOUT_S = 10
_POSTGRESQL = ("postgresql", "postgres", "postgresql+psycopg")
# A lock in PostgreSQL has two numbers; the first stands for LightSim, in ASCII.
_LOCKS = int.from_bytes(b"lsim", "big")

_LOCK = "select pg_try_advisory_lock(:own, :name)"
_HOLDER = (
    "select a.application_name from pg_locks l join pg_stat_activity a on a.pid = l.pid "
    "where l.locktype = 'advisory' and l.granted and l.objsubid = 2 and l.classid = :own "
    "and l.objid = :name and l.database = "
    "(select oid from pg_database where datname = current_database())"
)


def troubles() -> tuple[type[Exception], ...]:
    """The exceptions that a database may raise for reasons outside LightSim."""
    from optuna.exceptions import StorageInternalError
    from sqlalchemy.exc import SQLAlchemyError

    return (OSError, SQLAlchemyError, StorageInternalError)


class Database:
    """Optuna's tables in a database, and in PostgreSQL a lock on one study.

    The lock belongs to the session of a connection, so it ends with the process, however the
    process ends.
    """

    def __init__(self, storage: str, note: Callable[[str], None]) -> None:
        """Raises `InputError` if the driver is not installed, and one of `troubles` if the database
        cannot be used."""
        from optuna.storages import RDBStorage

        self.where = shown(storage)
        self._storage, self._note = storage, note
        scheme, _, rest = database_url(storage).partition("://")
        self._locks = scheme in _POSTGRESQL
        options: dict[str, object] = {"pool_pre_ping": True}
        if self._locks:
            if find_spec("psycopg") is None:
                problem = "needs the driver psycopg, which is not installed"
                accepted = "pip install 'lightsim[cluster]' (uv sync --extra cluster)"
                raise InputError(self.where, problem, accepted)
            scheme = "postgresql+psycopg"
            if "connect_timeout" not in rest:
                options["connect_args"] = {"connect_timeout": _TIMEOUT_S}
        self.backend: RDBStorage = RDBStorage(f"{scheme}://{rest}", engine_kwargs=options)
        self._held: Connection | None = None
        self._name = ""

    def hold(self, name: str) -> None:
        """Lock a study for this process; raises `InputError` if another process holds it."""
        self._name = name
        if self._locks:
            self._hold()

    def close(self) -> None:
        """Release the study and close all connections."""
        self._let_go()
        with suppress(*troubles()):
            self.backend.engine.dispose()

    def patiently(self, action: Callable[[], object]) -> object:
        """Call `action`; if the database does not answer, call it again after longer and longer
        waits.

        Raises `LostError` if the database does not answer after the last wait either.
        """
        again = False
        for wait in (*_WAITS_S, None):
            try:
                if again and self._locks:
                    self._hold()
                return action()
            except troubles() as error:
                again = True
                cause = cause_of(error, self._storage)
                self._let_go()
                if wait is None:
                    raise LostError(self.where, cause) from None
                if wait == _WAITS_S[0]:
                    self._note(f"{self.where} does not answer, trying again: {cause}")
                time.sleep(wait)
        raise AssertionError

    def _hold(self) -> None:
        from sqlalchemy import text

        if self._held is None:
            self._held = self.backend.engine.connect().execution_options(
                isolation_level="AUTOCOMMIT"
            )
        key = {"own": _LOCKS, "name": crc32(self._name.encode()) >> 1}
        naming = text("select set_config('application_name', :text, false)")
        self._held.execute(naming, {"text": holder_text()})
        if not self._held.execute(text(_LOCK), key).scalar():
            holder = self._held.execute(text(_HOLDER), key).scalar() or ""
            self._let_go()
            if is_own(holder):  # the server has not noticed yet that the old connection broke
                raise ConnectionError("an earlier connection of this process is still open there")
            raise busy(self.where, self._name, holder)

    def _let_go(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            with suppress(*troubles()):
                held.invalidate()
            with suppress(*troubles()):
                held.close()
