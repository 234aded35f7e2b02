"""Layers that this machine has no engine for: each is refused by its name."""

from __future__ import annotations

from lightsim.errors import InputError
from lightsim.quantisation.workload import QuantisedLayer, Workload

__all__ = ["OPERATORS", "check_supported"]

OPERATORS = (
    "conv2d", "dense", "max_pool", "average_pool", "global_pool", "add", "concat", "flatten",
    "reorganise",
)  # fmt: skip
"""The operators that the machine has engines for, and those that are addressing alone."""


def check_supported(workload: Workload) -> None:
    """Raise `InputError` for the first layer of an operator, or with an attribute, not built."""
    for quantised in workload.layers:
        what = _not_built(quantised)
        if what is not None:
            raise InputError(
                f"layer '{quantised.layer.name}'",
                f"{what} is not built by template 'streaming'",
                "accepted: --template tiled",
            )


def _not_built(quantised: QuantisedLayer) -> str | None:
    layer = quantised.layer
    if layer.operator not in OPERATORS:
        return f"operator '{layer.operator}'"
    if layer.dilation != (1, 1):
        return "dilation"
    if quantised.table is not None:
        return f"activation '{layer.activation}'"
    return None
