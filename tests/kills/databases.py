"""The explorer on PostgreSQL: the search is ended, or the server under it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.fuzz.case import rng
from tests.kills.deal import SIGNALS, Straight
from tests.kills.postgres import Server
from tests.kills.process import begun, outlived, until_used, waited, whole
from tests.kills.subjects import STUDY, explored

__all__ = ["WAYS", "judged_on_database", "straight_on_database"]

_STUDY = STUDY.replace("trials = 40", "trials = 16")


def _kill_search(name: str) -> Callable[[Server, int], bool]:
    def deal(server: Server, pid: int) -> bool:
        import os

        del server
        os.kill(pid, SIGNALS[name])
        return False

    return deal


def _session(server: Server, pid: int) -> bool:
    del pid
    server.kill_a_session()
    return False


def _stop(server: Server, pid: int) -> bool:
    del pid
    server.stop()
    return True


def _kill_server(server: Server, pid: int) -> bool:
    del pid
    server.kill()
    return True


def _restart(server: Server, pid: int) -> bool:
    """Away for a second: a search that tries again does not notice."""
    del pid
    server.stop()
    time.sleep(1)
    server.start()
    return False


# What is done, the exit codes that are right for it, and whether the server is away afterwards.
WAYS: dict[str, tuple[Callable[[Server, int], bool], tuple[int, ...]]] = {
    "SIGKILL": (_kill_search("SIGKILL"), (-9,)),
    "SIGTERM": (_kill_search("SIGTERM"), (143,)),
    "SIGINT": (_kill_search("SIGINT"), (130,)),
    "server stopped": (_stop, (1,)),
    "server killed": (_kill_server, (1,)),
    "server restarted": (_restart, (0, 1)),
    "session killed": (_session, (0, 1)),
}


def finished_in_database(server: Server) -> set[int]:
    """The designs of the finished trials, asked of the database itself."""
    tables = server.execute("select 1 from pg_tables where tablename = 'trial_user_attributes'")
    if not tables:
        return set()
    rows = server.execute(
        "select value_json from trial_user_attributes a join trials t using (trial_id) "
        "where a.key = 'design' and t.state in ('COMPLETE', 'FAIL')"
    )
    return {int(str(row[0])) for row in rows}


def judged_on_database(
    server: Server, number: int, known: Straight, workers: int
) -> dict[str, Any]:
    """Kill number so-and-so of a search whose trials are in a database."""
    name = list(WAYS)[number % len(WAYS)]
    deal, codes = WAYS[name]
    share = 0.25 + rng(f"database/{number}").random() * 0.8
    storage = ("--storage", server.url, "--workers", str(workers))
    argv = ("explore", "study.toml", "--output", "out", "--json", *storage)
    told: list[str] = []
    server.execute("drop schema public cascade")
    server.execute("create schema public")
    with tempfile.TemporaryDirectory(prefix="lightsim-kill-") as temporary:
        folder = Path(temporary)
        (folder / "study.toml").write_text(_STUDY)
        process = begun(argv, folder)
        dealt = until_used(process, share * known.cpu_s)
        away = dealt and deal(server, process.pid)
        ended = waited(process, folder)
        if left := outlived(process.pid):
            told.append(f"left: {left} processes")
        # A server that is gone before the search has begun there is a storage that cannot be used.
        early = name not in SIGNALS and ended.code == 2
        if ended.code not in (0, *codes) and not early:
            told.append(f"exit code: {ended.code} ({ended.err.strip()[-200:]!r})")
        if "Traceback" in ended.err:
            told.append(f"traceback: {ended.err.strip().splitlines()[-1][:160]}")
        written = folder / "out/study.toml"
        study = written.read_text() if written.exists() else ""
        if "secret" in ended.err + ended.out + study:
            told.append("password: it stands in a file or a message")
        if away:
            server.start()
        before = finished_in_database(server)
        if early and before:
            told.append(f"exit code: {ended.code}, and trials are there")
        if ended.code:
            again = whole((*argv, "--resume"), folder)
            if again.code == 2 and not before:
                again = whole(argv, folder)
            if again.code:
                told.append(f"not gone on with: {again.code} ({again.err.strip()[-200:]!r})")
        if not any(text.startswith("not gone on") for text in told):
            answer = explored(folder)
            if not before <= set(answer["designs"]):
                told.append("lost: finished trials")
            told += [f"different: {k}" for k in answer if answer[k] != known.answer[k]]
    return {
        "id": f"explore on PostgreSQL/{number}", "command": "explore on PostgreSQL",
        "signal": name, "what": "the server" if name not in SIGNALS else "the command",
        "share": round(share, 3), "code": ended.code, "faults": told, "dealt": dealt,
    }  # fmt: skip


def straight_on_database(server: Server) -> Straight:
    """The search that nobody disturbs."""
    argv = ("explore", "study.toml", "--output", "out", "--json", "--storage", server.url)
    with tempfile.TemporaryDirectory(prefix="lightsim-straight-") as temporary:
        folder = Path(temporary)
        (folder / "study.toml").write_text(_STUDY)
        ended = whole(argv, folder)
        assert ended.code == 0, ended
        return Straight(ended.cpu_s, explored(folder), {})
