"""The modules that an engine and a FIFO are built of."""

from __future__ import annotations

from collections.abc import Iterator

from lightsim.numerics.sums.accumulator import bits_needed
from lightsim.quantisation.workload import QuantisedLayer
from lightsim.streaming.description.accelerator import Module
from lightsim.streaming.mapping.engine import Engine, Fifo
from lightsim.streaming.mapping.matrix import MatrixPlan
from lightsim.streaming.mapping.pipeline import Pipeline

__all__ = ["matrix_modules", "modules", "weights_of"]


def modules(pipeline: Pipeline) -> tuple[Module, ...]:
    """Every module of a pipeline."""
    built: list[Module] = []
    for engine in pipeline.engines:
        built += _engine(engine, pipeline)
    taps = {number: engine.simd for engine in pipeline.engines for number in engine.inputs}
    for number, fifo in enumerate(pipeline.fifos):
        built.append(_fifo(fifo, taps[number]))
    return tuple(built)


def weights_of(plan: MatrixPlan, pe: int, simd: int) -> tuple[int, int]:
    """Width in bits and depth in words of an engine's weight memory.

    All filters of a fold read at one address; serial lanes read a term a pass. A pruned fold has
    no words.
    """
    scheme = plan.layer.scheme
    assert scheme is not None
    serial = plan.kind.term_serial
    width = pe * simd * plan.kind.code_bits(scheme)
    passes = plan.passes if serial else plan.passes.clip(max=1)
    return width, int(passes.sum()) * plan.words


def _engine(engine: Engine, pipeline: Pipeline) -> Iterator[Module]:
    name = engine.name
    match engine.kind:
        case "matrix":
            held, bits = pipeline.fifos[engine.inputs[0]].width, pipeline.design.accumulator.bits
            yield from matrix_modules(name, engine.plan, (engine.pe, engine.simd), held, bits)
        case "load" | "store":
            yield Module(name, "dma", {"port_bits": pipeline.design.port_bits})
        case "width":
            wide = max(pipeline.fifos[n].width for n in (*engine.inputs, *engine.outputs))
            yield Module(name, "register", {"width": wide})
        case "fork" | "concat":
            yield Module(name, "register", {"width": pipeline.fifos[engine.outputs[0]].width})
        case "pool" | "global":
            yield from _pool(engine)
        case "add":
            yield _requantised(name, engine.plan, 2 * engine.pe, 9)
            yield Module(name, "control", {})
        case "window" | "fill":
            return


def matrix_modules(
    name: str, plan: MatrixPlan, factors: tuple[int, int], held: int, most_bits: int
) -> Iterator[Module]:
    """The modules of an engine with weights: of PE and SIMD `factors`, inputs of `held` bits, and
    sums of at most `most_bits`."""
    layer, (pe, simd) = plan.layer, factors
    assert layer.scheme is not None
    scheme = layer.scheme
    width, depth = weights_of(plan, pe, simd)
    yield Module(name, "lanes", {
        "pe": pe, "simd": simd, "lanes": plan.kind.name,
        "weight_bits": scheme.weight_bits, "terms": scheme.max_terms,
    })  # fmt: skip
    yield Module(name, "weights", {"width": width, "depth": depth})
    if plan.folds > 1 or int(plan.passes.max()) > 1:
        yield Module(name, "held", {"width": held, "depth": plan.words})
    sums = _sum_bits(layer, most_bits)
    multiplier = 16 if layer.output.bits not in (1, 32) else 0
    yield Module(name, "parameters", {"width": pe * (sums + multiplier), "depth": plan.passes.size})
    if multiplier:
        yield _requantised(name, layer, pe, sums)
    yield Module(name, "control", {})


def _sum_bits(layer: QuantisedLayer, most_bits: int) -> int:
    """Bits that hold every sum of the layer, at most those of the accumulator."""
    assert layer.weights is not None and layer.scheme is not None
    most = max(-layer.inputs[0].lowest, layer.inputs[0].highest)
    reach = layer.scheme.largest * most * layer.weights[0].size
    return min(bits_needed(-reach, reach), most_bits)


def _requantised(name: str, layer: QuantisedLayer, lanes: int, bits: int) -> Module:
    multiplies = int(any(int(one) != 1 for one in layer.multiplier))
    return Module(name, "requantise", {"lanes": lanes, "sum_bits": bits, "multiplies": multiplies})


def _pool(engine: Engine) -> Iterator[Module]:
    layer: QuantisedLayer = engine.plan
    name, bits = engine.name, layer.inputs[0].bits
    yield Module(name, "pool", {"lanes": engine.pe, "bits": bits, "taps": engine.simd})
    if layer.layer.operator != "max_pool":
        yield _requantised(name, layer, engine.pe, 24)
    if engine.kind == "global":
        folds = layer.layer.input_shape.channels // engine.pe
        yield Module(name, "held", {"width": engine.pe * 24, "depth": folds})


def _fifo(fifo: Fifo, taps: int) -> Module:
    if fifo.lines:
        sizes = {"width": fifo.width, "depth": fifo.depth, "taps": taps}
        return Module(fifo.name, "lines", sizes)
    return Module(fifo.name, "fifo", {"width": fifo.width, "depth": fifo.depth})
