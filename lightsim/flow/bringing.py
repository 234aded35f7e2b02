"""Files of other tools in place of a network: each is imported, and the result has a new name."""

from __future__ import annotations

import hashlib
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from lightsim.errors import InputError
from lightsim.files.cache import cache_folder
from lightsim.files.regular import open_file
from lightsim.network import load_network

if TYPE_CHECKING:
    from lightsim.importing.bring import Imported
    from lightsim.network.layer import Network

__all__ = [
    "TABLE_NOTE",
    "Brought",
    "bring_module",
    "brought",
    "check_importable",
    "file_of",
    "is_foreign",
    "is_table",
    "keep_table",
]

_SUFFIXES = (".onnx", ".csv")
_ACCEPTED = "accepted: an ONNX file, or a SCALE-Sim topology (CSV)"

TABLE_NOTE = (
    "a table says the sizes of layers and not what they read: they are joined by their sizes, with "
    "a ReLU each; look at the network file"
)

Brought = tuple[str, tuple[str, ...]]
"""The name or the file of the network, and the remarks that the user should see."""


def is_foreign(name: str) -> bool:
    """Whether a name is the name of another tool's file that can be imported."""
    return name.lower().endswith(_SUFFIXES)


def check_importable(name: str) -> None:
    """Raise `InputError` for a file that is not there, before anything heavy is imported."""
    open_file(Path(name), _ACCEPTED).close()


def brought(name: str) -> Brought:
    """The network file that an import of `name` gives, stored in the user's cache.

    Returns `name` unchanged if it needs no import. Raises the errors of
    `importing.bring.import_file`.
    """
    if not is_foreign(name):
        return name, ()
    path = Path(name)
    if is_table(name):
        return str(keep_table(path, _place(path))), (TABLE_NOTE,)
    from lightsim.importing.bring import import_file

    imported = import_file(path)
    return str(_kept(imported, path)), imported.warnings


def file_of(network: Network) -> str:
    """The file that a network was read from; `InputError` for one that was made otherwise.

    Networks with integers are written as a folder, whose network file has one name.
    """
    from lightsim.quantisation.stored.saving import NETWORK

    where = f"network '{network.name}'"
    if network.trained is not None:
        for weights in network.trained.weights.values():
            path = Path(str(weights)).parent / NETWORK
            if path.is_file() and load_network(path) == network:
                return str(path)
    raise InputError(where, "was not read from a folder with its integers", "accepted: its file")


def _kept(imported: Imported, path: Path, given: bytes = b"") -> Path:
    from lightsim.importing.folder import write_imported

    return write_imported(imported, _place(path, given))


def _place(path: Path, given: bytes = b"") -> Path:
    digest = hashlib.sha256(path.read_bytes() + given).hexdigest()[:12]
    return cache_folder() / "imported" / f"{path.stem[:60]}-{digest}"


def is_table(name: str) -> bool:
    """Whether a name is that of a table of layers."""
    return name.lower().endswith(".csv")


def keep_table(path: Path, folder: Path) -> Path:
    """Write the network of a table of layers into a folder; its file."""
    from lightsim.files.writing import write_file
    from lightsim.importing.tables.scalesim import read_topology
    from lightsim.network.writing import dump_network
    from lightsim.quantisation.stored.saving import NETWORK

    write_file(folder / NETWORK, dump_network(read_topology(path)))
    return folder / NETWORK


def bring_module(
    module: Any,
    sample: Any,
    labels: Any = None,
    *,
    name: str | None = None,
    scheme: str | None = None,
) -> Network:
    """A PyTorch module as a network whose files are kept in the user's cache.

    `sample` [n, ...] are images that calibrate; with `labels` [n] a part of them judges. Raises
    `InputError` for what cannot be had and `MissingExtraError` without PyTorch or onnx.
    """
    import numpy as np

    from lightsim.files.temporary import temporary_folder
    from lightsim.files.writing import write_file
    from lightsim.importing.bring import Wanted, import_file
    from lightsim.importing.torch_module import images_of, write_module

    own = type(module).__name__.lower() if name is None else name
    arrays = {"images": images_of(sample)}
    if labels is not None:
        arrays["labels"] = np.asarray(labels)
    schemes = () if scheme is None else tuple(one.strip() for one in scheme.split(","))
    with temporary_folder("import") as folder:
        path, data = folder / f"{own}.onnx", folder / "samples.npz"
        write_module(module, sample, path)

        def fill(file: BinaryIO) -> None:
            np.savez(file, allow_pickle=False, **arrays)

        write_file(data, fill)
        imported = import_file(path, Wanted(data, schemes=schemes, name=own))
        kept = _kept(imported, path, data.read_bytes())
    for text in imported.warnings:
        warnings.warn(text, stacklevel=3)
    return load_network(kept)
