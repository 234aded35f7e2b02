"""What must hold of every simulation, whatever network, machine and mapping it ran."""

from __future__ import annotations

from dataclasses import asdict
from itertools import pairwise

import numpy as np

from lightsim.quantisation.inference.infer import infer
from lightsim.tiled.simulation.machine import simulate


def reference(workload, accelerator, images, names):
    """The outputs of the named layers by whole-layer inference."""
    accumulator = accelerator.accumulator
    return infer(
        workload,
        images,
        accumulator_bits=accumulator.bits,
        overflow=accumulator.overflow,
        accumulation=accumulator.accumulation,
        keep=names,
    )


def wrong_layers(result, workload, accelerator, images):
    """The stored layers whose bits differ from whole-layer inference."""
    expected = reference(workload, accelerator, images, list(result.outputs))
    return [n for n, values in result.outputs.items() if not np.array_equal(values, expected[n])]


def check_accounts(result):
    """Every cycle of every layer and unit has exactly one use."""
    at = 0
    for layer in result.layers:
        assert layer.start == at, f"{layer.name} starts at {layer.start}, not {at}"
        assert layer.busy + sum(layer.stalls.values()) == layer.end - layer.start, layer
        assert min(layer.busy, *layer.stalls.values()) >= 0, layer
        at = layer.end
    assert at == result.cycles
    for name, unit in result.units.items():
        idle = result.cycles - unit.busy - sum(unit.stalls.values())
        assert idle >= 0, (name, unit, result.cycles)
        assert min(unit.busy, *unit.stalls.values(), 0) >= 0, (name, unit)


def check_trace(result):
    """No unit does two things at once, and nothing lies outside the run."""
    by_unit = {}
    for interval in result.trace:
        assert 0 <= interval.start < interval.end <= result.cycles, interval
        by_unit.setdefault(interval.unit, []).append((interval.start, interval.end))
    for unit, spans in by_unit.items():
        spans.sort()
        for (_, before), (after, _) in pairwise(spans):
            assert before <= after, f"{unit} is in two places in cycle {after}"


def numbers(result):
    """Everything a result holds but the trace and the values."""
    return (
        result.cycles,
        [asdict(layer) for layer in result.layers],
        {name: asdict(unit) for name, unit in result.units.items()},
        dict(result.memory_counters),
    )


def check_repeats(programs, batches, result):
    """Running again, without watching, gives the same cycles and bits."""
    again = simulate(programs, batches, tracing=False)
    assert again.trace == ()
    assert numbers(again) == numbers(result)
    assert again.outputs.keys() == result.outputs.keys()
    for name, values in result.outputs.items():
        assert np.array_equal(values, again.outputs[name])
