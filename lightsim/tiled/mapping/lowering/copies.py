"""Passes without weights: poolings, additions, and copies that move data and compute nothing."""

from __future__ import annotations

from dataclasses import replace

from lightsim.network.layer import Padding
from lightsim.quantisation.workload import QuantisedLayer
from lightsim.tiled.mapping.plan.plan import EngineLayer, Kind, TensorView

__all__ = ["copy_pass", "enlarged_pass", "streamed_pass"]


def streamed_pass(
    q: QuantisedLayer,
    kind: Kind,
    source: TensorView,
    destination: TensorView,
    residual: TensorView | None = None,
) -> EngineLayer:
    """A pooling or addition as the layer describes it; a global pooling reads the whole image."""
    layer = q.layer
    whole = layer.operator == "global_pool"
    return EngineLayer(
        name=layer.name,
        kind=kind,
        main=q,
        source=source,
        residual=residual,
        destination=destination,
        computed=destination.shape,
        kernel=(source.shape.height, source.shape.width) if whole else layer.kernel,
        stride=layer.stride,
        padding=layer.padding,
        groups=1,
        weights=None,
    )


def copy_pass(
    q: QuantisedLayer,
    name: str,
    source: TensorView,
    destination: TensorView,
    stride: tuple[int, int] = (1, 1),
    offset: tuple[int, int] = (0, 0),
) -> EngineLayer:
    """A pooling with a window of one: it moves data and computes nothing."""
    copy = replace(q, layer=replace(q.layer, operator="max_pool", kernel=(1, 1)))
    return EngineLayer(
        name=name,
        kind="pooling",
        main=copy,
        source=source,
        residual=None,
        destination=destination,
        computed=destination.shape,
        kernel=(1, 1),
        stride=stride,
        padding=Padding(top=-offset[0], left=-offset[1]),
        groups=1,
        weights=None,
    )


def enlarged_pass(
    q: QuantisedLayer, source: TensorView, destination: TensorView, phases: bool = False
) -> EngineLayer:
    """A copy that reads every position again, or for each of them another part."""
    copy = replace(q, layer=replace(q.layer, operator="max_pool", kernel=(1, 1)))
    return EngineLayer(
        name=q.layer.name,
        kind="pooling",
        main=copy,
        source=source,
        residual=None,
        destination=destination,
        computed=destination.shape,
        kernel=(1, 1),
        stride=(1, 1),
        padding=Padding(),
        groups=1,
        weights=None,
        repeat=q.layer.stride,
        phases=phases,
    )
