"""The exact choice for every pass of a network."""

from __future__ import annotations

from lightsim.quantisation.workload import Workload
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.lowering.passes import lower
from lightsim.tiled.optimum.choose import Choice, choose_exact

__all__ = ["exact_tilings"]


def exact_tilings(
    workload: Workload,
    accelerator: Accelerator,
    *,
    images: int = 1,
    sort_filters: bool = True,
    most: int | None = None,
    tolerance: float = 0.0,
) -> dict[str, Choice]:
    """The quickest tiling of every pass on its own; `map_workload` takes the result as `tilings`.

    In a network the weights of a pass are fetched while the previous pass runs, so a pass is a
    little quicker there than on its own. The choice ignores the neighbouring passes. `most` and
    `tolerance` are as in `choose_exact`. Raises `InputError` when no tile of a pass fits.
    """
    plan = lower(workload, accelerator)
    return {
        layer.name: choose_exact(
            plan, layer, accelerator, images,
            sort_filters=sort_filters, most=most, tolerance=tolerance,
        )
        for layer in plan.layers
    }  # fmt: skip
