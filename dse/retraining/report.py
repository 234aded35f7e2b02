"""The files of a joint study: its front, all its candidates, and a page with both."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dse.retraining.search import Point, joint_front
from dse.storage.held import hold_file
from lightsim.files.writing import is_partial, remove_files, write_files, writing

__all__ = ["SCHEMA_NAME", "held_joint", "is_joint", "summary_text", "write_joint"]

SCHEMA_NAME = "lightsim.retrain/1"

_LOCK = "retrain.lock"
_FILES = ("front.csv", "candidates.csv", "report.html", "summary.json")
_NUMBERS = ("strengths", "seed", "k 0/1/2", "images/s", "accuracy", "for choosing")
_NOTE = (
    "Points are compared by the accuracy on training images, set apart if the recipe says so "
    "(choosing_accuracy); that on the images held out (accuracy) only reports."
)


def summary(points: Sequence[Point], network: str, board: str) -> dict[str, Any]:
    """The joint study as JSON-able data."""
    front = joint_front(points)
    return {
        "schema": SCHEMA_NAME,
        "network": network,
        "board": board,
        "front": [_row(point) for point in front],
        "candidates": [_row(point) for point in points],
        "notes": [_NOTE],
        "lightsim_version": version("lightsim"),
    }


def summary_text(points: Sequence[Point], network: str, board: str) -> str:
    """The summary as one JSON document."""
    text = json.dumps(
        summary(points, network, board), indent=2, ensure_ascii=False, allow_nan=False
    )
    return text + "\n"


def is_joint(directory: Path) -> bool:
    """Whether a joint study was begun in a directory."""
    names = {entry.name for entry in directory.iterdir() if not is_partial(entry)}
    return names <= {_LOCK} or "float" in names or any(n.startswith("strength-") for n in names)


@contextmanager
def held_joint(directory: Path) -> Iterator[None]:
    """Lock a directory for one joint study, and remove the reports of an earlier joint study. The
    reports can be made again from the trainings and trials, which stay.

    Raises `InputError` if another process holds the directory, `OutputError` if it cannot be
    written.
    """
    with writing(directory):
        directory.mkdir(parents=True, exist_ok=True)
    release = hold_file(directory / _LOCK, directory.name, str(directory))
    try:
        remove_files(directory, _FILES)
        yield
    finally:
        release()


def write_joint(points: Sequence[Point], network: str, board: str, directory: Path) -> None:
    """Write `front.csv`, `candidates.csv`, `report.html` and, last, `summary.json`.

    Raises `OutputError` if a file cannot be written; then none of the four is written.
    """
    texts = (
        _table(joint_front(points)),
        _table(points),
        _page(points, network, board),
        summary_text(points, network, board),
    )
    write_files(directory, dict(zip(_FILES, texts, strict=True)))


def _row(point: Point) -> dict[str, Any]:
    own = point.candidate
    return {
        "strengths": own.label,
        "seed": own.seed,
        "throughput_images_per_s": point.throughput,
        "limit_images_per_s": point.limit,
        "accuracy": point.accuracy,
        "choosing_accuracy": point.choosing_accuracy,
        "k": dict(zip(("0", "1", "2"), own.k, strict=True)),
        "network": own.network,
        "command": point.command,
    }


def _table(points: Sequence[Point]) -> str:
    buffer = io.StringIO()
    rows = []
    for point in points:
        row = _row(point)
        row |= {f"k{terms}": count for terms, count in row.pop("k").items()}
        rows.append(row)
    writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def _page(points: Sequence[Point], network: str, board: str) -> str:
    # Plotly takes a quarter of a second to import: only a page pays for it.
    from dse.retraining.figure import FRONT
    from lightsim.reports.frame.document import document, fact, section
    from lightsim.reports.frame.figure import figure_sections
    from lightsim.reports.frame.table import TEXT, table

    front = joint_front(points)
    fastest, best = front[0], front[-1]
    heads = [(name, "") for name in _NUMBERS] + [("", TEXT), ("run it", TEXT)]
    rows = (
        (
            escape(p.candidate.label), str(p.candidate.seed), "/".join(map(str, p.candidate.k)),
            f"{p.throughput:,.0f}", f"{p.accuracy:.2%}", f"{p.choosing_accuracy:.2%}",
            "front" if p in front else "", escape(p.command),
        )
        for p in points
    )  # fmt: skip
    return document(
        title=f"{network} on {board}: {len(points)} trained candidates",
        subtitle="Retrained at several strengths of the regulariser of k, the accelerator searched "
        "for each.",
        facts=[
            fact("Fastest", f"{fastest.throughput:,.0f} images/s", f"{fastest.accuracy:.2%}"),
            fact("Most accurate", f"{best.accuracy:.2%}", f"{best.throughput:,.0f} images/s"),
            fact("Front", f"{len(front)}", f"of {len(points)} candidates"),
        ],
        notes=[_NOTE],
        sections=(
            *figure_sections([FRONT], points),
            section("candidates", "Candidates", table(heads, rows), long=True),
        ),
        footer="Made by LightSim. The same numbers stand in summary.json and candidates.csv; every "
        "training and every search has a directory of its own beside this page.",
    )  # fmt: skip
