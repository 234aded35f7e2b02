"""Every word of a tensor is written exactly once, and no two things share a byte."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest

from lightsim.network.tensor import ElementType, TensorShape
from lightsim.tiled.mapping.lowering.passes import TensorView
from lightsim.tiled.mapping.plan.layout import Region, Span, Volume, activation_runs, first_in_word
from tests.tiled.simulation.cases import random_case

CASES = [(scheme, seed) for scheme in ("binary", "flightnn", "fixed8") for seed in range(30)]


def words_of(runs, region):
    """The words that runs touch, numbered within the region; a run must stay inside it."""
    for run in runs:
        assert run.nbytes > 0
        assert region.base <= run.address
        assert run.address + run.nbytes <= region.base + region.nbytes
        assert (run.address - region.base) % region.word_bytes == 0
        assert run.nbytes % region.word_bytes == 0
        start = (run.address - region.base) // region.word_bytes
        yield from range(start, start + run.nbytes // region.word_bytes)


def naive_words(region, view, volume):
    """The words of a box, one after another, by the definition [image][block][row][column].

    A vector is made of the words of one image in that same order.
    """
    words = region.blocks * region.height * region.width
    if view.as_vector:
        region = replace(region, blocks=words, height=1, width=1)
    blocks = sorted(
        {
            (view.offset + c) // region.block
            for c in range(volume.channels.start, volume.channels.stop)
        }
    )
    boxes = (range(s.start, s.stop) for s in (volume.images, volume.rows, volume.columns))
    images, rows, columns = boxes
    for image, block, row, column in product(images, blocks, rows, columns):
        yield ((image * region.blocks + block) * region.height + row) * region.width + column


@pytest.mark.parametrize(("scheme", "seed"), CASES)
def test_tiles_write_every_word_once_and_read_what_they_name(scheme, seed):
    program = random_case(seed, scheme).program
    regions = program.memory.regions
    written = {
        name: np.zeros(region.nbytes // region.word_bytes, int) for name, region in regions.items()
    }
    for schedule in program.schedules:
        layer = schedule.layer
        for tile in schedule.tiles:
            region = regions[layer.source.tensor]
            found = list(words_of(program.input_runs(schedule, tile), region))
            if tile.read.pixels:
                assert found == list(naive_words(region, layer.source, tile.read))
            if not tile.last:
                continue
            region = regions[layer.destination.tensor]
            found = list(words_of(program.output_runs(schedule, tile), region))
            assert sorted(found) == sorted(naive_words(region, layer.destination, tile.written))
            np.add.at(written[layer.destination.tensor], found, 1)
            if layer.residual is not None:
                region = regions[layer.residual.tensor]
                found = list(words_of(program.residual_runs(schedule, tile), region))
                assert found == list(naive_words(region, layer.residual, tile.computed))
    for name, counts in written.items():
        assert (counts == (0 if name == "input" else 1)).all(), name


@pytest.mark.parametrize(("scheme", "seed"), CASES)
def test_nothing_overlaps_in_memory(scheme, seed):
    program = random_case(seed, scheme).program
    spans = [(r.base, r.base + r.nbytes) for r in program.memory.regions.values()]
    for runs in program.weight_runs.values():
        spans += [(run.address, run.address + run.nbytes) for run in runs]
    spans.sort()
    for (_, before), (after, _) in pairwise(spans):
        assert before <= after
    assert spans[-1][1] <= program.memory.nbytes


def view_of(channels, bits=8, offset=0):
    return TensorView("t", offset, TensorShape(channels, 4, 6), ElementType(bits, False))


def runs_of(rows, columns, channels=(0, 24), images=(0, 1)):
    # 24 channels of 4 x 6 pixels in words of 8 bytes: 3 blocks of 192 bytes.
    region = Region(4096, 2, 3, 4, 6, 8, 8)
    volume = Volume(Span(*images), Span(*channels), Span(*rows), Span(*columns))
    return [
        (run.address - 4096, run.nbytes) for run in activation_runs(region, view_of(24), volume)
    ]


def test_runs_join_where_memory_is_contiguous():
    assert runs_of((0, 4), (0, 6)) == [(0, 576)]
    assert runs_of((0, 4), (0, 6), images=(0, 2)) == [(0, 576), (576, 576)]
    assert runs_of((1, 3), (0, 6)) == [(48, 96), (240, 96), (432, 96)]
    assert runs_of((1, 3), (2, 4), (8, 16)) == [(192 + 64, 16), (192 + 112, 16)]


def test_what_is_written_may_begin_inside_a_word():
    # Channels 12 to 19 of a tensor: the second half of a word of 8, and the first of the next.
    assert first_in_word(view_of(8, offset=16), 8) == 0
    assert first_in_word(view_of(8, offset=12), 8) == 4
    volume = Volume(Span(0, 1), Span(0, 8), Span(0, 4), Span(0, 6))
    assert volume.blocks(8) == 1
    assert volume.blocks(8, 4) == 2
    region = Region(0, 1, 3, 4, 6, 8, 8)
    runs = list(activation_runs(region, view_of(8, offset=12), volume))
    assert [(run.address, run.nbytes) for run in runs] == [(192, 2 * 192)]
