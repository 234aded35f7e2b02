"""Float weights as a file, from which a training under another scheme may start."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lightsim.errors import InputError
from lightsim.files.npy_header import ArrayHead
from lightsim.files.npz import read_npz
from lightsim.files.writing import write_file
from lightsim.training.models.model import build_model
from lightsim.training.recipes.recipe import Recipe

__all__ = ["FLOAT_WEIGHTS", "float_start", "save_float", "seed_folder"]

FLOAT_WEIGHTS = "float.npz"
_KINDS = {"f": "real numbers", "b": "true or false", "i": "whole numbers"}
_LARGEST = 1e9  # far above every weight, mean or variance of a useful network
_NOT_NEGATIVE = ("running_var", ".step")


def seed_folder(directory: Path, seed: int) -> Path:
    """The folder in a run directory that holds the files of one seed."""
    return directory / f"seed-{seed}"


def save_float(state: Mapping[str, Any], folder: Path) -> None:
    """Write the tensors of a float model's `state_dict`; raises `OutputError` if writing fails."""
    arrays = {name: own.cpu().numpy() for name, own in state.items() if _is_kept(name, own)}

    def write(file: BinaryIO) -> None:
        np.savez(file, allow_pickle=False, **arrays)

    write_file(folder / FLOAT_WEIGHTS, write)


def float_start(recipe: Recipe, seed: int) -> dict[str, Tensor] | None:
    """The float weights from which a recipe starts a seed, None if the recipe names none.

    `start` is the run directory of a float training, or a file of float weights. From a directory
    the seed with the same number is taken, or else its first seed. Raises `InputError` if there is
    nothing to read, for a damaged file, for arrays of another network, and for numbers that are not
    finite.
    """
    if recipe.start is None:
        return None
    path = _file_of(Path(recipe.start), seed)
    model = build_model(recipe.network, recipe.scheme, recipe.options, seed)
    wanted = model.float_state()

    def check(heads: Mapping[str, ArrayHead]) -> None:
        for name, own in wanted.items():
            _check_head(heads.get(name), own, recipe.network.name, f"{path}: {name}")

    arrays = read_npz(path, check, f"accepted: {FLOAT_WEIGHTS} of a training in float", wanted)
    for name, array in arrays.items():
        _check_numbers(array, name, path)
    return {
        name: torch.from_numpy(array.astype(array.dtype.newbyteorder("=")))
        for name, array in arrays.items()
    }


def _check_head(head: ArrayHead | None, own: Tensor, network: str, where: str) -> None:
    """Raises `InputError` unless an array has the shape and type of the model's tensor."""
    kind = "f" if own.is_floating_point() else "b" if own.dtype == torch.bool else "i"
    needs = f"accepted: {_KINDS[kind]} of shape {list(own.shape)}, as '{network}' needs"
    if head is None:
        raise InputError(where, "is missing", needs)
    if head.shape != tuple(own.shape) or head.dtype.kind != kind or head.dtype.itemsize > 8:
        raise InputError(where, f"is {head}", needs)


def _check_numbers(array: NDArray[Any], name: str, path: Path) -> None:
    """Raises `InputError` for infinite or absurdly large numbers, or a negative variance."""
    least = 0.0 if name.endswith(_NOT_NEGATIVE) else -_LARGEST
    problem = None
    if not np.isfinite(array).all():
        problem = "holds values that are not finite"
    elif array.dtype.kind == "f" and array.size:
        low, high = float(array.min()), float(array.max())
        if low < least or high > _LARGEST:
            problem = f"holds {low:g} to {high:g}"
    if problem is not None:
        accepted = f"accepted: numbers from {least:g} to {_LARGEST:g}"
        raise InputError(f"{path}: {name}", problem, accepted)


def _file_of(start: Path, seed: int) -> Path:
    if not start.is_dir():
        return start
    own = seed_folder(start, seed) / FLOAT_WEIGHTS
    others = sorted(start.glob(f"seed-*/{FLOAT_WEIGHTS}"))
    if not own.exists() and not others:
        accepted = "accepted: the run directory of a training with float epochs"
        raise InputError(f"start '{start}'", "holds no float weights", accepted)
    return own if own.exists() else others[0]


def _is_kept(name: str, own: Any) -> bool:
    """Whether a tensor is part of the model, and not the state of a random generator."""
    return isinstance(own, Tensor) and not name.endswith("_extra_state")
