"""The results directory: all results of an exploration, and the study file to repeat it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from dse.reports.commands import BEST_K, BEST_MAPPING
from dse.reports.summary import summary_text
from dse.reports.tables import TRIALS, front_text, write_trials
from dse.search.result import Exploration
from dse.space.k_digits import k_of
from dse.study.study import Study
from dse.study.writing import absolute, study_text
from lightsim.files.writing import Content, is_partial, remove_files, write_file, write_files
from lightsim.flow.k_file import dump_k
from lightsim.network import load_network
from lightsim.quantisation.per_filter import FilterTerms, reference_scheme
from lightsim.reports.directory import check_directory

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
_ADVICE = "the trials are kept, resume=True writes the reports"


def check_results(path: Path) -> None:
    """Raise `InputError` unless `path` is new, empty, or the directory of an earlier study."""
    check_directory(path, _is_study)


def begin_results(study: Study, path: Path) -> None:
    """Write the study's file into the folder `path`, which is made if it does not exist.

    Reports of another study, or of an earlier search of a study that is begun anew, are removed,
    so that nobody takes them for reports of this study. To be called once the study is locked and
    before it is searched. Raises `OutputError` if a file cannot be written or removed.
    """
    text = study_text(absolute(study), searching=False).rstrip("\n")
    if not _text(path / STUDY).startswith(f"{text}\n\n[search]"):
        remove_files(path, (name for name in _FILES if name != STUDY))
    write_file(path / STUDY, study_text(absolute(study)))


def write_results(found: Exploration, path: Path) -> None:
    """Write every file of the results into the folder `path`.

    All files are written under temporary names before the first gets its final name, so no file
    is ever half written. Raises `OutputError` if a file cannot be written.
    """
    files = {
        name: content(found)
        for name, content in _FILES.items()
        if name not in _OF_THE_BEST or _OF_THE_BEST[name](found)
    }
    write_files(path, files, gone=_FILES.keys() - files.keys(), advice=_ADVICE)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _is_study(path: Path) -> bool:
    """Whether a search was begun in a folder. A search writes its study file as soon as its trials
    have a storage; before that, the folder contains only the storage."""
    if {entry.name for entry in path.iterdir() if not is_partial(entry)} <= {
        JOURNAL,
        f"{JOURNAL}.lock",
    }:
        return True
    try:
        told = tomllib.loads((path / STUDY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return "axes" in told and "objectives" in told


def _study(found: Exploration) -> str:
    return study_text(absolute(found.study))


def _best(found: Exploration) -> str:
    return found.machine.text(found.design(found.front[0]))


# Files that are only there if there is a best design, or if it has its own k or mapping.
_OF_THE_BEST: dict[str, Callable[[Exploration], bool]] = {
    BEST: lambda found: bool(found.front),
    BEST_K: lambda found: bool(found.front) and bool(found.front[0].k),
    BEST_MAPPING: lambda found: _best_mapping(found) is not None,
}


def _best_mapping(found: Exploration) -> Any:
    """The mapping of the best design on the first network; None if it is the usual mapping."""
    network = found.study.shares[0].network
    return found.front[0].mappings.get(network) if found.front else None


def _mapping_text(found: Exploration) -> str:
    return found.machine.mapping_text(_best_mapping(found))


def _best_k(found: Exploration) -> str:
    weights = reference_scheme(load_network(found.study.shares[0].network))
    return dump_k(FilterTerms(k_of(found.front[0].k), weights))


def _page(found: Exploration) -> str:
    # Plotly takes a quarter of a second to import: only a page pays for it.
    from dse.reports.page import page

    return page(found)


_FILES: dict[str, Callable[[Exploration], Content]] = {
    STUDY: _study,
    "summary.json": summary_text,
    BEST: _best,
    BEST_K: _best_k,
    BEST_MAPPING: _mapping_text,
    "front.csv": front_text,
    TRIALS: lambda found: partial(write_trials, found),
    "report.html": _page,
}
