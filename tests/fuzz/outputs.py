"""Whether what a command left is whole: every file under its final name can be read back."""

from __future__ import annotations

import contextlib
import csv
import gzip
import hashlib
import json
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

__all__ = ["arrays_digest", "document_faults", "folder_faults"]

_KEYS = {
    "lightsim.run/1": ("network", "cycles", "layers", "bit_exact", "resources"),
    "lightsim.explore/1": ("front", "bound", "evaluations", "exhaustive", "trials"),
    "lightsim.verify/1": ("cycles_simulated", "cycles_rtl", "values_compared", "layers"),
    "lightsim.train/1": (),
    "lightsim.list/1": (),
}
_SCHEMAS = {"lightsim.run/1": "run-1.json", "lightsim.train/1": "train-1.json"}
_PARTIAL = (".partial", ".tmp")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def document_faults(text: str) -> Iterator[str]:
    """What is wrong with the document that `--json` prints."""
    import jsonschema

    try:
        document = json.loads(text, parse_constant=_no_constant)
    except ValueError as error:
        yield f"output: not one JSON document ({error})"
        return
    name = document.get("schema") if isinstance(document, dict) else None
    if not isinstance(name, str) or (name not in _KEYS and not name.startswith("lightsim.")):
        yield f"output: schema {name!r}"
        return
    for key in _KEYS.get(name, ()):
        if key not in document:
            yield f"output: no {key!r} in {name}"
    if name in _SCHEMAS:
        schema = json.loads((files("lightsim.reports") / "schemas" / _SCHEMAS[name]).read_text())
        for error in jsonschema.Draft202012Validator(schema).iter_errors(document):
            yield f"output: {error.json_path}: {error.message[:80]}"


def folder_faults(folder: Path) -> Iterator[str]:
    """What is half there, or left over, below a folder of results."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        name = path.relative_to(folder)
        if path.name.endswith(_PARTIAL) or "partial" in path.name:
            yield f"left over: {name}"
            continue
        read = _READERS.get(path.suffix)
        if read is None:
            continue
        try:
            read(path)
        except Exception as error:  # whatever a reader raises: the file is not whole
            yield f"half there: {name} ({type(error).__name__}: {str(error)[:60]})"


def arrays_digest(folder: Path) -> bytes:
    """A digest of every array in the npz files below a folder; what cannot be read is left out."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.npz")):
        with contextlib.suppress(OSError, zipfile.BadZipFile), zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                with contextlib.suppress(OSError, zipfile.BadZipFile, RuntimeError):
                    digest.update(f"{path.relative_to(folder)}:{name}:".encode())
                    digest.update(archive.read(name))
    return digest.hexdigest().encode()


def _json(path: Path) -> None:
    json.loads(path.read_text("utf-8"), parse_constant=_no_constant)


def _toml(path: Path) -> None:
    tomllib.loads(path.read_text("utf-8"))


def _csv(path: Path) -> None:
    with path.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.reader(lines, strict=True))
    if not rows or len({len(row) for row in rows}) != 1:
        raise ValueError("rows of several lengths")


def _npz(path: Path) -> None:
    import numpy as np

    with np.load(path, allow_pickle=False) as archive:
        for name in archive.files:
            archive[name]


def _parquet(path: Path) -> None:
    import pyarrow.parquet

    pyarrow.parquet.read_table(path)


def _html(path: Path) -> None:
    if not path.read_text("utf-8").rstrip().endswith("</html>"):
        raise ValueError("no end")


def _gz(path: Path) -> None:
    json.loads(gzip.decompress(path.read_bytes()))


def _zip(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        bad = archive.testzip()
    if bad is not None:
        raise ValueError(f"{bad} is damaged")


_READERS: dict[str, Callable[[Path], None]] = {
    ".json": _json,
    ".toml": _toml,
    ".csv": _csv,
    ".npz": _npz,
    ".parquet": _parquet,
    ".html": _html,
    ".gz": _gz,
    ".pt": _zip,
}
