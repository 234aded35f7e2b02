"""What a command was given, looked at before anything heavy is imported.

Everything here is checked again, with what belongs together, when it is used; here a wrong name
or a missing file is answered in a fraction of a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from lightsim.energy.joules import energy_table
from lightsim.errors import InputError, unknown_name
from lightsim.flow.templates import (
    check_target,
    find_template,
    names_a_file,
    opened,
    required,
    template_of,
)
from lightsim.hardware.board_file import find_board
from lightsim.hardware.pe_kinds import PE_KINDS
from lightsim.hardware.reading import read_table
from lightsim.network import load_network
from lightsim.network.layer import Network
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.numerics.formats.scheme import scheme as scheme_of

__all__ = [
    "DEFAULT",
    "ENGINE_NAMES",
    "RECIPE",
    "check_engine",
    "check_explorable",
    "check_numbers",
    "check_recipe",
    "check_run",
    "check_search",
]

ENGINE_NAMES = ("simulation", "timeline")
DEFAULT = "default"
"""The name of a board's own accelerator."""

RECIPE = "recipe.toml"
"""The file of a training's directory that says what is trained."""

DEVICES = ("auto", "cpu", "cuda")
"""What `train` may run on."""

_EXACT = "exact"
_FLOAT = "float32"
_LARGEST_SEED = (1 << 63) - 1  # what every reader of the JSON can hold


def check_run(given: Mapping[str, Any]) -> None:
    """The options of `run`, `verify` and `rtl`, by their names; those that are not there pass.

    Raises `InputError` for a name that is not known, a number out of its range, and a file that
    is missing or is no TOML of its kind.
    """
    if given.get("template") is not None:
        find_template(given["template"])
    if given.get("engine") is not None:
        check_engine(given["engine"])
    if given.get("energy") is not None:
        energy_table(given["energy"])
    check_numbers(given["images"], given["batch"], given["seed"])
    load_network(given["network"])
    if given["scheme"] is not None:
        scheme_of(given["scheme"])
    board = None if given["board"] is None else find_board(given["board"])
    accelerator = given["accelerator"]
    template = template_of(given.get("template"), accelerator)
    if accelerator is not None and names_a_file(accelerator):
        opened(template, lambda row: row.read, "accelerator files")(accelerator, board)
    elif accelerator not in (None, DEFAULT, *PE_KINDS):
        raise unknown_name("accelerator", "accelerator or file", accelerator, [DEFAULT, *PE_KINDS])
    if given.get("target_fps") is not None:
        check_target(template, accelerator, given["target_fps"])
    for option in ("mapping", "k"):
        path = given[option]
        if path is not None and str(path) != _EXACT:
            read_table(Path(path))


def check_numbers(images: int, batch: int, seed: int) -> None:
    """Raise `InputError` for a number of images, a batch or a seed that cannot be."""
    for option, value in (("images", images), ("batch", batch)):
        if value < 1:
            raise InputError(option, f"{value}", "accepted: a whole number from 1")
    if not 0 <= seed <= _LARGEST_SEED:
        accepted = f"accepted: a whole number from 0 to {_LARGEST_SEED}"
        raise InputError("seed", f"{seed}", accepted)
    if batch > images:
        raise InputError(
            "batch",
            f"{batch} is more than the {images} images to run",
            "accepted: 1" if images == 1 else f"accepted: 1 to {images}",
        )


def check_engine(name: str) -> None:
    """Raise `InputError` for an engine that no template has."""
    if name not in ENGINE_NAMES:
        raise unknown_name("engine", "engine", name, ENGINE_NAMES)


def check_explorable(name: str, where: str = "template") -> None:
    """Raise `InputError` for a template that is not known, or that `explore` cannot search."""
    template = find_template(name, where)
    required(template, lambda row: row.axes, "design space")
    required(template, lambda row: row.designs, "builder of designs")
    required(template, lambda row: row.bound, "bound of its designs")
    required(template, lambda row: row.evaluate, "evaluation of its designs")
    required(template, lambda row: row.words, "words for its designs")
    required(template, lambda row: row.write, "writer of accelerator files")


def check_search(
    network: str, board: str | None, scheme: str | None, template: str | None = None
) -> None:
    """What `explore` was given; of a study file, that it is TOML and what it names is there."""
    if template is not None:
        check_explorable(template)
    if network.endswith(".toml"):
        table = read_table(Path(network))
        if "layer" not in table and "input" not in table:
            _check_study(table, network)
            return
    load_network(network)
    if board is not None:
        find_board(board)
    for name in () if scheme is None else scheme.split(","):
        scheme_of(name.strip())


def _check_study(table: Mapping[str, Any], file: str) -> None:
    """Its names alone: the study itself is read later, by whom it belongs to."""
    if isinstance(template := table.get("template"), str):
        check_explorable(template, f"{file}: template")
    if isinstance(board := table.get("board"), str):
        find_board(board, f"{file}: board")
    rows = table.get("network")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and isinstance(name := row.get("name"), str):
            load_network(name)


def check_recipe(name: str, options: Mapping[str, Any]) -> Network | None:
    """What `train` was given: the recipe is TOML, and the network and scheme are there."""
    device, scheme = options.get("device", "auto"), options.get("scheme")
    if device not in DEVICES:
        raise InputError("device", f"device is '{device}'", "accepted: auto, cpu or cuda")
    if scheme is not None and scheme not in (*SCHEMES, _FLOAT):
        raise unknown_name("scheme", "scheme", scheme, (*SCHEMES, _FLOAT))
    if name.endswith(".toml"):
        table = read_table(Path(name))
        if "layer" not in table and "input" not in table:
            own = table.get("network")
            return load_network(own) if isinstance(own, str) else None
    elif f"{name}.toml" in {file.name for file in (files("workloads") / "recipes").iterdir()}:
        return None
    return load_network(name)
