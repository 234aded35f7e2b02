"""The run directory: its files, what it overwrites, what it refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from types import MappingProxyType

import pytest

from lightsim.errors import InputError
from lightsim.reports import directory
from lightsim.reports.directory import FILES, check_directory, write_directory
from tests.reports.sample import sample_report


def names(path):
    return {entry.name for entry in path.iterdir()}


def test_writes_every_file_and_nothing_else(tmp_path):
    write_directory(sample_report(), tmp_path / "runs" / "one")
    assert names(tmp_path / "runs" / "one") == set(FILES)
    assert all((tmp_path / "runs" / "one" / name).stat().st_size for name in FILES)


def test_equal_reports_give_equal_files(tmp_path):
    for name in ("a", "b"):
        write_directory(sample_report(), tmp_path / name)
    for name in FILES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_overwrites_an_earlier_run_and_leaves_other_files_alone(tmp_path):
    write_directory(sample_report(), tmp_path)
    (tmp_path / "mine.txt").write_text("kept")
    write_directory(replace(sample_report(), seed=8), tmp_path)
    assert json.loads((tmp_path / "summary.json").read_text())["seed"] == 8
    assert (tmp_path / "mine.txt").read_text() == "kept"


def test_an_empty_directory_is_welcome(tmp_path):
    check_directory(tmp_path)
    check_directory(tmp_path / "not" / "there")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("notes.txt", "mine"),
        ("summary.json", "not json"),
        ("summary.json", '{"schema": "other/1"}'),
        ("summary.json", "[1]"),
        ("summary.json", '{"schema": 3}'),
    ],
)
def test_refuses_a_directory_of_somebody_else(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError) as caught:
        write_directory(sample_report(), tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: holds files that are not of a LightSim run ('{name}'); "
        "name a new or empty directory, or one that an earlier run wrote"
    )
    assert names(tmp_path) == {name}
    assert (tmp_path / name).read_text() == text


def test_refuses_a_file(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="is a file, not a directory"):
        write_directory(sample_report(), tmp_path / "file")


def test_refuses_a_directory_below_a_file(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be"):
        write_directory(sample_report(), tmp_path / "file" / "below")


def test_an_interrupt_leaves_the_earlier_run_whole(tmp_path, monkeypatch):
    write_directory(sample_report(), tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in FILES}

    def interrupted(file):
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setitem(directory.FILES, "report.html", lambda report: interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_directory(replace(sample_report(), seed=8), tmp_path)
    assert {entry.name: entry.read_bytes() for entry in tmp_path.iterdir()} == before


def test_a_killed_runs_leftovers_do_not_block_the_next(tmp_path):
    nobody = 4_194_305  # above the largest number that Linux gives to a process
    (tmp_path / f".lightsim-partial-{nobody}-summary.json").write_text("half")
    write_directory(sample_report(), tmp_path)
    assert names(tmp_path) == set(FILES)


def test_configuration_is_written_as_given(tmp_path):
    given = MappingProxyType({"run": MappingProxyType({"layers": ("a", "b"), "k": None})})
    write_directory(replace(sample_report(), configuration=given), tmp_path)
    read = json.loads((tmp_path / "configuration.json").read_text())
    assert read == {"run": {"layers": ["a", "b"], "k": None}}
