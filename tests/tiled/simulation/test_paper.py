"""The simulation against the plain machine of `paper`: every tile and layer in the same cycle."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lightsim.hardware.device import IdealMemory
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.simulation.machine import simulate
from tests.tiled.simulation.cases import random_case
from tests.tiled.simulation.paper import Paper


@pytest.mark.parametrize("seed", range(1000, 1020))
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_the_same_cycles_as_the_text(scheme, seed):
    case = random_case(seed, scheme)
    program = case.program
    if not isinstance(case.accelerator.memory, IdealMemory):
        memory = IdealMemory(seed % 21, 1 + seed % 40)
        program = replace(program, accelerator=replace(case.accelerator, memory=memory))
    programs = [program] * len(case.batches)
    result = simulate(programs, case.batches)
    paper = Paper(programs).run()
    assert [layer.end for layer in result.layers] == paper.ends
    layers = {layer.name for layer in result.layers}
    tiles = [(i.start, i.end) for i in result.trace if i.unit == "array" and i.name in layers]
    assert tiles == paper.tiles
