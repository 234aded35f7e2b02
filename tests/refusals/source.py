"""The refusals of a design or network that the source can raise, read off the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

__all__ = ["ROOMS", "refusals"]

PACKAGE = Path(__file__).parents[2] / "lightsim"
# Where a network meets a machine; files that cannot be read are told by their own rooms.
ROOMS = (
    "tiled/mapping/**/*.py",
    "tiled/description/validation.py",
    "hardware/checks.py",
    "hardware/budget.py",
    "tiled/rtl/program/limits.py",
    "quantisation/inference/accumulators.py",
    "quantisation/elements.py",
    "quantisation/select.py",
    "quantisation/inference/truncation.py",
    "flow/given/limits.py",
    "flow/given/resolve.py",
    "flow/templates.py",
    "tiled/estimation/budget.py",
    "tiled/estimation/defaults.py",
    "tiled/estimation/shortfall.py",
    "memory/*.py",
    "tiled/timeline/model.py",
    "tiled/run/*.py",
)
_CHECKS = ("fail", "number", "power_of_two")


def refusals() -> Iterator[tuple[str, str]]:
    """Every refusal: where it is raised, and the longest constant part of what it says."""
    for pattern in ROOMS:
        for path in sorted(PACKAGE.glob(pattern)):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                said = _said(node) if isinstance(node, ast.Call) else None
                words = "" if said is None else max(_parts(said), key=len, default="")
                if words not in ("", "is"):  # what is left of f"{key} is {value}"
                    yield f"{path.relative_to(PACKAGE)}:{node.lineno}", words


def _said(call: ast.Call) -> ast.expr | None:
    """The expression of what is wrong, if the call refuses something."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name == "InputError" and len(call.args) > 1:
        return call.args[1]
    checks = isinstance(call.func, ast.Attribute) and "check" in ast.dump(call.func.value)
    if name == "BudgetError" or (checks and name in _CHECKS):
        return call.args[0]
    return None


def _parts(said: ast.expr) -> Iterator[str]:
    """The constant parts of a text, without the quotes that stand around what is put in."""
    values = said.values if isinstance(said, ast.JoinedStr) else [said]
    for node in values:
        if isinstance(node, ast.BinOp):
            yield from _parts(node.left)
            yield from _parts(node.right)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value.strip(" ,:;'")
