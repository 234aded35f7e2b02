"""All cases: every seed with its mutants, every option, every odd place, each with a name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.fuzz.case import ANY, REFUSED, Case, Mutant, Seed, rng
from tests.fuzz.options import option_cases
from tests.fuzz.seeds.kept import kept
from tests.fuzz.seeds.written import written
from tests.fuzz.special import special_cases

__all__ = ["OPTIONS", "all_cases", "mutants", "seeds_below"]

OPTIONS = {
    "run": 500,
    "explore": 500,
    "rtl": 150,
    "train": 350,
    "list": 30,
    "verify": 60,
    "calibrate": 20,
}


def seeds_below(root: Path, *, training: bool = True) -> tuple[Seed, ...]:
    """Every seed, its files made below `root`; without PyTorch those that need none."""
    seeds = [*written(root), *(kept(root) if training else ())]
    return tuple(seed for seed in seeds if training or seed.forks == "plain")


def unchanged(seed: Seed) -> Case:
    """The seed itself as a case: it must end well."""
    return Case(
        id=f"{seed.kind}/{seed.name}/seed", kind=seed.kind, what="nothing",
        argv=tuple(part.encode() for part in seed.argv), folder=seed.folder, expects="ok",
        writes=seed.writes, codes=seed.codes, forks=seed.forks,
    )  # fmt: skip


def mutants(seed: Seed) -> Iterator[Case]:
    """The cases of a seed, each of which depends on its own name alone."""
    content = (seed.folder / seed.target).read_bytes()
    for number in range(seed.count):
        name = f"{seed.kind}/{seed.name}/{number}"
        draw = rng(name)
        mutant = seed.mutators[number % len(seed.mutators)](content, draw)
        yield Case(
            id=name, kind=seed.kind, what=mutant.what, folder=seed.folder,
            argv=tuple(part.encode() for part in seed.argv), files={seed.target: mutant.content},
            expects=_expected(seed, mutant), writes=seed.writes, codes=seed.codes, forks=seed.forks,
            works_s=seed.works_s,
        )  # fmt: skip


def _expected(seed: Seed, mutant: Mutant) -> str:
    return ANY if mutant.expects == REFUSED and not seed.strict else mutant.expects


def all_cases(seeds: Iterable[Seed], *, training: bool = True) -> Iterator[Case]:
    """Every case there is."""
    for seed in seeds:
        yield from mutants(seed)
    for case in (*option_cases(OPTIONS), *special_cases()):
        if training or case.forks == "plain":
            yield case
