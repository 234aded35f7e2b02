"""The row groups as arrays against the row groups as a list, on random machines."""

from __future__ import annotations

import numpy as np
import pytest

from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.mapping.filters.row_groups import row_groups
from lightsim.tiled.mapping.filters.row_work import row_work
from lightsim.tiled.mapping.tiles.schedule import cut
from lightsim.tiled.mapping.tiles.tiling import grain
from tests.tiled.simulation.test_properties import random_case


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_the_arrays_say_what_the_list_says(scheme):
    for seed in range(60):
        case = random_case(seed, scheme)
        for layer in case.program.plan.layers:
            if layer.weights is None:
                continue
            size = grain(layer, case.accelerator).m * (1 + seed % 3)
            spans = cut(layer.computed.channels, min(size, layer.computed.channels))
            for sort in (True, False):
                listed = [row_groups(layer, case.accelerator, span, sort) for span in spans]
                found = row_work(layer, case.accelerator, spans, sort)
                flat = [group for groups in listed for group in groups]
                assert found.counts.tolist() == [len(groups) for groups in listed]
                for name in ("passes", "planes", "drain"):
                    wanted = np.array([getattr(group, name) for group in flat])
                    assert np.array_equal(getattr(found, name), wanted), (seed, layer.name, name)
