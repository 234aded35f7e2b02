"""Our choice of the mapping of every layer with weights, counted and timed for `zigzag.py`."""

from __future__ import annotations

import time

import numpy as np

from lightsim.quantisation.workload import Workload
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.lowering.passes import lower
from lightsim.tiled.mapping.plan.plan import EngineLayer, Plan
from lightsim.tiled.optimum import choose_exact
from lightsim.tiled.optimum.choices.filters import filter_choices
from lightsim.tiled.optimum.choices.positions import position_choices
from lightsim.tiled.optimum.choose import Search

__all__ = ["chosen", "shapes"]


def shapes(workload: Workload) -> list[dict]:
    """The layers with weights as the network has them, before anything is fused or folded."""
    found = []
    for quantised in workload.layers:
        layer = quantised.layer
        if not layer.has_weights:
            continue
        out, inner, high, wide = layer.weight_shape
        assert layer.groups == 1
        # A dense layer's kernel is the whole image.
        padding, image = layer.padding, layer.input_shape
        found.append(
            {
                "name": layer.name, "in_channels": inner, "in_height": image.height,
                "in_width": image.width, "out_channels": out,
                "out_height": layer.output_shape.height, "out_width": layer.output_shape.width,
                "kernel": (high, wide), "stride": layer.stride,
                "padding": (padding.top, padding.bottom, padding.left, padding.right),
                "macs": layer.macs,
            }
        )  # fmt: skip
    return found


def chosen(workload: Workload, accelerator: Accelerator) -> list[dict]:
    """One row for each pass with weights, in CPU seconds of this process."""
    plan = lower(workload, accelerator)
    passes = [layer for layer in plan.layers if layer.weights is not None]
    _row(plan, passes[0], accelerator)  # compiles
    return [_row(plan, layer, accelerator) for layer in passes]


def _row(plan: Plan, layer: EngineLayer, accelerator: Accelerator) -> dict:
    begun = time.process_time()
    search = Search(
        layer, accelerator, 1, filter_choices(layer, accelerator, True),
        position_choices(layer, accelerator, 1),
    )  # fmt: skip
    places, limits = search.below(np.inf)
    bounding = time.process_time() - begun

    begun = time.process_time()
    choice = choose_exact(plan, layer, accelerator, 1)
    choosing = time.process_time() - begun
    assert choice.cycles == choice.bound
    own = next(
        limit
        for place, limit in zip(places, limits, strict=True)
        if search.tiling(place, True) == choice.tiling
    )
    return {
        "name": layer.name, "legal": len(limits), "bounding_cpu_s": bounding,
        "timed": choice.timed, "choosing_cpu_s": choosing, "cycles": choice.cycles,
        "limit": float(own),
    }  # fmt: skip
