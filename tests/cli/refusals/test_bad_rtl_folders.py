"""Folders that `rtl` and `verify` must not write into."""

from __future__ import annotations

import pytest

from tests.cli.command import lightsim


@pytest.mark.parametrize("command", ["rtl", "verify"])
def test_a_foreign_folder_is_left_as_it_was(command, tmp_path):
    kept = tmp_path / "README.md"
    kept.write_text("mine")
    ended = lightsim(command, "digits-small", "--output", str(tmp_path))
    assert ended.code == 2
    assert "holds files that are not of a LightSim run ('README.md')" in ended.err
    assert kept.read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


@pytest.mark.parametrize("command", ["rtl", "verify"])
def test_a_folder_below_a_file_is_refused(command, tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    ended = lightsim(command, "digits-small", "--output", str(file / "x"))
    assert ended.code == 2
    assert "is a file" in ended.err or "cannot be read" in ended.err


def test_a_project_is_written_again(tmp_path):
    for _ in range(2):
        assert lightsim("rtl", "digits-small", "--output", str(tmp_path / "p")).code == 0
    assert (tmp_path / "p" / "sv" / "design_pkg.sv").is_file()
