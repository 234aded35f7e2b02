"""The parts of a streaming accelerator on a device, and whether they fit."""

from __future__ import annotations

from dataclasses import replace

from lightsim.errors import BudgetError
from lightsim.hardware.budget import exceeded, needs_of
from lightsim.hardware.device import Device, Resources
from lightsim.hardware.part import Part, total
from lightsim.streaming.description.accelerator import Module, StreamingAccelerator
from lightsim.streaming.estimation.bill import modules
from lightsim.streaming.estimation.modules import FORMULAS, cost
from lightsim.streaming.mapping.pipeline import Pipeline

__all__ = ["as_built", "check_fit", "estimate", "parts_of_modules"]


def estimate(design: StreamingAccelerator, device: Device | None) -> tuple[Part, ...]:
    """The parts of a design: none before a network is laid on it."""
    return parts_of_modules(design.built, device)


def parts_of_modules(built: tuple[Module, ...], device: Device | None) -> tuple[Part, ...]:
    """Modules added up by what they are."""
    has_uram = device is not None and device.resources.uram > 0
    found: dict[str, Resources] = {}
    for module in built:
        own = cost(module, has_uram=has_uram)
        found[module.kind] = found.get(module.kind, Resources()) + own
    return tuple(
        Part(formula.title, found[kind], formula.source)
        for kind, formula in FORMULAS.items()
        if kind in found
    )


def as_built(pipeline: Pipeline) -> StreamingAccelerator:
    """The pipeline's accelerator with the list of its hardware."""
    return replace(pipeline.design, built=modules(pipeline))


def check_fit(design: StreamingAccelerator) -> None:
    """Raises `BudgetError` where a design does not fit its device, saying by how much and what of
    it the weights are.
    """
    device = design.device
    if device is None:
        return
    parts = estimate(design, device)
    used = total(parts)
    over = exceeded(used, device.resources)
    if not over:
        return
    weights = next((part.resources for part in parts if part.name == "weight memories"), None)
    own = {} if weights is None else dict(zip(Resources.names(), weights.values(), strict=True))
    said = ", ".join(
        f"{own[name]} of the {need}" for name, (need, _) in over.items() if own.get(name)
    )
    told = f"; its weights take {said}" if said else ""
    where = device.name if design.board is None else f"{device.name} on {design.board}"
    more = ", ".join(f"{need - limit} too many" for need, limit in over.values())
    raise BudgetError(f"{design.name}: needs {needs_of(over)} on {where}: {more}{told}")
