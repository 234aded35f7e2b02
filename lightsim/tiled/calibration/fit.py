"""Coefficients of the resource formulas: least squares of relative errors, none negative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from lightsim.tiled.calibration.table import Measured
from lightsim.tiled.estimation.modules.formulas import FORMULAS

__all__ = ["Fitted", "fit"]

Coefficients = dict[str, float]

_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Fitted:
    """The coefficients of one case of a module's formula, and their errors.

    `range` gives the least and the greatest measured value of every parameter. `lut_error` and
    `ff_error` are the largest relative errors, over points with at least `_SMALL` LUTs or
    flip-flops.
    """

    lut: Coefficients
    ff: Coefficients
    range: dict[str, tuple[int, int]]
    points: int
    lut_error: float
    ff_error: float


_SMALL = 50
# The weight of a hint relative to a measured point, and hints with another weight. If one or two
# points leave the split between terms open, the cost goes to the lanes.
_HINT = 1e-3
_TRUST = {"unit": 10.0, "lane": 0.1}


def fit(rows: Sequence[Measured]) -> dict[str, dict[str, Fitted]]:
    """The coefficients of every module and case for which `rows` has points to fit."""
    cases: dict[str, dict[str, list[Measured]]] = {}
    for row in rows:
        if not row.point.held_out:
            formula = FORMULAS[row.point.module]
            case = formula.case(row.point.values)
            cases.setdefault(row.point.module, {}).setdefault(case, []).append(row)
    return {
        module: {case: _fitted(module, held) for case, held in sorted(by_case.items())}
        for module, by_case in sorted(cases.items())
    }


def _fitted(module: str, rows: list[Measured]) -> Fitted:
    terms = [FORMULAS[module].terms(row.point.values) for row in rows]
    names = list(dict.fromkeys(name for row in terms for name in row))
    matrix = np.array([[row.get(name, 0.0) for name in names] for row in terms])
    closed = [FORMULAS[module].closed(row.point.values) for row in rows]
    lut, lut_error = _solved(
        names, matrix, [r.cells.lut for r in rows], [c.lut for c in closed], "bit added"
    )
    ff, ff_error = _solved(
        names, matrix, [r.cells.ff for r in rows], [c.ff for c in closed], "bit held"
    )
    values = [row.point.values for row in rows]
    ranges = {
        name: (min(v[name] for v in values), max(v[name] for v in values))
        for name in values[0]
        if all(name in v for v in values)
    }
    return Fitted(lut, ff, ranges, len(rows), lut_error, ff_error)


def _solved(
    names: list[str], matrix: np.ndarray, measured: list[int], closed: list[int], unit: str
) -> tuple[Coefficients, float]:
    """Coefficients by name, without zero coefficients, and the largest relative error.

    Where the points do not determine a coefficient, it is drawn to a prior: one LUT per bit added,
    one flip-flop per bit held, and zero for every other term.
    """
    amounts = np.array(measured, float) - closed
    weights = 1.0 / np.maximum(measured, _SMALL)
    if not names:
        return {}, float(np.round((np.abs(amounts) * weights).max(), 4))
    expected = np.array([float(name == unit) for name in names])
    trust = np.array([_TRUST.get("unit" if name == unit else name, 1.0) for name in names])
    scale = _HINT * trust * (matrix * weights[:, None]).max(axis=0)
    rows = np.vstack((matrix * weights[:, None], np.diag(scale)))
    found, _ = nnls(rows, np.concatenate((amounts * weights, scale * expected)))
    rounded = np.round(found, _DIGITS)
    errors = np.abs(matrix @ rounded - amounts) * weights
    kept = {name: float(value) for name, value in zip(names, rounded, strict=True) if value}
    return kept, float(np.round(errors.max(), 4))
