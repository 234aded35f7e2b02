"""A checkpoint restored into a model and its optimiser, after all its content was checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from lightsim.errors import InputError
from lightsim.training.loop.checkpoint import Checkpoint, damaged
from lightsim.training.models.model import Model

__all__ = ["check_place", "restore"]

_RANDOM = "_extra_state"


def check_place(kept: Checkpoint, epochs: Sequence[int], path: Path) -> None:
    """Raises `InputError` if the stage and epoch do not fit stages of `epochs` epochs."""
    if type(kept.stage) is not int or not 0 <= kept.stage < len(epochs):
        raise damaged(path, f"stage is {str(kept.stage)[:20]}")
    if type(kept.epoch) is not int or not 1 <= kept.epoch <= epochs[kept.stage]:
        raise damaged(path, f"epoch is {str(kept.epoch)[:20]}")
    if len(kept.history) != sum(epochs[: kept.stage]) + kept.epoch:
        raise damaged(path, f"it tells of {len(kept.history)} epochs")


def restore(kept: Checkpoint, model: Model, optimiser: torch.optim.Optimizer, path: Path) -> None:
    """Restore a new model and its new optimiser to the state in the checkpoint.

    Raises `InputError` for tensors that are missing, surplus, of another shape or type, or not
    finite, and for the state of another optimiser.
    """
    try:
        _check_model(kept.model, model.state_dict(), path)
        _check_optimiser(kept.optimiser, optimiser, path)
        model.load_state_dict(kept.model)
        optimiser.load_state_dict(kept.optimiser)
    except InputError:
        raise
    except Exception:  # torch can raise many errors for wrong content
        raise damaged(path, "its content is of another kind") from None


def _check_model(found: Mapping[str, Any], own: Mapping[str, Any], path: Path) -> None:
    for name in own.keys() ^ found.keys():
        state = "is missing" if name in own else "is not the model's"
        raise damaged(path, f"'{str(name)[:40]}' {state}")
    for name, tensor in own.items():
        if isinstance(tensor, Tensor) and not name.endswith(_RANDOM):
            _check_tensor(found[name], tensor, name, path)


def _check_tensor(found: Any, own: Tensor, name: str, path: Path) -> None:
    if not isinstance(found, Tensor) or found.shape != own.shape or found.dtype != own.dtype:
        raise damaged(path, f"'{name[:40]}' is of another shape or type")
    _check_finite(found, name, path)


def _check_finite(found: Tensor, name: str, path: Path) -> None:
    if not bool(torch.isfinite(found).all()):
        raise damaged(path, f"'{name[:40]}' is not finite")


def _check_optimiser(
    found: Mapping[str, Any], optimiser: torch.optim.Optimizer, path: Path
) -> None:
    """Raises `InputError` unless the state belongs to existing parameters, is of one kind, has
    their shapes and is finite.
    """
    own = optimiser.state_dict()
    if found.keys() != own.keys():
        raise damaged(path, "its optimiser has other parts")
    groups = zip(found["param_groups"], own["param_groups"], strict=True)
    if any(one.keys() != other.keys() or one["params"] != other["params"] for one, other in groups):
        raise damaged(path, "its optimiser is another")
    state = found["state"]
    parameters = [one for group in optimiser.param_groups for one in group["params"]]
    kinds = {tuple(sorted(one)) for one in state.values()}
    needed = bool(optimiser.defaults.get("momentum", 1))  # plain gradient descent has no state
    if len(kinds) > 1 or (needed and not any(kinds)):
        raise damaged(path, "its optimiser has lost its state")
    for number, values in state.items():
        for key, value in values.items():
            if isinstance(value, Tensor):
                if value.ndim and value.shape != parameters[number].shape:
                    raise damaged(path, f"the optimiser's '{key}' is of another shape")
                _check_finite(value, f"the optimiser's {key}", path)
