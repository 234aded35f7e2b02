"""Float weights as a file: what a training under another scheme may start from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lightsim.errors import InputError
from lightsim.training.recipe import Recipe

__all__ = ["FLOAT_WEIGHTS", "float_start", "save_float", "seed_folder"]

FLOAT_WEIGHTS = "float.npz"


def seed_folder(directory: Path, seed: int) -> Path:
    """Where a run directory keeps what belongs to one seed."""
    return directory / f"seed-{seed}"


def save_float(state: Mapping[str, Any], folder: Path) -> None:
    """Write the tensors of a float model's `state_dict`, whole or not at all."""
    arrays = {name: own.cpu().numpy() for name, own in state.items() if _is_kept(name, own)}
    partial = folder / f".{FLOAT_WEIGHTS}.partial"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as opened:
            np.savez(opened, allow_pickle=False, **arrays)
        partial.replace(folder / FLOAT_WEIGHTS)
    except OSError as error:
        raise InputError(str(folder), f"cannot be written: {error.strerror or error}") from None


def float_start(recipe: Recipe, seed: int) -> dict[str, Tensor] | None:
    """The float weights that a recipe starts a seed from; None where it names none.

    `start` is the run directory of a float training, or such a file. Of a directory the seed of
    the same number is taken, else its first. Raises `InputError` where there is nothing to read.
    """
    if recipe.start is None:
        return None
    path = _file_of(Path(recipe.start), seed)
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: torch.from_numpy(stored[name]) for name in stored.files}
    except (OSError, ValueError, EOFError, TypeError, AttributeError):
        accepted = f"accepted: {FLOAT_WEIGHTS} of a training in float"
        raise InputError(str(path), "cannot be read as weights", accepted) from None


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
    """Whether a tensor is part of the model, not the state of a generator."""
    return isinstance(own, Tensor) and not name.endswith("_extra_state")
