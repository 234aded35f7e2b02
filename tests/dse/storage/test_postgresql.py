"""A study in PostgreSQL: held by one process, and kept while the server comes and goes.

Runs a server of its own where PostgreSQL is installed, on a free port of this machine.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from dse.search.explore import explore
from dse.search.searcher import Step
from dse.study.writing import study_text
from lightsim.errors import InputError, OutputError
from tests.cli.command import assert_refused, lightsim
from tests.dse.explore.spaces import small_study
from tests.dse.explore.test_processes import begun

SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
pytestmark = pytest.mark.skipif(
    not SERVERS or find_spec("psycopg") is None, reason="needs PostgreSQL and psycopg"
)
PASSWORD = "S3cret@Pw:/x"
TWO = {"objectives": {"throughput": "maximise", "lut": "minimise"}}


class Server:
    """A PostgreSQL server with one database and one user."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"postgresql://ls:{PASSWORD}@127.0.0.1:{self.port}/postgres"
        (folder / "password").write_text(PASSWORD)
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        self._do("initdb", "-U", "ls", "-A", "scram-sha-256", "--pwfile", f"{folder}/password")
        self.start()

    def start(self) -> None:
        options = f"-p {self.port} -h 127.0.0.1 -k {self.folder} -c fsync=off"
        self._do("pg_ctl", "-o", options, "-l", f"{self.folder}/log", "-w", "start")

    def stop(self) -> None:
        self._do("pg_ctl", "-m", "immediate", "-w", "stop")

    def _do(self, program: str, *arguments: str) -> None:
        user = {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}
        subprocess.run(
            [SERVERS[-1] / program, "-D", self.folder / "data", *arguments],
            check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **user,
        )  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    # Not in pytest's folders, which are for its user alone: PostgreSQL refuses to be run by root.
    with TemporaryDirectory(prefix="lightsim-postgresql-") as folder:
        found = Server(Path(folder))
        yield found
        found.stop()


@pytest.fixture(autouse=True)
def _in_a_new_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def study(name: str, trials: int = 9):
    return small_study(name=name, **TWO, search={"trials": trials})


@pytest.mark.slow
def test_trials_are_kept_and_asked_for(server: Server):
    first = explore(study("kept", 5), storage=server.url)
    with pytest.raises(InputError, match="study 'kept' has 5 finished trials there; --resume"):
        explore(study("kept"), storage=server.url)
    more = explore(study("kept"), storage=server.url, resume=True)
    assert more.records[:5] == first.records
    assert more.records == explore(study("kept")).records
    assert explore(study("kept", 2), storage=server.url, overwrite=True).evaluations == 2
    sampled = small_study(name="sampled", search={"trials": 5, "sampler": "tpe"})
    found = explore(sampled, storage=server.url)
    assert explore(sampled, storage=server.url, resume=True).records == found.records


def test_a_running_study_is_held_and_let_go(server: Server):
    def tell(_: Step) -> None:
        for options in ({}, {"resume": True}, {"overwrite": True}):
            with pytest.raises(InputError) as refused:
                explore(study("held"), storage=server.url, **options)
            busy.append(str(refused.value))

    busy: list[str] = []
    explore(study("held"), storage=server.url, progress=tell)
    # Here the second search is of the same process.
    assert busy and all("an earlier connection of this process" in text for text in busy)
    assert explore(study("held"), storage=server.url, resume=True).evaluations == 9


@pytest.mark.slow
def test_another_process_is_told_who_holds_it(server: Server):
    file = Path("s.toml")
    file.write_text(study_text(small_study(name="other", network=[{"name": "lenet"}], **TWO)))
    running = explore_in_background(file, server)
    try:
        ended = lightsim("explore", "s.toml", "--storage", server.url, "--output", "two")
        who = f"study 'other' is being searched by process {running.pid} on "
        assert_refused(ended, 2, who, " since ")
        assert PASSWORD not in ended.err and not Path("two").exists()
    finally:
        running.kill()
        running.communicate()
    assert "Pw:/x" not in "".join(path.read_text() for path in Path().rglob("study.toml"))


def explore_in_background(file: Path, server: Server) -> subprocess.Popen[str]:
    """A search that holds its study by now: its study file is written."""
    process = begun(file, Path("one"), "--storage", server.url)
    while not Path("one/study.toml").exists():
        assert process.poll() is None, process.communicate()
    return process


@pytest.mark.slow
def test_a_server_that_is_started_again_costs_nothing(server: Server):
    straight = explore(study("again", 24)).records
    notes: list[str] = []

    def tell(step: Step) -> None:
        if step.evaluations == 8:
            server.stop()

    def note(text: str) -> None:
        notes.append(text)
        server.start()

    found = explore(study("again", 24), storage=server.url, progress=tell, note=note)
    assert found.records == straight
    (text,) = notes
    assert "does not answer, trying again: " in text and PASSWORD not in text


def test_a_server_that_is_gone_is_told_with_what_is_kept(server: Server, monkeypatch):
    monkeypatch.setattr("dse.storage.database._WAITS_S", (0.0, 0.1))

    def tell(step: Step) -> None:
        if step.evaluations == 8:
            server.stop()

    with pytest.raises(OutputError) as gone:
        explore(study("gone", 24), storage=server.url, progress=tell, note=lambda _: None)
    server.start()
    first, second = str(gone.value).splitlines()
    where = f"postgresql://ls:...@127.0.0.1:{server.port}/postgres"
    assert first.startswith(f'{where}: connection to server at "127.0.0.1", port {server.port}')
    assert "Connection refused" in first and not first.endswith("...")
    assert second == "8 finished trials are kept there; resume=True goes on with them"
    assert gone.value.exit_code == 1
    found = explore(study("gone", 24), storage=server.url, resume=True)
    assert found.records == explore(study("gone", 24)).records


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        (f"{PASSWORD}@", "wrong@", 'password authentication failed for user "ls"'),
        ("/postgres", "/nodb", 'database "nodb" does not exist'),
        ("127.0.0.1", "no-such-host.invalid", "failed to resolve host 'no-such-host.invalid'"),
    ],
)
def test_why_a_database_cannot_be_used(server: Server, old: str, new: str, cause: str):
    assert old in server.url
    url = server.url.replace(old, new)
    ended = lightsim("explore", "digits-small", "--storage", url, "--output", "out")
    assert_refused(ended, 2, f": cannot be used: {cause}")
    assert "Pw:/x" not in ended.err and not Path("out").exists()


def test_a_trial_that_is_not_what_was_written_is_told(server: Server):
    import psycopg

    explore(study("bent", 4), storage=server.url)
    with psycopg.connect(
        host="127.0.0.1", port=server.port, user="ls", password=PASSWORD, dbname="postgres"
    ) as connection:
        connection.execute(
            "update trial_user_attributes set value_json = '\"done\"' where key = 'state' "
            "and trial_id = (select max(trial_id) from trials)"
        )
    with pytest.raises(InputError, match="study 'bent', trial 3: state is 'done'; accepted"):
        explore(study("bent", 4), storage=server.url, resume=True)
