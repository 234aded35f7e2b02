"""Compiled roundings on tensors: which tensors they serve, and how they use threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

__all__ = ["apply", "serves"]

_LEAST_SPLIT = 1 << 16  # numbers; fewer are done before a thread wakes up


def serves(*tensors: Tensor) -> bool:
    """Whether `apply` takes the tensors: float32 on a processor, dense, with equal layouts."""
    first = tensors[0]
    if not _layout(first):
        return False
    return all(
        one.dtype == torch.float32
        and one.device.type == "cpu"
        and one.shape == first.shape
        and one.stride() == first.stride()
        for one in tensors
    )


def apply(
    kernel: Callable[..., None], tensors: Sequence[Tensor], *rest: Any, whole: Sequence[Any] = ()
) -> Tensor:
    """A new tensor filled by kernel(*flat tensors, *whole, *rest, out), in pieces by threads.

    All `tensors` are cut in the same way; every piece gets the whole of each array in `whole`. The
    numbers of a piece depend only on its inputs, so the number of threads does not change any bit.
    """
    out = torch.empty_like(tensors[0])
    flat = [_flat(one) for one in tensors]
    target = _flat(out)
    threads = torch.get_num_threads()
    if threads == 1 or target.size < _LEAST_SPLIT:
        kernel(*flat, *whole, *rest, target)
        return out
    edges = np.linspace(0, target.size, threads + 1).astype(int)
    tasks = [
        _pool(threads).submit(
            kernel, *(one[low:high] for one in flat), *whole, *rest, target[low:high]
        )
        for low, high in pairwise(edges[1:])
    ]
    kernel(*(one[: edges[1]] for one in flat), *whole, *rest, target[: edges[1]])
    for task in tasks:
        task.result()
    return out


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads - 1, "lightsim-rounding")


def _layout(own: Tensor) -> bool:
    last = own.dim() == 4 and own.is_contiguous(memory_format=torch.channels_last)
    return last or own.is_contiguous()


def _flat(own: Tensor) -> NDArray[np.float32]:
    """A flat view of the numbers in their memory order."""
    own = own.detach()
    if not own.is_contiguous():
        own = own.permute(0, 2, 3, 1)
    flat: NDArray[np.float32] = own.numpy().reshape(-1)
    return flat
