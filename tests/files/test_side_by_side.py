"""Two processes that write one file, and what killed processes left of it."""

from __future__ import annotations

import os
import subprocess
import sys

from lightsim.files.writing import is_partial, write_file

NOBODY = 4_194_305  # above the largest number that Linux gives to a process

WRITER = """
import sys
from pathlib import Path
from lightsim.files.writing import write_file

for _ in range(60):
    write_file(Path("file"), sys.argv[1] * 10_000)
"""


def names(folder):
    return {path.name for path in folder.iterdir()}


def test_two_processes_write_one_file_whole(tmp_path):
    both = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, letter], cwd=tmp_path, stderr=subprocess.PIPE
        )
        for letter in "ab"
    ]
    assert [one.communicate()[1] for one in both] == [b"", b""]
    assert (tmp_path / "file").read_text() in ("a" * 10_000, "b" * 10_000)
    assert names(tmp_path) == {"file"}


def test_what_a_killed_process_left_goes_and_what_a_living_one_makes_stays(tmp_path):
    left = tmp_path / f".lightsim-partial-{NOBODY}-file"
    made = tmp_path / f".lightsim-partial-{os.getppid()}-file"
    other = tmp_path / f".lightsim-partial-{NOBODY}-file.txt"
    for path in (left, made, other):
        path.write_text("half")
        assert is_partial(path)
    write_file(tmp_path / "file", "whole")
    assert names(tmp_path) == {made.name, other.name, "file"}


def test_a_name_as_long_as_a_file_system_takes(tmp_path):
    for name in ("a" * 255, "\u00fc" * 127, "[*]?" * 60):
        write_file(tmp_path / name, "whole")
        assert (tmp_path / name).read_text() == "whole"
    assert len(names(tmp_path)) == 3
