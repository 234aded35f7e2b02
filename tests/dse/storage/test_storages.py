"""Storages by their text: no password is written or told, and a study file names none elsewhere."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from dse.search.explore import explore
from dse.storage.causes import cause_of
from dse.study.places import as_written, named_by_file
from dse.study.storage_names import database_url, scrubbed, shown, without_password
from dse.study.study import load_study
from dse.study.writing import study_text
from lightsim.errors import InputError
from tests.cli.command import assert_refused, lightsim
from tests.dse.explore.spaces import small_study

# A URL, as it is told, as it is written, and as SQLAlchemy takes it.
H = "127.0.0.1:5432/db"
URLS = [
    (f"postgresql://u@{H}", f"postgresql://u@{H}", f"postgresql://u@{H}", f"postgresql://u@{H}"),
    (f"postgresql://u:Pw12@{H}", f"postgresql://u:...@{H}", f"postgresql://u@{H}",
     f"postgresql://u:Pw12@{H}"),
    (f"postgresql://u:P%40w@{H}", f"postgresql://u:...@{H}", f"postgresql://u@{H}",
     f"postgresql://u:P%40w@{H}"),
    (f"postgresql://u:P@w:x/y@{H}", f"postgresql://u:...@{H}", f"postgresql://u@{H}",
     f"postgresql://u:P%40w%3Ax%2Fy@{H}"),
    (f"postgresql://u:P@w?x=1&y@{H}", f"postgresql://u:...@{H}", f"postgresql://u@{H}",
     f"postgresql://u:P%40w%3Fx%3D1%26y@{H}"),
    (f"postgresql://u:p?password=x@{H}", f"postgresql://u:...@{H}", f"postgresql://u@{H}",
     f"postgresql://u:p%3Fpassword%3Dx@{H}"),
    (f"postgresql://u:{{}}@{H}", f"postgresql://u:...@{H}", f"postgresql://u@{H}",
     f"postgresql://u:%7B%7D@{H}"),
    (f"postgresql://{H}?user=u&password=P", f"postgresql://{H}?user=u&password=...",
     f"postgresql://{H}?user=u", f"postgresql://{H}?user=u&password=P"),
    (f"postgresql://{H}?user=u&password=a@b&c", f"postgresql://{H}?user=u&password=...",
     f"postgresql://{H}?user=u", f"postgresql://{H}?user=u&password=a%40b%26c"),
    (f"postgresql://{H}?p%61ssword=P&sslpassword=Q&sslmode=require&passfile=/f",
     f"postgresql://{H}?p%61ssword=...&sslpassword=...&sslmode=require&passfile=/f",
     f"postgresql://{H}?sslmode=require&passfile=/f",
     f"postgresql://{H}?p%61ssword=P&sslpassword=Q&sslmode=require&passfile=/f"),
    ("sqlite:////srv/a@b:c.db", *["sqlite:////srv/a@b:c.db"] * 3),
]  # fmt: skip


@pytest.mark.parametrize(("url", "told", "written", "used"), URLS, ids=[row[0] for row in URLS])
def test_urls(url: str, told: str, written: str, used: str):
    assert shown(url) == told
    assert without_password(url) == written
    assert without_password(written) == written
    assert database_url(url) == used


@pytest.mark.parametrize("url", [row[0] for row in URLS[:-1] if row[0] != row[1]])
def test_a_password_is_in_no_file_and_no_message(url: str, tmp_path: Path):
    study = small_study(search={"storage": url})
    text = study_text(study)
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    assert load_study(tmp_path / "s.toml").search.storage == without_password(url)
    assert "PGPASSWORD" in text
    with pytest.raises(InputError) as refused:
        explore(study, storage=url.replace("127.0.0.1:5432", "127.0.0.1:1"))
    secrets = ("Pw12", "P%40w", "P@w", "w:x/y", "w?x", "p?password", "{}", "=P", "=a@b", "=Q")
    if find_spec("psycopg") is None:
        assert "lightsim[cluster]" in str(refused.value)
    else:
        assert "cannot be used: " in str(refused.value)
        assert "connection" in str(refused.value).lower()
    for secret in secrets:
        assert secret not in text and secret not in str(refused.value)


def test_what_drivers_say_is_told_without_passwords():
    url = "postgresql://u:P@ss:w0rd/x@h/db"
    for said in ("host 'ss:w0rd' is", "P@ss:w0rd/x!", "P%40ss%3Aw0rd%2Fx", "no port w0rd"):
        assert not {"w0rd", "ss:"} & set(scrubbed(said, url).split()), said
        assert "w0rd" not in scrubbed(said, url)
    assert scrubbed("a database", "postgresql://u:a@h/db") == "... database"


def test_a_cause_is_told_in_full_and_cut_between_words():
    said = (
        'connection failed: connection to server at "127.0.0.1", port 5432 failed: FATAL:  password'
        ' authentication failed for user "u"\nconnection to server at "127.0.0.1", port 5432 '
        'failed: FATAL:  password authentication failed for user "u"'
    )
    error = RuntimeError("around")
    error.__cause__ = OSError(said)
    assert cause_of(error, "x") == 'password authentication failed for user "u"'
    cut = cause_of(OSError("word " * 200), "x")
    assert cut.endswith("word ...") and len(cut) < 250


@pytest.mark.parametrize(
    "text",
    ["postgresql:/u:Secret1@h/db", "postgres:u:Secret1@h", "host=h password=Secret1", "://Secret1"],
)
def test_what_is_nearly_a_url_becomes_no_file(text: str, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ended = lightsim("explore", "digits-small", "--storage", text, "--output", "out")
    assert_refused(ended, 2, "--storage: is no URL of a database; accepted: a file, or a database")
    assert "Secret1" not in ended.err
    assert list(tmp_path.rglob("*")) == []


OUTSIDE = ["/srv/j.log", "../j.log", "a/../../j.log", "sqlite:////srv/j.db", "sqlite:///../j.db"]


@pytest.mark.parametrize("storage", OUTSIDE)
def test_a_study_file_names_no_storage_outside_its_folder(storage: str, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = study_text(replace(small_study(), search=replace(small_study().search, storage=storage)))
    Path("s.toml").write_text(text, encoding="utf-8")
    ended = lightsim("explore", "s.toml", "--output", "out")
    assert_refused(ended, 2, "s.toml, [search]: storage: is '", "outside the study file's folder")
    assert {path.name for path in tmp_path.iterdir()} == {"s.toml"}


def test_a_study_file_names_a_file_in_its_own_folder(tmp_path, monkeypatch):
    (tmp_path / "studies").mkdir()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    file = tmp_path / "studies" / "s.toml"
    for storage, made in (("j.log", "j.log"), ("sqlite:///j.db", "j.db")):
        study = small_study(search={"trials": 2, "storage": storage})
        file.write_text(study_text(study), encoding="utf-8")
        out = f"out-{made}"
        assert lightsim("explore", str(file), "--output", out).code == 0
        assert (file.parent / made).exists() and not Path(made).exists()
        assert not Path(out, "journal.log").exists()
        assert "storage" not in Path(out, "study.toml").read_text("utf-8")
        again = lightsim("explore", str(file), "--output", out, "--resume")
        assert again.code == 0, again.err
    file.write_text(study_text(small_study(search={"storage": "new/j.log"})), encoding="utf-8")
    ended = lightsim("explore", str(file), "--output", "out")
    assert_refused(ended, 2, "there is no folder", "make it first")
    assert not (file.parent / "new").exists() and not Path("out").exists()


def test_a_storage_of_the_command_line_is_named_by_the_study_that_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("out").mkdir()
    Path("s.toml").write_text(study_text(small_study(search={"trials": 2})), encoding="utf-8")
    ended = lightsim("explore", "s.toml", "--storage", "out/trials.log", "--output", "out")
    assert ended.code == 0, ended.err
    assert load_study(Path("out/study.toml")).search.storage == "trials.log"
    again = lightsim("explore", "out/study.toml", "--output", "out", "--resume")
    assert again.code == 0, again.err
    assert as_written("j.log", Path("out")) is None
    assert as_written("postgresql://u:p@h/d", Path("out")) == "postgresql://u@h/d"
    assert named_by_file("postgresql://u@h/d", Path("a/s.toml")) == "postgresql://u@h/d"
