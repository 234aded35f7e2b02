"""npz files and other zip archives: members with wrong headers, sizes, flags, numbers."""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile

import numpy as np

from tests.fuzz.case import ANY, REFUSED, SAFE, Mutant, Mutator
from tests.fuzz.mutators.text import BYTES, damage

__all__ = ["ARCHIVE", "FLOATS", "INTEGERS", "packed"]

Members = dict[str, bytes]


def _members(content: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members: Members, packing: int = zipfile.ZIP_STORED) -> bytes:
    """An archive of members, the same bytes whenever it is made."""
    to = io.BytesIO()
    with zipfile.ZipFile(to, "w", packing) as archive:
        for name, content in members.items():
            about = zipfile.ZipInfo(name)
            about.compress_type = packing
            archive.writestr(about, content)
    return to.getvalue()


def _array(array: np.ndarray, version: tuple[int, int] | None = None) -> bytes:
    to = io.BytesIO()
    np.lib.format.write_array(to, array, version=version, allow_pickle=True)
    return to.getvalue()


def _head(text: str, rest: bytes) -> bytes:
    text = text.ljust(117) + "\n"
    return (
        b"\x93NUMPY\x01\x00"
        + struct.pack("<H", len(text.encode("latin1")))
        + text.encode("latin1")
        + rest
    )


def _flagged(content: bytes, rng: random.Random) -> Mutant:
    """A bit of a member's flags, method or sizes, in the directory at the end and in the front."""
    changed = bytearray(content)
    ends = [i for i in range(len(content)) if content[i : i + 4] == b"PK\x01\x02"]
    fronts = [i for i in range(len(content)) if content[i : i + 4] == b"PK\x03\x04"]
    end, front = rng.choice(ends), rng.choice(fronts)
    what, at, value = rng.choice(
        (
            ("encrypted", 8, 1), ("method 99", 10, 99), ("method deflate", 10, 8),
            ("method LZMA", 10, 14), ("method bzip2", 10, 12), ("wrong CRC", 16, 0xDEAD),
            ("a huge size", 24, 0xFFFFFFF0), ("a huge packed size", 20, 0xFFFFFFF0),
            ("a wrong offset", 42, 0x7FFFFFF0), ("a name of 65535", 28, 65535),
            ("patched data", 8, 32), ("strong encryption", 8, 65),
        )
    )  # fmt: skip
    wide = at in (16, 20, 24, 42)
    struct.pack_into("<I" if wide else "<H", changed, end + at, value)
    if at == 8:
        struct.pack_into("<H", changed, front + 6, value)
    # What the data itself says still holds: its end is found without the packed size.
    expects = SAFE if what == "a huge packed size" else REFUSED
    return Mutant(bytes(changed), f"{what} in the directory of the archive", expects)


_HEADS = (
    "{'descr': '<i8', 'fortran_order': False, 'shape': (99999999999999999999,), }",
    "{'descr': '<i8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
    "{'descr': '<i8', 'fortran_order': False, 'shape': (1000000000,), }",
    "{'descr': '<i8', 'fortran_order': False, 'shape': (-1,), }",
    "{'descr': '<i8', 'fortran_order': False, 'shape': 3, }",
    "{'descr': '<i8', 'fortran_order': False, 'shape': (True,), }",
    "{'descr': '<i8', 'fortran_order': False, 'shape': ('a',), }",
    "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '<m8[ns]', 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '<M8', 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '<c16', 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '<U9', 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '|V9', 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '|S0', 'fortran_order': False, 'shape': (1,), }",
    "{'descr': [('a', '<i8'), ('b', '<f4')], 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '<i8', 'fortran_order': 3, 'shape': (1,), }",
    "{'descr': 7, 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '<i8', 'fortran_order': False, 'shape': (1,), 'more': 1}",
    "{'descr': '<i8', 'shape': (1,)}",
    "{'descr': '<i8', 'fortran_order': False, 'shape': (1,",
    "{'descr': '<i8', 'fortran_order': False, 'shape': (1,)} + 1",
    "[1, 2]", "", "\x00\x00", "{{{{", "'" * 60, "(" * 110, "-" * 110, "1 if", "{'a': b'\\",
)  # fmt: skip


def _heading(content: bytes, rng: random.Random) -> Mutant:
    members = _members(content)
    name = rng.choice(list(members))
    text = rng.choice(_HEADS)
    members[name] = _head(text, members[name][-64:])
    return Mutant(packed(members), f"the header of {name} is {text[:60]!r}", REFUSED)


def _old_array(members: Members, rng: random.Random) -> tuple[str, np.ndarray]:
    name = rng.choice(list(members))
    return name, np.lib.format.read_array(io.BytesIO(members[name]))


def _typed(content: bytes, rng: random.Random) -> Mutant:
    """The same numbers in another type: may be accepted where they are the same numbers."""
    members = _members(content)
    name, array = _old_array(members, rng)
    dtype = rng.choice(
        (
            "i1",
            "u1",
            ">i4",
            "u8",
            "i8",
            "f2",
            "f4",
            "f8",
            "c8",
            "?",
            "S3",
            "U3",
            "m8[s]",
            "M8[s]",
            "O",
        )
    )
    with np.errstate(all="ignore"):
        members[name] = _array(array.astype(dtype))
    return Mutant(packed(members), f"{name} as {dtype}")


def _shaped(content: bytes, rng: random.Random) -> Mutant:
    members = _members(content)
    name, array = _old_array(members, rng)
    flat = array.reshape(-1)
    new = rng.choice(
        (flat[:-1], flat[:0], array[None], array[..., None], array.reshape(-1, 1, 1, 1, 1, 1, 1),
         np.concatenate([flat, flat]), flat[0], np.zeros((0, 3), array.dtype))
    )  # fmt: skip
    members[name] = _array(np.asarray(new))
    same = np.shape(new) == array.shape
    return Mutant(packed(members), f"{name} of shape {np.shape(new)}", ANY if same else REFUSED)


def _named(content: bytes, rng: random.Random) -> Mutant:
    members = _members(content)
    name = rng.choice(list(members))
    match rng.randrange(4):
        case 0:
            del members[name]
            return Mutant(packed(members), f"{name} is missing")
        case 1:
            new = rng.choice(
                (
                    "other.npy",
                    "../../x.npy",
                    "/x.npy",
                    "é.npy",
                    "x" * 5000 + ".npy",
                    ".npy",
                    "a\nb.npy",
                    name[:-4],
                )
            )
            members[new] = members[name]
            return Mutant(packed(members), f"a further member {new[:20]!r}", REFUSED)
        case 2:
            members[name] = rng.choice(
                (
                    b"",
                    b"text",
                    b"\x93NUMPY",
                    b"\x93NUMPY\x09\x00" + bytes(80),
                    members[name][:-1],
                    members[name][:12],
                )
            )
            return Mutant(packed(members), f"{name} is no array", REFUSED)
        case _:
            bomb = _head(
                "{'descr': '|i1', 'fortran_order': False, 'shape': (300000000,), }",
                bytes(8_000_000),
            )
            members[name] = bomb
            return Mutant(
                packed(members, zipfile.ZIP_DEFLATED), f"{name} unpacks to 300 MB", REFUSED
            )


def _wild_integers(content: bytes, rng: random.Random) -> Mutant:
    members = _members(content)
    name, array = _old_array(members, rng)
    wide = array.astype(np.int64)
    flat = wide.reshape(-1)
    value = rng.choice((-1, 0, 1, 3, 127, -128, 255, 257, 32768, 2**31, 2**40, -(2**63)))
    flat[rng.randrange(len(flat))] = value
    members[name] = _array(flat.reshape(array.shape))
    return Mutant(packed(members), f"a number of {name} is {value}")


def _wild_floats(content: bytes, rng: random.Random) -> Mutant:
    members = _members(content)
    name, array = _old_array(members, rng)
    flat = array.astype(np.float32 if array.dtype.kind == "f" else np.float64).reshape(-1).copy()
    value = rng.choice((np.nan, np.inf, -np.inf, 1e38, 0.0, 1e-42))
    if rng.random() < 0.3:
        flat[:] = value
    else:
        flat[rng.randrange(len(flat))] = value
    members[name] = _array(flat.reshape(array.shape))
    bad = not np.isfinite(value)
    return Mutant(packed(members), f"a number of {name} is {value}", REFUSED if bad else ANY)


# Arrays of a training that a start does not take: it must come to the same without them.
_NOT_TAKEN = re.compile(r"(weights\.scale|grids\.\d+\.step|calibrated)\.npy|further member")


def _read_or_not(mutator: Mutator) -> Mutator:
    """The same, where damage to what is not read may pass if nothing comes of it."""

    def mutate(content: bytes, rng: random.Random) -> Mutant:
        mutant = mutator(content, rng)
        if mutant.expects == REFUSED and _NOT_TAKEN.search(mutant.what):
            return Mutant(mutant.content, mutant.what, SAFE)
        return mutant

    return mutate


_STRICT = damage(REFUSED, BYTES)
ARCHIVE: tuple[Mutator, ...] = (_flagged, _heading, _heading, _typed, _shaped, _named, _named)
INTEGERS: tuple[Mutator, ...] = (*ARCHIVE, _wild_integers, _wild_integers, *BYTES)
FLOATS: tuple[Mutator, ...] = tuple(
    _read_or_not(own) for own in (*ARCHIVE, _wild_floats, _wild_floats, *BYTES)
)
STRICT_BYTES = _STRICT
