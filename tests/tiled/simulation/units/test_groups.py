"""Grouped convolutions whose tiles hold a part of a group, whole groups, or a group and a half."""

from __future__ import annotations

import pytest

from lightsim.errors import InputError
from lightsim.tiled.mapping.lowering.passes import lower
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.mapping.tiles.tiling import grain
from tests.tiled.simulation.layers import convolve, run, whole
from tests.tiled.simulation.machines import machine

# Three groups of 16 filters and 8 channels: a word of 8 channels, four row groups of 4.
IMAGE = (24, 5, 5)


@pytest.mark.parametrize("order", ["msn", "smn"])
@pytest.mark.parametrize("m", [8, 16, 24, 32, 40, 48])
def test_any_whole_words_of_filters(m, order):
    workload = convolve(48, 3, IMAGE, padding=1, groups=3, k=[1, 2, 0, 2] * 12)
    result = run(workload, machine(), conv=whole(workload.layers[0].layer, m=m, r=2, order=order))
    # A row group never holds filters of two groups: 12 of them whatever the tiles, 25 positions,
    # 9 taps and one column group; sorted within a tile: of 8 filters (2 2 2 2) and (1 1 0 0).
    steps = {8: 6 * (18 + 9), 16: 3 * (18 + 18 + 9 + 1)}.get(m)
    if steps is not None:
        assert result.layers[0].busy == 25 * steps


@pytest.mark.parametrize("order", ["msn", "smn"])
@pytest.mark.parametrize("m", [8, 16, 24, 32, 48])
def test_groups_that_begin_within_a_word(m, order):
    """Groups of 5 channels in words of 8: a tile's input begins before its first channel."""
    workload = convolve(48, 3, (15, 5, 5), padding=1, groups=3, k=[1, 2, 0, 2] * 12)
    run(workload, machine(), conv=whole(workload.layers[0].layer, m=m, r=2, order=order))


def test_parts_of_groups_whose_filters_fill_words_and_rows():
    for channels in (24, 12, 15):
        workload = convolve(48, 3, (channels, 5, 5), padding=1, groups=3)
        (layer,) = lower(workload, machine()).layers
        assert grain(layer, machine()).m == 8
    # Twelve filters a group do not fill words of eight: only whole pairs of groups.
    workload = convolve(36, 3, (12, 5, 5), padding=1, groups=3)
    (layer,) = lower(workload, machine()).layers
    assert grain(layer, machine()).m == 24
    with pytest.raises(InputError, match="Tm = 8 is not legal; accepted: multiples of 24 up to 36"):
        map_workload(workload, machine(), tilings={"conv": whole(layer.main.layer, m=8)})
