"""A PostgreSQL server of the tests' own, that can be ended and begun again."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

__all__ = ["Server", "missing", "server"]

_PROGRAMS = "/usr/lib/postgresql/*/bin"
_PATIENCE_S = 60


def missing() -> str:
    """Why there can be no server here; empty if there can."""
    if find_spec("psycopg") is None:
        return "psycopg is the extra 'cluster'"
    if _programs() is None:
        return "PostgreSQL's server is not installed"
    if os.geteuid() == 0 and (_owner() is None or shutil.which("setpriv") is None):
        return "PostgreSQL does not run as root, and there is no user 'postgres'"
    return ""


def _programs() -> Path | None:
    found = sorted(Path("/").glob(_PROGRAMS.removeprefix("/")))
    if found and (found[-1] / "initdb").exists():
        return found[-1]
    own = shutil.which("initdb")
    return None if own is None else Path(own).parent


def _owner() -> pwd.struct_passwd | None:
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("postgres")
    return None


class Server:
    """A cluster in `folder`, reached at `url`; every program runs as the cluster's owner."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._data = folder / "data"
        programs = _programs()
        assert programs is not None
        self._programs = programs
        self._prefix: list[str] = []
        owner = _owner()
        if os.geteuid() == 0 and owner is not None:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
            self._prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
        self._port = _free_port()
        self._run("initdb", "-D", str(self._data), "-U", "tests", "-A", "trust", "--no-sync")

    @property
    def url(self) -> str:
        """Where a study may be kept."""
        return f"postgresql://tests:secret@127.0.0.1:{self._port}/postgres"

    @property
    def pid(self) -> int:
        """The server's first process."""
        return int((self._data / "postmaster.pid").read_text().splitlines()[0])

    def start(self) -> None:
        """Begin, and wait until it answers."""
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 -k {self._folder}"
        log = str(self._folder / "log")
        self._run("pg_ctl", "-D", str(self._data), "-o", options, "-l", log, "-w", "start")

    def stop(self) -> None:
        """End at once, as after a loss of power."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "stop")

    def kill(self) -> None:
        """End the server's first process with SIGKILL; its children see that and follow."""
        pid = self.pid
        os.kill(pid, signal.SIGKILL)
        end = time.monotonic() + _PATIENCE_S
        while self._answers() and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(1)  # shared memory is let go of by the last child
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    def kill_a_session(self) -> bool:
        """End the process that serves a client; the server then resets all of them."""
        for child in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split():
            with contextlib.suppress(OSError):
                if b"tests postgres" in Path(f"/proc/{child}/cmdline").read_bytes():
                    os.kill(int(child), signal.SIGKILL)
                    return True
        return False

    def execute(self, statement: str) -> list[tuple[object, ...]]:
        """What a statement gives, in a session of its own."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as session:
            cursor = session.execute(statement)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def _answers(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self._port)) == 0

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [*self._prefix, str(self._programs / program), *arguments], check=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=self._folder,
        )  # fmt: skip


@contextmanager
def server() -> Iterator[Server]:
    """A server that runs until the end."""
    with tempfile.TemporaryDirectory(prefix="lightsim-postgres-") as folder:
        own = Server(Path(folder))
        own.start()
        try:
            yield own
        finally:
            own.stop()


def _free_port() -> int:
    """A port that no client is given: while the server is away one would keep it from its place.

    A client that knocks again and again from the ports the system hands out may even be given the
    very port that it knocks at, and is then connected with itself.
    """
    for port in range(20_000 + os.getpid() % 10_000, 32_000):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no free port below 32000")
