"""Layers whose cycles can be worked out by hand from docs/machine.md, to the cycle.

The machine is `machines.PLAIN`: 4 rows, 8 columns, words of 8 bytes (8 channels), requests of
at most 1024 bytes = 128 words, ideal memory of latency 10 and 32 bytes a cycle, every stream on
its own port. Its depth is D = 2 + 1 (serial) + 3 (eight columns) + 1 = 7.
"""

from __future__ import annotations

import pytest

from lightsim.hardware.device import IdealMemory
from lightsim.tiled.description.accelerator import Buffer
from tests.tiled.simulation.layers import convolve, run, whole, workload_of
from tests.tiled.simulation.machines import machine

IMAGE = (8, 16, 16)


def only(result):
    (layer,) = result.layers
    return layer


def test_compute_bound_in_one_tile():
    # Weights: parameters 4 rows x 8 B = 4 words; 9 weight words of 8 columns x 4 rows x 4 bits
    # = 128 bits = 2 port words: 18; 176 B, asked for at 0, occupy the memory until 6.
    # Input: 256 words = 2 requests. Open at 4: the first is granted at 4, starts at 6, its
    # words come in cycles 16 to 143, those of the second right behind: full at 272.
    # Array: s = 272, S = 9 taps x 1 column group x 1 pass, E = ceil(4 / 4) = 1.
    # c_256 = 272 + 7 + 256 x 9 = 2583 = e, d = 2584, output bank full at 2590.
    # Store: two requests of 128 words: shown at 2590 + 128 = 2718 and 2719 + 128 = 2847; the
    # second is acknowledged at 2847 + 32 + 10 = 2889.
    layer = only(run(convolve(4, 3, IMAGE, padding=1), machine()))
    assert (layer.start, layer.end, layer.busy) == (0, 2889, 2304)
    assert layer.stalls == {"start": 4, "input": 268, "flush": 7, "store": 306}


def rows_of_four(workload):
    return whole(workload.layers[0].layer, r=4)


def test_ping_pong_input_hides_all_loads_but_the_first():
    # Four tiles of 4 rows; they read 5, 6, 6, 5 rows of 16 words. Tile 0: 640 B granted at 4,
    # started at 6, words from 16: full at 96. Each tile takes 7 + 64 x 9 = 583 cycles, far more
    # than the next one's load: e = 96 + 4 x 583 = 2428, d = 2429, full at 2435, 64 words pushed
    # until 2499, acknowledged at 2499 + 16 + 10 = 2525.
    workload = convolve(4, 3, IMAGE, padding=1)
    layer = only(run(workload, machine(), conv=rows_of_four(workload)))
    assert (layer.end, layer.busy) == (2525, 2304)
    assert layer.stalls == {"start": 4, "input": 92, "flush": 28, "store": 97}


def test_a_single_input_bank_adds_every_load():
    # As above, but a load begins when the tile before it ends. At T, tile 1 (rows 3 to 8) asks
    # for 640 B up to the 1024 B mark and 128 B behind it: words from T + 10, 96 of them in a row:
    # T + 106. Tile 2 likewise (128 B, then 640 B). Tile 3 (rows 11 to 15): 640 B, T + 90.
    # 106 + 106 + 90 = 302 more than with two banks.
    workload = convolve(4, 3, IMAGE, padding=1)
    built = machine(input=Buffer(65536, 1))
    layer = only(run(workload, built, conv=rows_of_four(workload)))
    assert (layer.end, layer.busy) == (2525 + 302, 2304)
    assert layer.stalls == {"start": 4, "input": 92 + 302, "flush": 28, "store": 97}


def test_a_single_output_bank_waits_for_every_store():
    # A tile's end e to its bank being free again: d = e + 1, full at e + 7, 64 words pushed by
    # e + 71, acknowledged 16 + 10 later: e + 97. Tile i + 1 starts only then: 3 x 97 more.
    workload = convolve(4, 3, IMAGE, padding=1)
    built = machine(output=Buffer(65536, 1))
    layer = only(run(workload, built, conv=rows_of_four(workload)))
    assert (layer.end, layer.busy) == (2525 + 3 * 97, 2304)
    assert layer.stalls == {"start": 4, "input": 92, "output": 291, "flush": 28, "store": 97}


def dense_layer():
    # 256 channels, 64 filters: 8 tiles of 8 filters (two row groups), 2 x 32 steps each.
    return convolve(64, 1, (256, 1, 1))


@pytest.mark.parametrize(("banks", "period"), [(2, 146), (1, 146 + 71)])
def test_memory_bound_by_weights(banks, period):
    # A weight tile: parameters of 2 x 4 rows = 8 words, 64 weight words of 2 port words: 136
    # words, in one or two requests without a gap: T + 10 + 136. It is computed in 7 + 64 = 71.
    # Two banks: one load follows the other, tile i starts at 146 (i + 1). One bank: each load
    # waits for the array, 217 a tile. The input (32 words) is asked for at 4, but the two
    # requests of the first weight tile hold the channel's slots: they occupy it from 0 to 32 and
    # from 32 to 34. It is granted at 32, starts at 34, and is full at 44 + 32 = 76.
    # After the last tile's end: d 1 later, + 6, one word pushed, + 1 + 10: 19 cycles.
    workload = dense_layer()
    built = machine(weight=Buffer(65536, banks))
    layer = only(run(workload, built, conv=whole(workload.layers[0].layer, m=8)))
    assert layer.end == 146 + 7 * period + 71 + 19
    assert layer.busy == 8 * 64
    assert layer.stalls == {
        "start": 4,
        "input": 72,
        "weight": 70 + 7 * (period - 71),
        "flush": 56,
        "store": 19,
    }


def test_post_processing_bound():
    # 1x1, one column group: S = 1; 4 values and one post lane: E = 4. Weights 6 words, off the
    # memory at 2. Input: granted at 4 and 5, words from 14 in a row: s = 14 + 256 = 270.
    # c_1 = 270 + 7 + 1, then one every 4: c_256 = 278 + 255 x 4 = 1298 = e. Lost to post:
    # 1298 - 270 - 7 - 256 = 765. d = 1302, full 1308, store: 1308 + 128 = 1436, 1437 + 128 =
    # 1565, + 32 + 10 = 1607.
    layer = only(run(convolve(4, 1, IMAGE), machine(lanes=1)))
    assert (layer.end, layer.busy) == (1607, 256)
    assert layer.stalls == {"start": 4, "input": 266, "post": 765, "flush": 7, "store": 309}


def test_a_slow_drain_holds_up_the_next_tile():
    # 4 pixels, one lane: E = 4 x 4 = 16, longer than D + S = 8. A tile of 8 rows has 32 pixel
    # groups: c_32 - s = 7 + 1 + 31 x 16 = 504 in the first tile; in the second c_1 waits for
    # d = s' + 16: 16 + 31 x 16 = 512. Post: 504 - 39 = 465 and 512 - 39 = 473.
    workload = convolve(4, 1, IMAGE)
    built = machine(lanes=1, pixels=4)
    layer = only(run(workload, built, conv=whole(workload.layers[0].layer, r=8)))
    assert layer.busy == 64
    assert (layer.stalls["post"], layer.stalls["flush"]) == (465 + 473, 14)


def test_a_partial_pixel_group_drains_only_what_it_holds():
    # 15 positions over 4 pixels: 4 groups, E = 4 x ceil(4 / 1) = 16, the last 3 x 4 = 12.
    # c_4 = s + 7 + 1 + 3 x 16; d = c_4 + 12; from e to the end: 12 + 6 + 15 words + 4 + 10.
    layer = only(run(convolve(4, 1, (8, 3, 5)), machine(lanes=1, pixels=4)))
    assert (layer.busy, layer.stalls["post"]) == (4, 56 - 7 - 4)
    assert layer.stalls["store"] == 12 + 6 + 15 + 4 + 10


def busy(workload, built, **changes):
    tiling = whole(workload.layers[0].layer, **changes)
    return only(run(workload, built, conv=tiling)).busy


def test_two_terms_cost_exactly_twice_one():
    assert busy(convolve(4, 3, IMAGE, padding=1, k=1), machine()) == 256 * 9
    assert busy(convolve(4, 3, IMAGE, padding=1, k=2), machine()) == 256 * 18


def test_sorting_filters_by_k_pays():
    # Eight filters, four rows. Sorted: groups (2 2 2 2) and (1 1 1 1): 18 + 9 steps. As they
    # are, each group has a two-term filter: 18 + 18.
    workload = convolve(8, 3, IMAGE, padding=1, k=[2, 1, 2, 1, 1, 2, 1, 2])
    assert busy(workload, machine()) == 256 * 27
    assert busy(workload, machine(), sort_filters=False) == 256 * 36


def test_pruned_filters_cost_one_step_a_group():
    # k sorted: (2 1 1 1), (0 0 0 0): 18 steps and the one that puts out the biases.
    workload = convolve(8, 3, IMAGE, padding=1, k=[0, 1, 0, 2, 0, 1, 0, 1])
    assert busy(workload, machine()) == 256 * 19


def test_rows_of_mixed_kinds_take_two_terms_in_one_pass():
    # Two DSP rows beside two serial rows: the two-term filters go to the DSP rows, so a group
    # of four filters takes 9 steps and not 18. Three two-term filters are one too many.
    mixed = machine(pe=(("multiply_dsp", 2), ("shift_add_serial", 2)))
    assert busy(convolve(4, 3, IMAGE, padding=1, k=[1, 2, 1, 2]), mixed) == 256 * 9
    assert busy(convolve(4, 3, IMAGE, padding=1, k=[1, 2, 2, 2]), mixed) == 256 * 18


def test_a_lane_drains_the_rows_of_its_own_positions():
    # A pointwise layer of eight filters on four rows, two lanes. Sorted, the two-term ones make
    # the first group: places 0 2 4 6 are all of lane 0, places 1 3 5 7 all of lane 1: E = 4 of
    # both groups, where S = 2 and 1. D = 2 + 1 + 3 + 1 = 7; c_1 = s + 9, then one every 4 cycles:
    # c_256 = s + 1029, c_512 = s + 1029 + 256 x 4 = s + 2053 = e. 2053 - 7 - 768 = 1278.
    workload = convolve(8, 1, IMAGE, k=[2, 1] * 4)
    layer = only(run(workload, machine(lanes=2)))
    assert (layer.busy, layer.stalls["post"], layer.stalls["flush"]) == (768, 1278, 7)
    # In their own order each group has two rows of each lane: E = 2 = S, and nothing waits.
    tiling = whole(workload.layers[0].layer, sort_filters=False)
    layer = only(run(workload, machine(lanes=2), conv=tiling))
    assert (layer.busy, "post" in layer.stalls) == (1024, False)


def test_unused_rows_are_not_drained():
    # A serial row before three DSP rows, eight two-term filters: three groups of one pass,
    # (. 2 2 2), (. 2 2 2), (. 2 2 .): E = 3, 3, 2 with one lane. S = 1, D = 2 + 3 + 3 + 1 = 9.
    # c_256 = s + 10 + 255 x 3 = s + 775; second group: c_512 = s + 778 + 765 = s + 1543; third:
    # s + 1546 + 255 x 2 = s + 2056 = e. 2056 - 9 - 768 = 1279.
    rows = (("shift_add_serial", 1), ("multiply_dsp", 3))
    layer = only(run(convolve(8, 1, IMAGE, k=2), machine(pe=rows, lanes=1)))
    assert (layer.busy, layer.stalls["post"], layer.stalls["flush"]) == (768, 1279, 9)


def test_a_mixed_array_is_as_deep_as_its_slowest_rows():
    # DSP rows: product latency 3 instead of 1.
    mixed = machine(pe=(("multiply_dsp", 2), ("shift_add_serial", 2)))
    layer = only(run(convolve(4, 3, IMAGE, padding=1), mixed))
    assert layer.stalls["flush"] == 2 + 3 + 3 + 1


def test_depthwise_uses_one_column_a_row():
    # 16 channels; row groups hold 4 (the largest divisor of 8 columns not above 4 rows): four
    # groups of 9 taps x k. Sorting does not apply: a channel's column is fixed.
    workload = convolve(16, 3, (16, 6, 6), padding=1, depthwise=True)
    assert busy(workload, machine()) == 36 * 4 * 9
    # Three rows and eight columns: width 2, eight groups.
    assert busy(workload, machine(rows=3)) == 36 * 8 * 9


@pytest.mark.parametrize("each", [2, 3, 4, 8])
def test_the_filters_of_a_channel_take_its_row_in_turn(each):
    # 16 channels in four row groups of 4, as above, `each` times over: so many times the steps.
    keys = {"padding": 1, "groups": 16}
    assert busy(convolve(16 * each, 3, (16, 6, 6), **keys), machine()) == 36 * 4 * 9 * each
    # Their values leave evenly: 4 rows through 4 lanes, as fast as the one step of a 1x1 kernel.
    made = run(convolve(16 * each, 1, (16, 6, 6), groups=16), machine(lanes=4))
    assert (only(made).busy, only(made).stalls.get("post", 0)) == (36 * 4 * each, 0)
    # Filters of one channel that are more than fit beside those of others: rows of one channel.
    # Three channels have a row group of 3 rows of 4 for each of 8 filters, or six of 4 rows.
    assert busy(convolve(24, 3, (3, 6, 6), padding=1, groups=3), machine()) == 36 * 6 * 9


def test_groups_touch_whole_column_groups():
    # Two groups of 12 channels: the first touches columns 0-7, 8-15; the second, from channel
    # 12, columns 8-15 and 16-23. Each has 4 filters: 2 x 2 x 9 steps.
    workload = convolve(8, 3, (24, 6, 6), padding=1, groups=2)
    assert busy(workload, machine()) == 36 * 2 * 2 * 9


def test_xnor_lanes_take_activation_bits_one_by_one():
    # 8-bit input under `binary`: 8 passes a tap; D = 2 + 1 + 3 + 1.
    workload = convolve(4, 3, IMAGE, padding=1, scheme="binary")
    built = machine(pe=(("xnor_popcount", 4),), scheme="binary")
    assert busy(workload, built) == 256 * 9 * 8


def test_a_pooling_streams_through_the_post_processor():
    # 3x3 windows with stride 2 over 16x16: 7x7 = 49 words, S = max(9, 8 / 4) = 9. They need 15
    # of 16 rows and columns: 15 runs of 15 words, fetched in a row: s = 14 + 225 = 239 = b.
    # e = 239 + 2 + 441 = 682. The last block's 8 values leave through 4 lanes in two cycles, from
    # the cycle in which its last word was read: d = 682 + min(9, 2) - 1 = 683, full at 689; 49
    # words pushed: 738; 392 B: 13 + 10: 761.
    entry = {"name": "conv", "operator": "max_pool", "kernel": 3, "stride": 2}
    layer = only(run(workload_of([entry], IMAGE), machine()))
    assert (layer.end, layer.busy) == (761, 441)
    assert layer.stalls == {"start": 4, "input": 235, "flush": 2, "store": 79}


def test_a_pooling_of_small_windows_is_bound_by_the_lanes():
    # 2x2 windows: S = max(4, ceil(8 / 1)) = 8 for each of 64 words.
    entry = {"name": "conv", "operator": "max_pool", "kernel": 2}
    assert only(run(workload_of([entry], IMAGE), machine(lanes=1))).busy == 64 * 8


@pytest.mark.parametrize(("lanes", "slot", "behind"), [(1, 8, 3), (2, 4, 1), (4, 4, 0), (16, 4, 0)])
def test_the_last_block_of_a_pooling_leaves_behind_the_end(lanes, slot, behind):
    # 12 channels are blocks of 8 and 4; 2x2 windows: S = max(4, ceil(8 / lanes)), and the last
    # block's values are gone min(4, ceil(4 / lanes)) - 1 cycles after the end. Then 6 cycles, 8
    # words pushed, 2 + 10 for the memory.
    entry = {"name": "conv", "operator": "max_pool", "kernel": 2}
    workload = workload_of([entry], (12, 4, 4))
    layer = only(run(workload, machine(lanes=lanes)))
    assert layer.busy == 8 * slot
    assert layer.stalls["store"] == behind + 6 + 8 + 2 + 10


def test_a_pooling_waits_until_the_one_before_has_left():
    # As above in two tiles of a row, one lane: the first tile takes 2 + 32 cycles, the load of
    # the second 10 + 16 at the same time. So the second is there at e and begins at d = e + 3.
    entry = {"name": "conv", "operator": "max_pool", "kernel": 2}
    workload = workload_of([entry], (12, 4, 4))
    layer = only(run(workload, machine(lanes=1), conv=whole(workload.layers[0].layer, r=1)))
    assert (layer.busy, layer.stalls["post"], layer.stalls["flush"]) == (64, 3, 4)


@pytest.mark.parametrize(("outstanding", "full"), [(1, 4 + 576), (2, 4 + 296), (4, 4 + 266)])
def test_outstanding_requests_hide_the_latency(outstanding, full):
    # Requests of 8 words, 32 of them. A lone request takes 10 + 8 cycles.
    # One under way: 32 x 18 = 576. Two: the second's words follow the first's, the third is
    # granted at 18 when the first is done: pairs every 18 cycles, the last pair ends at
    # 15 x 18 + 26 = 296. Four cover the latency: 10 + 256 = 266. (Weights: 6 words before 4.)
    built = machine(request_bytes=64, outstanding=outstanding)
    layer = only(run(convolve(4, 1, IMAGE), built))
    assert layer.stalls["input"] == full - 4


def test_a_slow_memory_is_shared_by_weights_and_input():
    # 4 bytes a cycle. Weights 48 B: 0 to 12. Input requests of 1024 B take 256 cycles each: the
    # first starts at 12, the second at 268; its last word comes at 268 + 10 + 256 = 534.
    built = machine(memory=IdealMemory(10, 4))
    layer = only(run(convolve(4, 1, IMAGE), built))
    assert layer.stalls["input"] == 534 - 4
