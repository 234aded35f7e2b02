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
    """The quickest tiling of every pass by itself; `map_workload` takes them as `tilings`.

    In a network, weights of a pass are fetched while the one before runs, so it is a little
    quicker there than alone; the choice does not look at its neighbours. `most` and `tolerance`
    are those of `choose_exact`. Raises `InputError` when no tile of a pass fits.
    """
    plan = lower(workload, accelerator)
    return {
        layer.name: choose_exact(
            plan, layer, accelerator, images,
            sort_filters=sort_filters, most=most, tolerance=tolerance,
        )
        for layer in plan.layers
    }  # fmt: skip
