"""Files of other tools in place of a network: each is imported, and the result has a new name."""

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
"""The name or the file of the network, and the remarks that the user should see."""


def is_foreign(name: str) -> bool:
    """Whether a name is the name of another tool's file that can be imported."""
    return name.lower().endswith(_SUFFIXES)


def check_importable(name: str) -> None:
    """Raises `InputError` for a missing file, before anything heavy is imported."""
    open_file(Path(name), "accepted: an ONNX file").close()


def brought(name: str) -> Brought:
    """The network file that an import of `name` gives, stored in the user's cache.

    Returns `name` unchanged if it needs no import. Raises the errors of
    `importing.bring.import_file`.
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
