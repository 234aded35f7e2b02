"""Journals that are damaged: half a last line is dropped, anything else is told with its line."""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from dse.reports.directory import write_results
from dse.search.explore import explore
from dse.storage.journal import Journal
from dse.storage.lines import read_lines
from lightsim.errors import InputError
from tests.dse.explore.spaces import small_study

TRIALS = 9
STUDIES = {
    "enumerated": {"objectives": {"throughput": "maximise", "lut": "minimise"}},
    "sampled": {"search": {"sampler": "tpe"}},
    "free k": {"axes": {"k": ["1 %"], "pixels": [1]}},
}
VALUES = (
    None, True, -1, 0, 3, 2**70, 1e300, float("nan"), float("inf"), "", "x", "\ud800", [], {}, [1],
    {"a": None},
)  # fmt: skip


def study(name: str, trials: int = TRIALS):
    changes = {**STUDIES[name]}
    changes["search"] = {**changes.get("search", {}), "trials": trials}
    return small_study(**changes)


@pytest.fixture(
    scope="module",
    params=["enumerated", "sampled", pytest.param("free k", marks=pytest.mark.slow)],
)
def journal(request, tmp_path_factory) -> tuple[str, bytes]:
    """A study by name, and its journal."""
    path = tmp_path_factory.mktemp("journal") / "journal.log"
    explore(study(request.param), storage=str(path))
    return request.param, path.read_bytes()


def resumed(name: str, content: bytes, folder: Path, trials: int = TRIALS):
    """The study gone on with from a journal of this content."""
    path = folder / "journal.log"
    path.write_bytes(content)
    return explore(study(name, trials), storage=str(path), resume=True)


def told(name: str, content: bytes, folder: Path) -> str:
    """The refusal of a journal of this content, which stays as it is."""
    with pytest.raises(InputError) as refused:
        resumed(name, content, folder)
    text = str(refused.value)
    assert text.startswith(str(folder / "journal.log"))
    assert "\n" not in text and len(text) < 420 + len(str(folder))
    assert (folder / "journal.log").read_bytes() == content
    return text


def plain(content: bytes) -> bytes:
    """A journal as it was before lines had checksums."""
    return re.sub(rb',"crc32":"[0-9a-f]{8}"', b"", content)


def places(value: object, at: tuple = ()) -> list[tuple]:
    """Every place in JSON data."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, own in inner:
        found.append((*at, key))
        if isinstance(own, dict | list):
            found += places(own, (*at, key))
    return found


def changed(entry: dict, place: tuple, change: Callable[[object, object], None]) -> str:
    """A line with one place changed."""
    own = json.loads(json.dumps(entry))
    inner = own
    for key in place[:-1]:
        inner = inner[key]
    change(inner, place[-1])
    return json.dumps(own)


def drop(inner, key) -> None:
    del inner[key]


def mutations(content: bytes, count: int, seed: int):
    """Journals with one value of one line changed or left out, each with the line's number."""
    lines = content.splitlines()
    rng = random.Random(seed)
    for _ in range(count):
        number = rng.randrange(len(lines))
        entry = json.loads(lines[number])
        place = rng.choice(places(entry))
        value = rng.choice((*VALUES, drop))

        def change(inner, key, value=value) -> None:
            if value is drop:
                drop(inner, key)
            else:
                inner[key] = value

        line = changed(entry, place, change).encode()
        if json.loads(line) != entry:
            yield number + 1, b"\n".join((*lines[:number], line, *lines[number + 1 :], b""))


def check_mutations(journal: tuple[str, bytes], folder: Path, count: int) -> None:
    name, content = journal
    for number, own in mutations(content, count, seed=count):
        line = int(re.search(r"journal.log, line (\d+)", told(name, own, folder))[1])
        # A line that has lost its checksum is noticed by that of the next.
        assert line == number or (
            line == number + 1 and b"crc32" not in own.splitlines()[number - 1]
        )
    taken = 0
    # Without checksums some are taken; where k is free the study is heavy to begin.
    count = count // 8 if name == "free k" else count
    for number, own in mutations(plain(content), count, seed=count + 1):
        try:
            found = resumed(name, own, folder)
        except InputError as refused:
            assert "\n" not in str(refused), number
            continue
        taken += 1
        if taken % 8 == 0:  # what is taken can be used
            write_results(found, folder / "out")
    assert taken < count


def test_a_changed_value_is_told_with_its_line(journal, tmp_path):
    check_mutations(journal, tmp_path, 60)


@pytest.mark.slow
def test_thousands_of_changed_values(journal, tmp_path):
    check_mutations(journal, tmp_path, 1500)


def test_flipped_bits_and_lost_lines(journal, tmp_path):
    name, content = journal
    rng = random.Random(5)
    for _ in range(100):
        place = rng.randrange(len(content) - 1)
        own = bytearray(content)
        own[place] ^= 1 << rng.randrange(8)
        assert ", line " in told(name, bytes(own), tmp_path)
    lines = content.splitlines(keepends=True)
    for number in range(len(lines) - 1):
        told(name, b"".join((*lines[:number], *lines[number + 1 :])), tmp_path)


def test_every_cut_is_gone_on_with(journal, tmp_path, caplog):
    name, content = journal
    whole = explore(study(name)).records
    ends = [at + 1 for at in range(len(content)) if content[at : at + 1] == b"\n"]
    begun = ends[1]  # before it there is no study
    cuts = [begun, begun + 1, ends[2] - 1, ends[2], ends[-1] - 40, ends[-1] - 1, ends[-1]]
    for cut in cuts:
        caplog.clear()
        found = resumed(name, content[:cut], tmp_path)
        dropped = cut not in ends and cut + 1 not in ends
        notes = [row.getMessage() for row in caplog.records]
        line = content[:cut].count(b"\n") + 1
        path = tmp_path / "journal.log"
        told = f"{path}, line {line}: was cut off in the middle and is dropped"
        assert notes == ([told] if dropped else [])
        if name == "enumerated":
            assert found.records == tuple(whole)
        assert read_lines(path.read_bytes()).damage is None


def test_lines_of_an_earlier_version_are_gone_on_with(journal, tmp_path):
    name, content = journal
    found = resumed(name, plain(content), tmp_path)
    if name == "enumerated":
        assert found.records == explore(study(name)).records
    more = resumed(name, plain(content), tmp_path, TRIALS + 3)
    assert len(more.records) > len(found.records)
    read = read_lines((tmp_path / "journal.log").read_bytes())
    assert read.damage is None and not read.cut


WRONG = [
    (b"\xff\xfe\n", "line 1: is not UTF-8 text"),
    (b"\n", "line 1: is empty"),
    (b"hello\n", "line 1: is not JSON"),
    (b"[1]\n", "line 1: is not a table"),
    (b"{}\n", "line 1: op_code is missing; accepted: 0 to 9"),
    (b'{"op_code":11,"worker_id":"x"}\n', "line 1: op_code is 11; accepted: 0 to 9"),
    (b'{"op_code":' + b"9" * 5000 + b"}\n", "line 1: holds a number that is far too long"),
    (b'{"a":' + b"[" * 100_000 + b"\n", "line 1: is nested far too deep"),
    (b'{"op_code":1e999}\n', "line 1: holds the number inf"),
    (b"\0" * 100 + b"\n", "line 1: is empty"),
]


@pytest.mark.parametrize(("content", "words"), WRONG, ids=[words for _, words in WRONG])
def test_what_is_no_journal_is_told(content: bytes, words: str, tmp_path: Path):
    text = told("enumerated", content, tmp_path)
    assert words in text and "accepted: a journal of `lightsim explore`" in text


def test_places_that_hold_no_journal(tmp_path: Path):
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "empty").write_bytes(b"")
    wanted = {
        tmp_path: "is a folder",
        tmp_path / "fifo": "is no regular file",
        "/dev/full": "is no regular file",
        tmp_path / "no" / "journal.log": "there is no folder",
        tmp_path / "fifo" / "journal.log": "there is no folder",
        tmp_path / ("x" * 300): "File name too long",
        "a\0b": "names no file",
        " ": "names no file",
    }
    for path, words in wanted.items():
        with pytest.raises(InputError, match=re.escape(words)):
            explore(small_study(), storage=str(path))
    with pytest.raises(InputError, match="holds no study 'small' to resume"):
        explore(small_study(), storage=str(tmp_path / "empty"), resume=True)
    assert {path.name for path in tmp_path.iterdir()} == {"fifo", "empty", "empty.lock"}
    assert len(explore(study("enumerated"), storage=str(tmp_path / "empty")).records) == TRIALS


def test_a_sparse_file_is_not_read(tmp_path: Path):
    path = tmp_path / "journal.log"
    with path.open("wb") as file:
        file.truncate(20 << 30)  # a file with a hole: it takes no room
    with pytest.raises(InputError, match="holds 21,474,836,480 bytes, which is no journal"):
        Journal(path)


def test_a_number_of_hundreds_of_digits_is_told(tmp_path: Path):
    line = b'{"op_code":0,"worker_id":"w","study_name":"s","directions":[%s]}\n' % (b"9" * 400)
    assert "holds the number 999" in str(read_lines(line).damage)
