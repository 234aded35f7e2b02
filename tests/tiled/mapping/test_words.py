"""The words of a pixel of a pooling, and how its values leave: one function, and one copy of it."""

from random import Random

import numpy as np

from lightsim.tiled.mapping.plan.words import streamed
from lightsim.tiled.timeline import expand
from lightsim.tiled.timeline import layout as at


def test_worked_out():
    # 20 channels in words of 8: two whole and four of a third; three lanes.
    assert streamed(0, 20, 8, 3) == (3, 3, 2)
    assert streamed(8, 20, 8, 4) == (2, 2, 1)
    assert streamed(0, 5, 8, 2) == (1, 3, 3)


def test_the_timeline_s_copy_says_the_same():
    """Inlined there, since a call to another room's kernel is not seen by numba's cache."""
    dice = Random(5)
    for _ in range(500):
        block, lanes = 1 << dice.randint(0, 8), 1 << dice.randint(0, 5)
        start = block * dice.randint(0, 3)
        stop, pixels = start + dice.randint(1, 5 * block), dice.randint(1, 50)
        kernel = dice.randint(1, 4), dice.randint(1, 4)
        launch = np.zeros(at.PASS_FIELDS, np.int64)
        launch[[at.BLOCK, at.POST_LANES]] = block, lanes
        launch[[at.KERNEL, at.KERNEL + 1]] = kernel
        row = np.full(at.TILE_FIELDS, -7, np.int64)
        expand._elementwise(launch, (start, stop), pixels, row)
        pixel, taps = streamed(start, stop, block, lanes), kernel[0] * kernel[1]
        assert row[at.OUTPUTS] == pixels * pixel.words
        assert row[at.SCALE] == max(taps, pixel.leave)
        assert row[at.BEHIND] == min(taps, pixel.leave_last) - 1
