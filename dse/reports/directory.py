"""The results directory: everything an exploration found, and what it takes to do it again."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from dse.k_digits import k_of
from dse.reports.commands import BEST_K, BEST_MAPPING
from dse.reports.summary import summary_text
from dse.reports.tables import TRIALS, write_front, write_trials
from dse.result import Exploration
from dse.writing import absolute, study_text
from lightsim.errors import InputError
from lightsim.flow.k_file import dump_k
from lightsim.hardware.writing import dump_accelerator
from lightsim.mapping.file import dump_mapping
from lightsim.mapping.tiling import Tiling
from lightsim.network import load_network
from lightsim.quantisation.per_filter import FilterTerms, reference_scheme
from lightsim.reports.directory import check_directory

__all__ = ["BEST", "BEST_K", "BEST_MAPPING", "JOURNAL", "STUDY", "check_results", "write_results"]

JOURNAL = "journal.log"
STUDY = "study.toml"
BEST = "best.toml"
_PARTIAL = ".lightsim-partial-"


def check_results(path: Path) -> None:
    """Raise `InputError` unless `path` is new, empty, or the directory of an earlier study."""
    check_directory(path, _is_study)


def write_results(found: Exploration, path: Path) -> None:
    """Write every file of the results into `path`, each under its name only when it is whole.

    Raises `InputError` where that cannot be done.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        for name, write in _FILES.items():
            if name in _OF_THE_BEST and not _OF_THE_BEST[name](found):
                (path / name).unlink(missing_ok=True)
                continue
            write(found, path / f"{_PARTIAL}{name}")
            (path / f"{_PARTIAL}{name}").replace(path / name)
    except OSError as error:
        raise InputError(str(path), f"cannot be written: {error.strerror or error}") from None
    finally:
        for name in _FILES:
            with suppress(OSError):
                (path / f"{_PARTIAL}{name}").unlink(missing_ok=True)


def _is_study(path: Path) -> bool:
    """Whether a search was begun there: its study file is written before anything else."""
    try:
        told = tomllib.loads((path / STUDY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return "axes" in told and "objectives" in told


def _study(found: Exploration, path: Path) -> None:
    path.write_text(study_text(absolute(found.study)), encoding="utf-8")


def _summary(found: Exploration, path: Path) -> None:
    path.write_text(summary_text(found), encoding="utf-8")


def _best(found: Exploration, path: Path) -> None:
    accelerator = found.design(found.front[0]).accelerator
    path.write_text(dump_accelerator(accelerator), encoding="utf-8")


# Files that only some searches have: there is a best design, with a k or a mapping of its own.
_OF_THE_BEST: dict[str, Callable[[Exploration], bool]] = {
    BEST: lambda found: bool(found.front),
    BEST_K: lambda found: bool(found.front) and bool(found.front[0].k),
    BEST_MAPPING: lambda found: bool(_best_tilings(found)),
}


def _best_tilings(found: Exploration) -> Mapping[str, Tiling]:
    """Those of the best design on the first network, where its mapping is not the usual one."""
    network = found.study.shares[0].network
    return found.front[0].tilings.get(network, {}) if found.front else {}


def _best_mapping(found: Exploration, path: Path) -> None:
    path.write_text(dump_mapping(_best_tilings(found)), encoding="utf-8")


def _best_k(found: Exploration, path: Path) -> None:
    weights = reference_scheme(load_network(found.study.shares[0].network))
    path.write_text(dump_k(FilterTerms(k_of(found.front[0].k), weights)), encoding="utf-8")


def _page(found: Exploration, path: Path) -> None:
    # Plotly takes a quarter of a second to import: only who writes a page pays for it.
    from dse.reports.page import page

    path.write_text(page(found), encoding="utf-8")


_FILES: dict[str, Callable[[Exploration, Path], None]] = {
    STUDY: _study,
    "summary.json": _summary,
    BEST: _best,
    BEST_K: _best_k,
    BEST_MAPPING: _best_mapping,
    "front.csv": write_front,
    TRIALS: write_trials,
    "report.html": _page,
}
