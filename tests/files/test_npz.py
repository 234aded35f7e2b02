"""Files of arrays: what is wrong with one is found in its heads, before anything is unpacked."""

from __future__ import annotations

import io
import os
import socket
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lightsim.errors import InputError
from lightsim.files.npz import read_npz

HEAD = "{'descr': '<i4', 'fortran_order': False, 'shape': (3,), }"


def npy(head: str, numbers: bytes = b"\0" * 12, version: bytes = b"\1\0") -> bytes:
    """An .npy file with a head as it is given."""
    size = struct.pack("<H" if version == b"\1\0" else "<I", len(head) + 1)
    return b"\x93NUMPY" + version + size + head.encode() + b"\n" + numbers


def zipped(path: Path, *members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)


def read(path: Path):
    return read_npz(path, lambda heads: None, "accepted: another")


def test_what_numpy_writes_is_read_in_every_order_and_type(tmp_path: Path):
    file = tmp_path / "a.npz"
    arrays = {
        "c": np.arange(24, dtype=np.int16).reshape(2, 3, 4),
        "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        "big": np.arange(5, dtype=">i8"),
        "one": np.array(7),
        "none": np.zeros((0, 3), np.uint8),
        "flags": np.array([True, False]),
    }
    for save in (np.savez, np.savez_compressed):
        save(file, **arrays)
        found = read(file)
        assert found.keys() == arrays.keys()
        for name, array in arrays.items():
            assert found[name].dtype == array.dtype and found[name].shape == array.shape
            assert (found[name] == array).all()
            assert found[name].flags.writeable


# The head of a member, and what the answer says of it.
HEADS = {
    "not closed": ("{'descr': '<i4', 'shape': (", "no npy head, or a damaged one"),
    "no shape": ("{'descr': '<i4', 'fortran_order': False}", "no npy head"),
    "a number": ("7", "no npy head"),
    "a call": ("__import__('os').abort()", "no npy head"),
    "deep": ("(" * 300 + ")" * 300, "no npy head"),
    "shape of text": (HEAD.replace("(3,)", "('3',)"), "no npy head"),
    "shape below 0": (HEAD.replace("(3,)", "(-3,)"), "a shape that no array has"),
    "shape above 2^63": (HEAD.replace("(3,)", f"({1 << 70},)"), "a shape that no array has"),
    "0 times 2^80": (HEAD.replace("(3,)", f"(0, {1 << 80})"), "a shape that no array has"),
    "product above 2^63": (HEAD.replace("(3,)", f"({1 << 40}, {1 << 40})"), "a shape that no"),
    "40 axes": (HEAD.replace("(3,)", str((1,) * 40)), "a shape that no array has"),
    "true as a size": (HEAD.replace("(3,)", "(True,)"), "a shape that no array has"),
    "larger than it is": (HEAD.replace("(3,)", "(4000000000,)"), "its file holds"),
    "smaller than it is": (HEAD.replace("(3,)", "(2,)"), "its file holds"),
    "objects": (HEAD.replace("<i4", "|O"), "not of plain numbers"),
    "times": (HEAD.replace("<i4", "<m8[s]"), "not of plain numbers"),
    "dates": (HEAD.replace("<i4", "<M8[s]"), "not of plain numbers"),
    "texts": (HEAD.replace("<i4", "<U1"), "not of plain numbers"),
    "bytes": (HEAD.replace("<i4", "|S4"), "not of plain numbers"),
    "complex": (HEAD.replace("<i4", "<c8"), "not of plain numbers"),
    "fields": (HEAD.replace("'<i4'", "[('a', '<i4')]"), "not of plain numbers"),
    "nothing": (HEAD.replace("<i4", "|V4"), "not of plain numbers"),
}


@pytest.mark.parametrize("case", HEADS)
@pytest.mark.parametrize("version", [b"\1\0", b"\2\0"])
def test_a_head_that_no_array_has_is_refused(case: str, version: bytes, tmp_path: Path):
    head, words = HEADS[case]
    zipped(tmp_path / "a.npz", ("x.npy", npy(head, version=version)))
    with pytest.raises(
        InputError, match=r"a\.npz: is not an npz file, or damaged \(array 'x' "
    ) as caught:
        read(tmp_path / "a.npz")
    assert words in str(caught.value)


def test_members_that_are_no_arrays_are_refused(tmp_path: Path):
    file, good = tmp_path / "a.npz", npy(HEAD)
    cases = {
        "array 'readme.txt' is not an .npy array": [("readme.txt", b"")],
        "array 'x' has no npy head": [("x.npy", b"text")],
        "array 'x' has version 9.9": [("x.npy", good.replace(b"\1\0", b"\t\t", 1))],
    }
    for words, members in cases.items():
        zipped(file, *members)
        with pytest.raises(InputError) as caught:
            read(file)
        assert words in str(caught.value)
    with pytest.warns(UserWarning, match="Duplicate name"):
        zipped(file, ("x.npy", good), ("x.npy", good))
    with pytest.raises(InputError, match="array 'x' is there twice"):
        read(file)
    zipped(file, ("x.npy", good), method=zipfile.ZIP_BZIP2)
    with pytest.raises(InputError, match="array 'x' is packed by method 12"):
        read(file)


def test_an_encrypted_member_is_refused(tmp_path: Path):
    file = tmp_path / "a.npz"
    zipped(file, ("x.npy", npy(HEAD)))
    content = bytearray(file.read_bytes())
    content[6] |= 1  # the flags of the member itself, and those in the table of contents
    content[content.index(b"PK\1\2") + 8] |= 1
    file.write_bytes(content)
    with pytest.raises(InputError, match="array 'x' is encrypted"):
        read(file)


def test_a_wrong_number_is_found_by_the_sum(tmp_path: Path):
    file = tmp_path / "a.npz"
    np.savez(file, x=np.full(1 << 16, 0x44434241, np.int32))
    whole = file.read_bytes()
    file.write_bytes(whole[:200_000] + b"X" + whole[200_001:])
    with pytest.raises(InputError, match="array 'x' is damaged"):
        read(file)


def _bomb(path: Path, size: int) -> None:
    head = HEAD.replace("<i4", "|i1").replace("(3,)", f"({size},)")
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("x.npy", "w") as member,
    ):
        member.write(npy(head, b""))
        for _ in range(size >> 20):
            member.write(bytes(1 << 20))


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path):
    file = tmp_path / "a.npz"
    _bomb(file, 128 << 20)
    assert file.stat().st_size < 1 << 20
    tracemalloc.start()
    with pytest.raises(InputError, match="would unpack to 134217728 bytes; accepted: 67108864"):
        read(file)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 4 << 20

    def other(heads) -> None:
        raise InputError("x", f"is {heads['x']}")

    with pytest.raises(InputError, match=r"x: is int8 of shape \[134217728\]"):
        read_npz(file, other, "accepted: another")


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    socket.socket(socket.AF_UNIX).bind(str(path))


NO_FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda path: None, "does not exist"),
    "folder": (Path.mkdir, "is a directory"),
    "pipe": (_pipe, "is a pipe"),
    "socket": (_socket, "cannot be read"),
    "device": (lambda path: path.symlink_to("/dev/zero"), "is a device"),
    "link to nothing": (lambda path: path.symlink_to("nowhere"), "does not exist"),
    "link to itself": (lambda path: path.symlink_to(path), "does not exist"),
    "empty": (Path.touch, "it is empty"),
    "text": (lambda path: path.write_text("x = 1"), "it begins otherwise"),
    "one array": (lambda path: path.write_bytes(npy(HEAD)), "is a single array"),
    "start of a zip": (lambda path: path.write_bytes(b"PK\3\4"), "no whole table of contents"),
}


@pytest.mark.parametrize("case", NO_FILES)
def test_what_is_no_file_of_arrays_is_refused_at_once(case: str, tmp_path: Path, monkeypatch):
    make, words = NO_FILES[case]
    monkeypatch.chdir(tmp_path)  # the path of a socket may not be long
    make(Path("a.npz"))
    with pytest.raises(InputError) as caught:
        read(Path("a.npz"))
    assert str(caught.value).startswith("a.npz: ") and words in str(caught.value)


def test_an_empty_archive_holds_no_arrays(tmp_path: Path):
    content = io.BytesIO()
    zipfile.ZipFile(content, "w").close()
    (tmp_path / "a.npz").write_bytes(content.getvalue())
    assert read(tmp_path / "a.npz") == {}
