"""Networks by name: the files of `workloads/networks`, and any other network file by its path."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from lightsim.errors import InputError, unknown_name
from lightsim.files.regular import read_text
from lightsim.network.layer import Network

__all__ = ["load_network", "zoo_names"]

_SUFFIX = ".toml"
_ACCEPTED = f"accepted: a {_SUFFIX} file"
_PACKAGE, _FOLDER = "workloads", "networks"


def zoo_names() -> tuple[str, ...]:
    """The names of the networks that come with LightSim, in alphabetical order."""
    return tuple(sorted(file.name.removesuffix(_SUFFIX) for file in _zoo()))


def load_network(name_or_path: str | Path) -> Network:
    """The network of that name, or the one described by the file if it ends in `.toml`.

    Raises `InputError` for an unknown name (with the nearest known one), a file that cannot be
    read, and for every fault that `parse_network` finds.
    """
    name = str(name_or_path)
    if name.endswith(_SUFFIX) or isinstance(name_or_path, Path):
        folder, text = Path(name).parent, read_text(Path(name), _ACCEPTED)
        return _parsed(text, name, lambda path: folder / path)
    for file in _zoo():
        if file.name == name + _SUFFIX:
            return _parsed(file.read_text(encoding="utf-8"), file.name, _beside_the_zoo)
    if name and _exists(name):
        raise InputError(name, "not the name of a network file", f"accepted: a {_SUFFIX} file")
    raise unknown_name("network", "network", name, zoo_names())


def _parsed(text: str, name: str, beside: Callable[[str], Traversable]) -> Network:
    # Here and not above: `lightsim --help`, or a wrong name, must not wait for pydantic.
    from lightsim.network.parsing import parse_network

    return parse_network(text, name, beside)


def _exists(name: str) -> bool:
    try:
        return Path(name).exists()
    except (OSError, ValueError):  # too long for a path
        return False


def _zoo() -> list[Traversable]:
    folder = files(_PACKAGE) / _FOLDER
    return [file for file in folder.iterdir() if file.name.endswith(_SUFFIX)]


def _beside_the_zoo(path: str) -> Traversable:
    """A file named from the zoo's folder; the package may be an archive, which knows no `..`."""
    parts = posixpath.normpath(posixpath.join(_FOLDER, path)).split("/")
    return files(_PACKAGE).joinpath(*parts)
