"""The input of a command, checked before anything heavy is imported.

Every check is made again, together with related input, when the input is used. The early check
answers a wrong name or a missing file in a fraction of a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from lightsim.energy.joules import energy_table
from lightsim.errors import InputError, unknown_name
from lightsim.flow.bringing import check_importable, is_foreign
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
from lightsim.hardware.scheme_file import find_scheme, scheme_name
from lightsim.network import load_network
from lightsim.network.layer import Network
from lightsim.numerics.formats.family import NAMED
from lightsim.numerics.formats.scheme import SCHEMES

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
"""The name of the default accelerator of a board."""

RECIPE = "recipe.toml"
"""The file in a training directory that holds the recipe."""

DEVICES = ("auto", "cpu", "cuda")
"""The devices that `train` may run on."""

_EXACT = "exact"
_FLOAT = "float32"
_LARGEST_SEED = (1 << 63) - 1  # the largest integer that every reader of the JSON can hold


def check_run(given: Mapping[str, Any]) -> None:
    """Check the options of `run`, `verify` and `rtl`, by name; missing options pass.

    Raises `InputError` for an unknown name, a number out of its range, and a file that is missing
    or is not TOML of the right kind.
    """
    if given.get("template") is not None:
        find_template(given["template"])
    if given.get("engine") is not None:
        check_engine(given["engine"])
    if given.get("energy") is not None:
        energy_table(given["energy"])
    check_numbers(given["images"], given["batch"], given["seed"])
    if is_foreign(given["network"]):
        check_importable(given["network"])
    else:
        network = load_network(given["network"])
        if given.get("test_set"):
            from lightsim.flow.whole_data import check_has_dataset

            check_has_dataset(network)
    if given["scheme"] is not None:
        find_scheme(given["scheme"])
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
    """Raises `InputError` for an impossible number of images, batch or seed."""
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
    """Raises `InputError` for an engine that no template has."""
    if name not in ENGINE_NAMES:
        raise unknown_name("engine", "engine", name, ENGINE_NAMES)


def check_explorable(name: str, where: str = "template") -> None:
    """Raises `InputError` for an unknown template, or a template that `explore` cannot search."""
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
    """Check the input of `explore`: a study file is TOML, and the files and names in it exist.

    Raises `InputError` for input that cannot be accepted.
    """
    if template is not None:
        check_explorable(template)
    if network.endswith(".toml"):
        table = read_table(Path(network))
        if "layer" not in table and "input" not in table:
            _check_study(table, network)
            return
    if is_foreign(network):
        check_importable(network)
    else:
        load_network(network)
    if board is not None:
        find_board(board)
    for name in () if scheme is None else scheme.split(","):
        find_scheme(name.strip())


def _check_study(table: Mapping[str, Any], file: str) -> None:
    """Check only the names in a study; the explorer reads the study itself later."""
    if isinstance(template := table.get("template"), str):
        check_explorable(template, f"{file}: template")
    if isinstance(board := table.get("board"), str):
        find_board(board, f"{file}: board")
    rows = table.get("network")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and isinstance(name := row.get("name"), str):
            load_network(name)


def check_recipe(name: str, options: Mapping[str, Any]) -> Network | None:
    """Check the input of `train`: the recipe is TOML, and its network and scheme exist.

    Returns the network, None if it is not known yet. Raises `InputError` for input that cannot be
    accepted.
    """
    device, scheme = options.get("device", "auto"), options.get("scheme")
    if device not in DEVICES:
        raise InputError("device", f"device is '{device}'", "accepted: auto, cpu or cuda")
    if scheme not in (None, _FLOAT) and scheme_name(scheme) not in SCHEMES:
        raise unknown_name("scheme", "scheme", scheme, (*SCHEMES, *NAMED, _FLOAT))
    if name.endswith(".toml"):
        table = read_table(Path(name))
        if "layer" not in table and "input" not in table:
            own = table.get("network")
            return load_network(own) if isinstance(own, str) else None
    elif f"{name}.toml" in {file.name for file in (files("workloads") / "recipes").iterdir()}:
        return None
    return load_network(name)
