"""Networks by name: the files of `workloads/networks`, and any other network file by its path."""

from __future__ import annotations

import posixpath
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from lightsim.errors import InputError, unknown_name
from lightsim.network.layer import Network

__all__ = ["load_network", "zoo_names"]

_SUFFIX = ".toml"
_PACKAGE, _FOLDER = "workloads", "networks"


def zoo_names() -> tuple[str, ...]:
    """The names of the networks that come with LightSim, in alphabetical order."""
    return tuple(sorted(file.name.removesuffix(_SUFFIX) for file in _zoo()))


def load_network(name_or_path: str | Path) -> Network:
    """The network of that name, or the one described by the file if it ends in `.toml`.

    Raises `InputError` for an unknown name (with the nearest known one), a file that cannot be
    read, and for every fault that `parse_network` finds.
    """
    # Here and not above: `lightsim --help` must not wait for pydantic.
    from lightsim.network.parsing import parse_network

    name = str(name_or_path)
    if name.endswith(_SUFFIX) or isinstance(name_or_path, Path):
        return parse_network(_read(Path(name)), name, lambda path: Path(name).parent / path)
    for file in _zoo():
        if file.name == name + _SUFFIX:
            return parse_network(file.read_text(encoding="utf-8"), file.name, _beside_the_zoo)
    if name and Path(name).exists():
        raise InputError(name, "not the name of a network file", f"accepted: a {_SUFFIX} file")
    raise unknown_name("network", "network", name, zoo_names())


def _zoo() -> list[Traversable]:
    folder = files(_PACKAGE) / _FOLDER
    return [file for file in folder.iterdir() if file.name.endswith(_SUFFIX)]


def _beside_the_zoo(path: str) -> Traversable:
    """A file named from the zoo's folder; the package may be an archive, which knows no `..`."""
    parts = posixpath.normpath(posixpath.join(_FOLDER, path)).split("/")
    return files(_PACKAGE).joinpath(*parts)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            str(path), f"byte {error.start} is not UTF-8", "accepted: a TOML file in UTF-8"
        ) from None
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise InputError(
            str(path), f"cannot be read ({reason})", f"accepted: a {_SUFFIX} file"
        ) from None
