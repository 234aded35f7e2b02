"""A PyTorch module as an ONNX file, by PyTorch's own exporter."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError, MissingExtraError, shown

__all__ = ["images_of", "write_module"]

_OPSET = 17


def images_of(sample: Any) -> NDArray[Any]:
    """The images of a tensor or an array [n, ...]; `InputError` for anything else."""
    array = np.asarray(sample.detach().cpu().numpy() if hasattr(sample, "detach") else sample)
    if array.ndim < 2 or not len(array) or array.dtype.kind not in "fiu":
        problem = f"is {array.dtype} of shape {list(array.shape)}"
        raise InputError("sample", problem, "accepted: numbers [n, channels, height, width]")
    return array


def write_module(module: Any, sample: Any, path: Path) -> None:
    """Write `module`, as it is when it is not trained, as an ONNX file for one image like those of
    `sample`, a tensor or an array [n, ...].

    Raises `MissingExtraError` without PyTorch and `InputError` for what is no module, or one that
    PyTorch cannot export.
    """
    try:
        import torch
    except ImportError:
        raise MissingExtraError("from_torch", "train") from None
    if not isinstance(module, torch.nn.Module):
        raise InputError("module", f"is {type(module).__name__}", "accepted: a torch.nn.Module")
    one = torch.as_tensor(images_of(sample)[:1], dtype=torch.float32)
    training = module.training
    module.eval()
    try:
        with warnings.catch_warnings(), torch.no_grad():
            # The other exporter of PyTorch needs a package of its own, and renames the weights.
            warnings.simplefilter("ignore")
            module.cpu()
            torch.onnx.export(
                module, (one,), str(path), dynamo=False, opset_version=_OPSET,
                input_names=["image"], output_names=["scores"],
            )  # fmt: skip
    except Exception as error:  # whatever a module of the user's, or PyTorch, raises
        told = shown(" ".join(str(error).split()), 160)
        raise InputError(
            f"module {type(module).__name__}",
            f"cannot be exported: {type(error).__name__}: {told}",
            "accepted: a module that torch.onnx.export writes",
        ) from error
    finally:
        module.train(training)
