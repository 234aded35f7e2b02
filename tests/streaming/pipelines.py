"""Random streaming machines for random networks, and both models on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

import numpy as np

from lightsim.errors import InputError
from lightsim.hardware.pe_kinds import PE_KINDS
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.inference.infer import infer
from lightsim.quantisation.synthetic.workload import synthetic_images, synthetic_workload
from lightsim.streaming.description.accelerator import (
    Accumulator,
    Folding,
    StreamingAccelerator,
)
from lightsim.streaming.mapping.build import lay_out
from lightsim.streaming.mapping.factors import legal_pe, legal_simd
from lightsim.streaming.mapping.pipeline import Pipeline
from lightsim.streaming.mapping.topology import Topology
from lightsim.streaming.simulation.machine import simulate
from lightsim.streaming.timeline.model import run
from tests.tiled.simulation.nets import random_network


@dataclass(frozen=True)
class Case:
    pipeline: Pipeline
    images: np.ndarray


def random_case(seed: int, scheme: str) -> Case:
    """A network, a folding for each of its layers, FIFOs of any depth, one to three images."""
    for again in range(100):
        dice = Random(f"{seed}/{scheme}/{again}")
        net = random_network(dice, scheme, 1)
        workload = synthetic_workload(net, SCHEMES[scheme], seed)
        design = random_design(dice, workload, SCHEMES[scheme])
        try:
            pipeline = lay_out(workload, design, dice.random() < 0.7)
        except InputError as error:
            # What the template does not build, of what the generator draws.
            assert "is read by" in str(error), error
            continue
        names = [fifo.name for fifo in pipeline.fifos if not fifo.lines]
        tight = {name: dice.randint(1, 9) for name in names if dice.random() < 0.4}
        if dice.random() < 0.5:
            # Deep enough for most branches; the others come to a deadlock.
            joins = [f.name for f in pipeline.fifos if f.name[-2:] in (".0", ".1", ".2")]
            tight |= {name: dice.randint(20, 200) for name in joins}
        pipeline = lay_out(workload, with_fifos(design, tight), dice.random() < 0.7)
        return Case(pipeline, synthetic_images(net, dice.randint(1, 3), seed))
    raise AssertionError("no legal network was drawn")


def with_fifos(design: StreamingAccelerator, fifos: dict[str, int]) -> StreamingAccelerator:
    return replace(design, fifos=fifos)


def random_design(dice: Random, workload, scheme) -> StreamingAccelerator:
    topology = Topology(workload.network)
    shapes = {"input": workload.network.input_shape}
    truncates = scheme.is_shift_add and not scheme.is_sign and dice.random() < 0.2
    layers = {}
    for quantised in workload.layers:
        layer = quantised.layer
        shapes[layer.name] = layer.output_shape
        image = shapes[topology.origin(layer.inputs[0])]
        if layer.operator in ("flatten", "concat"):
            continue
        if not layer.has_weights and dice.random() < 0.5:
            continue
        lanes = None
        if layer.has_weights:
            bits = quantised.inputs[0].bits
            kinds = [
                kind.name
                for kind in PE_KINDS.values()
                if kind.accepts(scheme, bits) and (kind.shifts or not truncates)
            ]
            lanes = dice.choice(kinds)
        pe, simd = dice.choice(legal_pe(layer)), dice.choice(legal_simd(layer, image))
        layers[layer.name] = Folding(pe, simd, lanes)
    return StreamingAccelerator(
        name="drawn",
        board=None,
        scheme=scheme.name,
        clock_hz=100_000_000,
        layers=layers,
        port_bits=dice.choice([8, 32, 64]),
        accumulator=Accumulator(
            dice.choice([12, 20, 32]),
            dice.choice(["wrap", "saturate"]),
            "truncate" if truncates else "exact",
        ),
        pipelines=dice.choice(["free", "free", "rigid"]),
        depth=dice.choice([None, None, 0, 1, 7]),
    )


def check_equal(case: Case):
    """Both models say the same of every image, stall and FIFO, and the bits are right."""
    timing, values = simulate(case.pipeline, case.images)
    played = run(case.pipeline, len(case.images))
    assert timing.deadlock == played.deadlock
    for what in ("starts", "ends", "stalls", "highest"):
        np.testing.assert_array_equal(getattr(played, what), getattr(timing, what), what)
    if timing.deadlock is None:
        check_bits(case, values)
    return timing


def check_bits(case: Case, values):
    accumulator = case.pipeline.design.accumulator
    wanted = infer(
        case.pipeline.workload, case.images, accumulator_bits=accumulator.bits,
        overflow=accumulator.overflow, accumulation=accumulator.accumulation, keep="all",
    )  # fmt: skip
    assert set(case.pipeline.outputs) <= values.keys()
    for name, found in values.items():
        np.testing.assert_array_equal(found, wanted[name], name)
