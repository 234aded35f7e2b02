"""The counts that the energy model multiplies: products, sums, memory bytes, of all images."""

from __future__ import annotations

from lightsim.streaming.estimation.bill import weights_of
from lightsim.streaming.mapping.engine import Engine
from lightsim.streaming.mapping.matrix import MatrixPlan
from lightsim.streaming.mapping.pipeline import Pipeline

__all__ = ["events_of"]


def events_of(pipeline: Pipeline, images: int) -> dict[str, int]:
    """Energy events of a run by name.

    Each product is that of its lane's kind; a step adds to the sum of every PE and reads a weight
    word; a word is written into and read from each FIFO and line buffer that it passes; the bytes
    of images and outputs move through memory.
    """
    counts: dict[str, int] = {}

    def count(event: str, times: int) -> None:
        if times:
            counts[event] = counts.get(event, 0) + times * images

    for engine in pipeline.engines:
        if engine.kind == "matrix":
            for event, times in _products(engine):
                count(event, times)
            count("requantise", _requantised(engine))
        elif engine.kind in ("pool", "global", "add"):
            words = engine.program.image_steps
            count("pool_op", words * engine.pe * engine.simd)
            if engine.plan.layer.operator != "max_pool":
                each = 2 if engine.kind == "add" else 1
                count("requantise", each * engine.plan.layer.output_shape.elements)
        elif engine.kind in ("load", "store"):
            ports = engine.outputs or engine.inputs
            fifo = pipeline.fifos[ports[0]]
            count("dram_byte", -(-fifo.words * fifo.width // 8))
    for fifo in pipeline.fifos:
        count("input_buffer_byte", -(-2 * fifo.words * fifo.width // 8))
    return counts


def _products(engine: Engine) -> list[tuple[str, int]]:
    plan: MatrixPlan = engine.plan
    layer, scheme, k = plan.layer.layer, plan.layer.scheme, plan.layer.k
    assert scheme is not None and k is not None
    bits = plan.layer.inputs[0].bits
    each = layer.macs // len(k)
    rows = []
    for terms in sorted({int(one) for one in k}):
        filters = int((k == terms).sum())
        if scheme.k_per_filter and terms == 0:
            continue  # pruned: no product is formed
        event, times = plan.kind.event(scheme, terms, bits)
        rows.append((event, filters * each * times))
    steps = engine.program.image_steps
    width, _ = weights_of(plan, engine.pe, engine.simd)
    return [*rows, ("accumulate", steps * engine.pe), ("weight_buffer_byte", steps * width // 8)]


def _requantised(engine: Engine) -> int:
    layer = engine.plan.layer
    return 0 if layer.output.bits in (1, 32) else int(layer.layer.output_shape.elements)
