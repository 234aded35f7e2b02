"""The results directory: everything an exploration found, and what it takes to do it again."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from dse.reports.commands import BEST_K, BEST_MAPPING
from dse.reports.summary import summary_text
from dse.reports.tables import TRIALS, write_front, write_trials
from dse.search.result import Exploration
from dse.space.k_digits import k_of
from dse.study.study import Study
from dse.study.writing import absolute, study_text
from lightsim.errors import OutputError
from lightsim.flow.k_file import dump_k
from lightsim.network import load_network
from lightsim.quantisation.per_filter import FilterTerms, reference_scheme
from lightsim.reports.directory import check_directory
from lightsim.tiled.description.writing import dump_accelerator
from lightsim.tiled.mapping.tiles.file import dump_mapping
from lightsim.tiled.mapping.tiles.tiling import Tiling

__all__ = [
    "BEST",
    "BEST_K",
    "BEST_MAPPING",
    "JOURNAL",
    "STUDY",
    "begin_results",
    "check_results",
    "write_results",
]

JOURNAL = "journal.log"
STUDY = "study.toml"
BEST = "best.toml"
_PARTIAL = ".lightsim-partial-"


def check_results(path: Path) -> None:
    """Raise `InputError` unless `path` is new, empty, or the directory of an earlier study."""
    check_directory(path, _is_study)


def begin_results(study: Study, path: Path) -> None:
    """Write the study's file into `path`, made if need be; reports of another study, or of one
    that is begun anew, go, so that what lies there is never taken for this one's.

    To be called when the study is held, before it is searched. Raises `OutputError` where that
    cannot be done.
    """
    text = study_text(absolute(study), searching=False).rstrip("\n")
    with _writing(path, STUDY):
        path.mkdir(parents=True, exist_ok=True)
    with _writing(path / STUDY, STUDY):
        if not _text(path / STUDY).startswith(f"{text}\n\n[search]"):
            remove_reports(path)
        partial = path / f"{_PARTIAL}{STUDY}"
        partial.write_text(study_text(absolute(study)), encoding="utf-8")
        partial.replace(path / STUDY)


def remove_reports(path: Path) -> None:
    """Remove every report in `path`, but neither the study's file nor its trials."""
    for name in _FILES:
        if name != STUDY:
            (path / name).unlink(missing_ok=True)


def write_results(found: Exploration, path: Path) -> None:
    """Write every file of the results into `path`; all of them are made before the first takes its
    name, and each is whole.

    Raises `OutputError` where that cannot be done.
    """
    files = {
        name: write
        for name, write in _FILES.items()
        if name not in _OF_THE_BEST or _OF_THE_BEST[name](found)
    }
    try:
        path.mkdir(parents=True, exist_ok=True)
        for name, write in files.items():
            with _writing(path / name, name):
                write(found, path / f"{_PARTIAL}{name}")
        for name in _FILES:
            with _writing(path / name, name):
                if name in files:
                    (path / f"{_PARTIAL}{name}").replace(path / name)
                else:
                    (path / name).unlink(missing_ok=True)
    finally:
        for name in _FILES:
            with suppress(OSError):
                (path / f"{_PARTIAL}{name}").unlink(missing_ok=True)


@contextmanager
def _writing(path: Path, name: str) -> Iterator[None]:
    """What is raised where the file `name` cannot be written."""
    try:
        yield
    except OSError as error:
        kept = "" if name == STUDY else "; the trials are kept, resume=True writes the reports"
        why = error.strerror or error
        raise OutputError(f"{path}: cannot be written: {why}{kept}") from None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _is_study(path: Path) -> bool:
    """Whether a search was begun there: its study file is written as soon as its trials have a
    place, which until then is all that is there."""
    if {entry.name for entry in path.iterdir()} <= {JOURNAL, f"{JOURNAL}.lock"}:
        return True
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
