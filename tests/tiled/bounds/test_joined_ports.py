"""The bound where some ports need copies of joined parts that others do without."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.synthetic.workload import synthetic_workload
from lightsim.tiled.bounds import Axes, NetworkBound
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.timeline.model import run
from tests.quantisation.networks import convolution, network
from tests.tiled.simulation.machines import machine

# The second part begins at channel 8: at a word of 64 bits, inside a word of 128. It is read
# beside the join too, so the wider port takes a copy of it.
_LAYERS = (
    convolution(8, name="one", padding=1, activation="relu"),
    convolution(16, name="two", padding=1, activation="relu"),
    {"name": "joined", "operator": "concat", "inputs": ["one", "two"]},
    convolution(8, 1, name="reads"),
    convolution(8, 1, name="beside", input="two"),
)


@pytest.mark.parametrize("template", [64, 128])
@pytest.mark.parametrize("port", [64, 128])
def test_a_template_bounds_machines_with_other_copies(template, port):
    workload = synthetic_workload(network(_LAYERS, image=(3, 8, 8)), SCHEMES["flightnn"], 1)
    base = machine(columns=16)
    program = map_workload(workload, replace(base, port_bits=port))
    copies = [layer.name for layer in program.plan.layers if layer.name.startswith("joined.")]
    assert copies == (["joined.1"] if port == 128 else [])
    bound = NetworkBound(workload, replace(base, port_bits=template))
    axes = Axes.of([replace(base, port_bits=port)], 1)
    cycles, passes = bound.cycles(axes)[0], bound.pass_cycles(axes)[:, 0]
    found = run([program])
    assert 0 < cycles <= found.cycles
    took = {layer.name: layer.end - layer.start for layer in found.layers}
    limits = dict(zip(bound.passes, passes, strict=True))
    assert all(limit <= took.get(name, 0) for name, limit in limits.items())
    assert np.count_nonzero(passes) >= 4
    activity = bound.activity(axes)
    assert all((count >= 0).all() for count in activity.events.values())
