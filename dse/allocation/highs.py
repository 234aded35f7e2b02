"""The exact choice as an integer programme, by HiGHS."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from lightsim.errors import LightSimError

__all__ = ["highs_choice"]

Ints = NDArray[np.int64]

_INFEASIBLE = 2  # scipy's status of a problem without a solution


def highs_choice(
    values: Sequence[Ints], weights: Sequence[Ints], limit: int
) -> tuple[int, ...] | None:
    """Returns one point per row: the choice of least total value whose total weight is at most
    `limit`, or None if there is none. Ties are broken arbitrarily.

    `values` and `weights` have one int64[point] for each row. HiGHS calculates in doubles. If its
    choice is over the limit in whole numbers, the choice is forbidden and the problem is solved
    again. Raises `LightSimError` if HiGHS ends without an answer.
    """
    if sum(int(weight.min()) for weight in weights) > limit:
        return None
    starts = np.cumsum([0, *(len(value) for value in values)])
    value, weight = np.concatenate(values), np.concatenate(weights)
    rows = np.repeat(np.arange(len(values)), np.diff(starts))
    one = csr_array((np.ones(len(rows)), (rows, np.arange(len(rows)))))
    constraints = [
        LinearConstraint(one, 1, 1),
        LinearConstraint(weight[None].astype(np.float64), -np.inf, limit),
    ]
    while True:
        with _quiet():
            found = milp(
                value.astype(np.float64),
                constraints=constraints,
                integrality=np.ones(len(value)),
                bounds=Bounds(0, 1),
                options={"mip_rel_gap": 0.0},
            )
        if found.status == _INFEASIBLE:
            return None
        if found.x is None:
            raise LightSimError(f"HiGHS found no allocation: {found.message}")
        taken = [int(np.argmax(found.x[start:stop])) for start, stop in pairwise(starts.tolist())]
        flat = starts[:-1] + taken
        if int(weight[flat].sum()) <= limit:
            return tuple(taken)
        forbidden = np.zeros((1, len(value)))
        forbidden[0, flat] = 1
        constraints.append(LinearConstraint(forbidden, -np.inf, len(values) - 1))


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Discard the lines that HiGHS writes to the process's standard output, past Python's."""
    sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:  # no standard output to protect
        yield
        return
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(sink)
