"""The run directory: every report of a run; no file is ever left incomplete."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from lightsim.errors import InputError
from lightsim.files.writing import Content, is_partial, write_files
from lightsim.reports.report import RunReport
from lightsim.reports.summary import summary_text
from lightsim.reports.tables import columns_text, layers_text
from lightsim.reports.trace import write_trace

__all__ = ["FILES", "check_directory", "write_directory"]


def write_directory(report: RunReport, path: Path) -> None:
    """Create the run directory `path` and write `FILES` into it.

    Files of an earlier run are overwritten; other files in the directory stay. All files are made
    before the first takes its name, so after an interrupt the directory holds the earlier run, or
    does not exist. Raises `InputError` for a directory that is not LightSim's, `OutputError` for a
    directory that cannot be written.
    """
    check_directory(path)
    write_files(path, {name: content(report) for name, content in FILES.items()})


def check_directory(path: Path, is_ours: Callable[[Path], bool] | None = None) -> None:
    """Raises `InputError` unless `path` is new, empty, or the directory of an earlier run.

    `is_ours` recognises a directory of the kind to be written, by default a directory of `lightsim
    run`. Call this function before a long run too, so that the user learns of a mistake at once.
    """
    known = _is_run if is_ours is None else is_ours
    accepted = "name a new or empty directory, or one that an earlier run wrote"
    try:
        if not path.exists():
            if path.is_symlink():
                raise InputError(str(path), "is a link to what is not there", accepted)
            _check_place(path)
            return
        if not path.is_dir():
            raise InputError(str(path), "is a file, not a directory", accepted)
        others = [entry for entry in path.iterdir() if not is_partial(entry)]
    except OSError as error:
        raise InputError(str(path), f"cannot be read: {error.strerror or error}") from None
    if others and not known(path):
        found = sorted(entry.name for entry in others)[0]
        raise InputError(
            str(path), f"holds files that are not of a LightSim run ('{found}')", accepted
        )
    if not os.access(path, os.W_OK | os.X_OK):
        raise InputError(str(path), "is not writable", accepted)


def _check_place(path: Path) -> None:
    """Raises an error for a new directory in a place where no directory can be made."""
    accepted = "name a directory in one that can be written"
    place = next(parent for parent in path.absolute().parents if parent.exists())
    if not place.is_dir():
        raise InputError(str(path), f"cannot be made: '{place}' is a file", accepted)
    if not os.access(place, os.W_OK | os.X_OK):
        raise InputError(str(path), f"cannot be made: '{place}' is not writable", accepted)


def _is_run(path: Path) -> bool:
    try:
        summary = json.loads((path / "summary.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    schema = summary.get("schema") if isinstance(summary, dict) else None
    return isinstance(schema, str) and schema.startswith("lightsim.run/")


def _configuration_text(report: RunReport) -> str:
    text = json.dumps(_plain(report.configuration), indent=2, ensure_ascii=False, allow_nan=False)
    return f"{text}\n"


def _plain(value: object) -> object:
    """Read-only mappings and tuples turned into the types that JSON knows."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def _page(report: RunReport) -> str:
    # Importing Plotly takes a quarter of a second, so only writing a page imports it.
    from lightsim.reports.page import page

    return page(report)


# The summary comes first, because it marks the directory as LightSim's.
FILES: dict[str, Callable[[RunReport], Content]] = {
    "summary.json": summary_text,
    "configuration.json": _configuration_text,
    "layers.csv": layers_text,
    "layers-columns.csv": lambda _: columns_text(),
    "trace.json.gz": lambda report: partial(write_trace, report),
    "report.html": _page,
}
