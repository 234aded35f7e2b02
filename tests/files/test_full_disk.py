"""A disk that is full: whatever kind of file was to be written, what was there is there, alone."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lightsim.errors import OutputError
from lightsim.files.writing import is_partial, write_file, write_files
from tests.files.kinds import KINDS


@contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """No file grows beyond `size` bytes, as on a disk that has no more."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def content(folder: Path) -> dict[Path, bytes]:
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_leaves_the_old_files_and_no_others(kind: str, tmp_path: Path):
    write, folder = KINDS[kind], tmp_path / "there"
    write(tmp_path / "other", 1)
    new = content(tmp_path / "other")
    write(folder, 0)
    old = content(folder)
    assert old and new and old != new
    # None fits; a part of one fits; all but the longest, which is changed, fit whole.
    longest = max(len(own) for name, own in new.items())
    for size in (0, 20, longest - 1):
        with files_end_at(size), pytest.raises(OutputError, match=r"cannot be written: File too"):
            write(folder, 1)
        assert content(folder) == old, size
        with files_end_at(size), pytest.raises(OutputError, match="cannot be written"):
            write(tmp_path / "new" / "folder", 1)
        assert not (tmp_path / "new").exists(), size
    write(folder, 1)
    assert new.items() <= content(folder).items()


def test_a_disk_that_takes_no_name_leaves_the_old_file(tmp_path: Path, monkeypatch):
    """The bytes fit, but they cannot be brought to the disk, or cannot take their name."""
    write_file(tmp_path / "a", "old")

    def full(*_):
        raise OSError(28, "No space left on device")

    for module, name in ((os, "fsync"), (Path, "replace")):
        with monkeypatch.context() as patched:
            patched.setattr(module, name, full)
            with pytest.raises(OutputError) as caught:
                write_files(tmp_path, {"a": "new", "b/c": b"new"}, advice="free some")
        place = tmp_path / "a"
        assert (
            str(caught.value) == f"{place}: cannot be written: No space left on device; free some"
        )
        assert content(tmp_path) == {Path("a"): b"old"} and not (tmp_path / "b").exists()


def test_what_a_killed_process_left_is_no_way_out_of_the_folder(tmp_path: Path):
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    write_file(folder / "a", "old")
    seen = []
    write_file(folder / "a", lambda file: seen.extend(folder.iterdir()))
    (left,) = (path for path in seen if is_partial(path))
    outside.write_text("kept")
    left.symlink_to(outside)
    write_file(folder / "a", "new")
    assert content(folder) == {Path("a"): b"new"} and outside.read_text() == "kept"


def test_files_that_are_gone_go_when_the_others_are_there(tmp_path: Path):
    write_files(tmp_path, {"a": "1", "b": "1"})
    with files_end_at(1), pytest.raises(OutputError):
        write_files(tmp_path, {"a": "22"}, gone=["b"])
    assert content(tmp_path) == {Path("a"): b"1", Path("b"): b"1"}
    write_files(tmp_path, {"a": "22"}, gone=["b", "never there"])
    assert content(tmp_path) == {Path("a"): b"22"}
