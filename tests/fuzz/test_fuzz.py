"""The fuzz suite: some inputs of every kind by default, all of them in the slow suite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.fuzz import environment
from tests.fuzz.__main__ import run
from tests.fuzz.case import SAME, Case, Seed
from tests.fuzz.catalogue import all_cases, mutants, seeds_below, unchanged
from tests.fuzz.drive import Server, judged
from tests.fuzz.oracle import Ended, faults
from tests.fuzz.seeds.written import written

TRAINING = find_spec("torch") is not None
SOME = 55
"""One input in so many of what people write: some 100."""


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Seed, ...]:
    """The seeds that are quickly made, without those that need PyTorch."""
    root = tmp_path_factory.mktemp("seeds")
    return tuple(seed for seed in written(root) if seed.forks == "plain")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A process that forks for each input."""
    own = Server("plain")
    yield own
    own.end()


def test_some_inputs_of_every_kind(seeds: tuple[Seed, ...], server: Server, tmp_path: Path):
    printed: dict[str, bytes] = {}
    told = []
    for seed in seeds:
        own = judged(unchanged(seed), server, {}, tmp_path, printed)
        assert not own["faults"], own
        told += [
            judged(case, server, printed, tmp_path)
            for number, case in enumerate(mutants(seed))
            if number % SOME == 0
        ]
    assert [note for note in told if note["faults"]] == []
    codes = Counter(note["code"] for note in told)
    assert codes[0] > 10 and codes[2] > 40  # both sides of the rules are tried


@pytest.mark.slow
def test_every_input(tmp_path_factory: pytest.TempPathFactory):
    seeds = seeds_below(tmp_path_factory.mktemp("seeds"), training=TRAINING)
    cases = list(all_cases(seeds, training=TRAINING))
    assert len({case.id for case in cases}) == len(cases)
    assert len(cases) >= (10_000 if TRAINING else 7_000)
    assert run(seeds, cases, tmp_path_factory.mktemp("notes"), 2, again=False) == 0


@pytest.mark.slow
@pytest.mark.parametrize("surrounding", environment.CASES, ids=lambda case: case.name)
def test_every_surrounding(surrounding: environment.Surrounding, tmp_path: Path):
    assert environment.ended_in(surrounding, tmp_path) == []


def _case(**changes) -> Case:
    rows = {"id": "a/b/1", "kind": "a", "what": "nothing", "argv": (b"run", b"--json")}
    return Case(**(rows | changes))


def _ended(code: int, out: str = "", err: str = "", **changes) -> Ended:
    return Ended(code, out.encode(), err.encode(), **({"cpu_s": 0.1, "memory_mib": 90.0} | changes))


FINE = "error: net.toml: no such thing; accepted: another\n"
BREACHES = {
    "traceback": (_case(), _ended(1, err="Traceback (most recent call last):\nKeyError: 1\n")),
    "exit code": (_case(), _ended(1, err=FINE)),
    "signal": (_case(), _ended(-11)),
    "hang": (_case(), _ended(-9, stopped="processor time")),
    "memory": (_case(), _ended(2, err=FINE, memory_mib=1100.0)),
    "left": (_case(), _ended(2, err=FINE, left=1)),
    "message": (_case(), _ended(2, err="something\n")),
    "accepted": (_case(argv=(b"run",), expects="refused"), _ended(0, "done\n")),
    "refused": (_case(expects="ok"), _ended(2, err=FINE)),
    "accepted, other": (_case(argv=(b"run",), expects="safe"), _ended(0, "other\n")),
    "different": (_case(argv=(b"run",), expects=SAME), _ended(0, "other\n")),
    "output": (_case(), _ended(0, '{"schema": "lightsim.run/1", "cycles": NaN}')),
}


@pytest.mark.parametrize("rule", BREACHES)
def test_every_breach_is_seen(rule: str, tmp_path: Path):
    case, ended = BREACHES[rule]
    found = faults(case, ended, tmp_path, {}, b"same\n")
    assert [fault.partition(":")[0] for fault in found].count(rule.partition(",")[0]) == 1, found


def test_files_are_watched(tmp_path: Path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "summary.json").write_text('{"half":')
    (tmp_path / "out" / ".lightsim-partial-x").write_text("")
    (tmp_path / "net.toml").write_text("changed")
    found = faults(_case(), _ended(2, err=FINE), tmp_path, {"net.toml": b"as it was"}, b"")
    assert [fault.partition(" (")[0] for fault in found] == [
        "input: net.toml was changed",
        "output left over: out/.lightsim-partial-x".replace("out/", ""),
        "output half there: summary.json",
    ]


def test_a_good_end_is_no_breach(tmp_path: Path):
    assert faults(_case(), _ended(2, err=FINE), tmp_path, {}, b"") == []
    assert (
        faults(_case(argv=(b"run",), expects=SAME), _ended(0, "same\n"), tmp_path, {}, b"same\n")
        == []
    )


def test_a_command_that_was_killed_may_leave_its_partial_file_and_no_half_file(tmp_path: Path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".lightsim-partial-x").write_text("")
    (tmp_path / "out" / "summary.json").write_text('{"half":')
    found = faults(_case(works_s=5), _ended(-9, stopped="processor time"), tmp_path, {}, b"")
    assert [fault.partition(" (")[0] for fault in found] == ["output half there: summary.json"]
