"""Files of other tools wherever a network is named: brought in, and named by what they became."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from lightsim.files.cache import cache_folder
from lightsim.files.regular import open_file

if TYPE_CHECKING:
    from lightsim.importing.bring import Imported

__all__ = ["Brought", "brought", "check_importable", "is_foreign"]

_SUFFIXES = (".onnx",)

Brought = tuple[str, tuple[str, ...]]
"""The network's name or file, and what the user should know of it."""


def is_foreign(name: str) -> bool:
    """Whether a name is that of a file of another tool that can be imported."""
    return name.lower().endswith(_SUFFIXES)


def check_importable(name: str) -> None:
    """Raise `InputError` for a file that is not there, before anything heavy is imported."""
    open_file(Path(name), "accepted: an ONNX file").close()


def brought(name: str) -> Brought:
    """The network file that an import of `name` gives, kept in the user's cache; `name` itself
    where nothing is to be imported.

    Raises `InputError` as `importing.bring.import_file` does.
    """
    if not is_foreign(name):
        return name, ()
    from lightsim.importing.bring import import_file

    path = Path(name)
    imported = import_file(path)
    return str(_kept(imported, path)), imported.warnings


def _kept(imported: Imported, path: Path) -> Path:
    from lightsim.importing.folder import write_imported

    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return write_imported(imported, cache_folder() / "imported" / f"{path.stem[:60]}-{digest}")
