"""The blocks a memory takes, in cases that can be counted by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightsim.hardware.device import Resources
from lightsim.tiled.estimation.modules.memories import block_ram_halves, memory_resources


@pytest.mark.parametrize(
    ("width", "depth", "halves"),
    [
        (72, 512, 2),  # one whole block at its widest
        (36, 512, 1),
        (37, 512, 2),
        (36, 513, 2),  # 18 x 1024, twice side by side
        (36, 1024, 2),
        (1, 16384, 1),
        (1, 16385, 2),
        (8, 4096, 2),
        (9, 2048, 1),
        (64, 512, 2),
        (256, 2048, 29),  # 9 x 2048: ceil(256 / 9)
        (4096, 512, 114),  # 32 x 32 lanes of 4 bits: ceil(4096 / 36)
    ],
)
def test_block_ram(width, depth, halves):
    assert block_ram_halves(width, depth) == halves


@pytest.mark.parametrize(
    ("args", "uram", "expected"),
    [
        ((6, 32), False, Resources(lut=4)),
        ((7, 32), False, Resources(lut=8)),
        ((3, 64), False, Resources(lut=4)),
        ((64, 64, 2), False, Resources(lut=2 * 4 * 22)),
        ((36, 65), False, Resources(bram36=1)),
        ((36, 512, 3), False, Resources(bram36=2)),  # three halves
        ((72, 512, 2), False, Resources(bram36=2)),
        # 72 x 4096 fills one UltraRAM, or eight blocks of 36 kb.
        ((72, 4096), True, Resources(uram=1)),
        ((72, 4096), False, Resources(bram36=8)),
        # Half full, an UltraRAM would waste more than the block RAM.
        ((72, 2048), True, Resources(bram36=4)),
        ((144, 4096, 2), True, Resources(uram=4)),
    ],
)
def test_choice(args, uram, expected):
    assert memory_resources(*args, has_uram=uram) == expected


@settings(derandomize=True, deadline=None)
@given(st.integers(1, 3000), st.integers(65, 20000))
def test_blocks_hold_the_bits_and_grow_with_them(width, depth):
    halves = block_ram_halves(width, depth)
    assert halves * 18432 >= width * depth
    assert block_ram_halves(width + 1, depth) >= halves
    assert block_ram_halves(width, depth + 1) >= halves
