"""What each layer of a run is reported with: that of the engine which gives its output."""

from __future__ import annotations

from lightsim.quantisation.term_counts import filters_by_k, terms_added
from lightsim.quantisation.workload import QuantisedLayer
from lightsim.streaming.mapping.engine import Engine
from lightsim.streaming.mapping.pipeline import Pipeline
from lightsim.streaming.timing import Timing
from lightsim.template.findings import LayerReport

__all__ = ["layer_reports"]


def layer_reports(pipeline: Pipeline, timing: Timing) -> tuple[LayerReport, ...]:
    """One report for each layer that has an engine, over all images.

    A layer's cycles are those from the first step of its engine to its last word; layers overlap,
    so they do not add up to the run. Stalls are waiting for words (`input`), for room (`fifo`),
    and the way of the last word through the pipeline (`pipeline`).
    """
    return tuple(
        _layer(quantised, pipeline, timing, pipeline.last[quantised.layer.name])
        for quantised in pipeline.workload.layers
        if quantised.layer.name in pipeline.last
    )


def _layer(
    quantised: QuantisedLayer, pipeline: Pipeline, timing: Timing, number: int
) -> LayerReport:
    layer, engine = quantised.layer, pipeline.engines[number]
    images = timing.images
    start, end = int(timing.starts[number, 0]), int(timing.ends[number, -1])
    busy = engine.program.image_steps * images
    word, room = map(int, timing.stalls[number])
    stalls = {"input": word, "fifo": room, "pipeline": end - start - busy - word - room}
    gains = {"compute": busy, "input": word, "fifo": room}
    bound = max(gains, key=lambda cause: gains[cause])
    weighted = quantised.weights is not None
    return LayerReport(
        name=layer.name,
        kind="convolution" if layer.operator == "conv2d" else layer.operator,
        fused=(),
        start=start,
        end=end,
        cycles=end - start,
        busy=busy,
        stalls=stalls,
        bound_by=bound,
        gain_cycles=gains[bound],
        macs=layer.macs * images,
        terms=terms_added(quantised, layer.macs) * images,
        k=filters_by_k(quantised),
        utilisation=_useful(engine, layer.macs) * images / (end - start)
        if weighted
        else busy / (end - start),
        tiles=images,
        mapping=f"PE {engine.pe} x SIMD {engine.simd}",
        traffic_bytes={},
        compute_bound_cycles=busy,
        port_bound_cycles=0,
        dram_bound_cycles=0,
        memory_bound_cycles=0,
    )


def _useful(engine: Engine, macs: int) -> float:
    """Cycles that the products of an image would take if all lanes made one in each."""
    return macs / (engine.pe * engine.simd)
