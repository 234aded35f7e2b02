"""A tiling that fits to the byte is legal; one byte less and the answer says what would do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lightsim.errors import InputError
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.synthetic.workload import synthetic_workload
from lightsim.tiled.description.accelerator import Buffer
from lightsim.tiled.mapping.lowering.passes import lower
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.mapping.tiles.choose import choose_tiling
from lightsim.tiled.mapping.tiles.footprint import Footprint, check_tiling, footprint
from lightsim.tiled.mapping.tiles.schedule import make_schedule
from lightsim.tiled.mapping.tiles.tiling import Tiling
from tests.quantisation.networks import convolution, network
from tests.tiled.simulation.layers import convolve
from tests.tiled.simulation.machines import machine

# 4 rows, 8 columns, 1 pixel, words of 8 bytes: tiles of 8 filters, 8 channels.
LAYERS = (
    convolution(16, name="stem", padding=1, activation="relu"),
    convolution(16, name="conv", padding=1),
    {"name": "sum", "operator": "add", "inputs": ["conv", "stem"], "activation": "relu"},
)
TILING = Tiling(16, 8, 4, 10, order="nms")
# input: rows 3 to 8 of the middle tile: 6 x 10 pixels x 1 block x 8 B.
# weight: 4 groups (16 filters, k up to 2): parameters 4 x 4 x 8 = 128 B; see the test.
# residual, output: 4 x 10 pixels x 2 blocks x 8 B.
# psum: nms, three s tiles inside: 3 slots x 4 groups x 40 pixels x 4 rows x 4 B.
NEED = {"input": 480, "residual": 640, "output": 640, "psum": 3 * 4 * 40 * 16}


def conv():
    workload = synthetic_workload(network(LAYERS, image=(16, 10, 10)), SCHEMES["flightnn"], 0)
    return next(layer for layer in lower(workload, machine()).layers if layer.name == "conv")


def weight_bytes():
    # A weight word of 8 columns x 4 rows x 4 bits is 16 B. The k are sorted into four groups.
    k = sorted(conv().main.k, reverse=True)
    planes = sum(int(k[i]) for i in range(0, 16, 4))
    return 128 + 9 * planes * 16


def fitted(need):
    def rounded(size):
        return Buffer(-(-size // 8) * 8, 2)

    return replace(
        machine(),
        input=rounded(need["input"]),
        weight=rounded(need["weight"]),
        residual=rounded(need["residual"]),
        output=rounded(need["output"]),
        psum_bytes=need["psum"],
    )


def test_the_need_of_every_buffer_worked_out():
    schedule = check_tiling(conv(), machine(), TILING, images=1)
    need = footprint(schedule, machine())
    assert need == Footprint(
        NEED["input"], weight_bytes(), NEED["residual"], NEED["output"], NEED["psum"], 16
    )


MESSAGES = {
    "input": "conv: tile Tm=16 Tn=8 Tr=4 Tc=10 nms needs 480 B of activations, buffer 'input' "
    "holds 472 B; largest legal Tr is 3",
    "weight": "conv: tile Tm=16 Tn=8 Tr=4 Tc=10 nms needs {weight} B of weights, buffer 'weight' "
    "holds {less} B; largest legal Tm is 8",
    "residual": "conv: tile Tm=16 Tn=8 Tr=4 Tc=10 nms needs 640 B of residuals, buffer "
    "'residual' holds 632 B; largest legal Tr is 3",
    "output": "conv: tile Tm=16 Tn=8 Tr=4 Tc=10 nms needs 640 B of outputs, buffer 'output' "
    "holds 632 B; largest legal Tr is 3",
    # 10 rows in tiles of r: ceil(10 / r) slots of 4 x 10 r words of 16 B: 7680 for r = 4 and 3,
    # 6400 for r = 2.
    "psum": "conv: tile Tm=16 Tn=8 Tr=4 Tc=10 nms needs 7680 B of partial sums, buffer 'psum' "
    "holds 7679 B; largest legal Tr is 2",
}


@pytest.mark.parametrize("name", MESSAGES)
def test_legal_at_the_byte_and_refused_below(name):
    need = {**NEED, "weight": weight_bytes()}
    check_tiling(conv(), fitted(need), TILING, images=1)
    less = {**need, name: need[name] - (1 if name == "psum" else 8)}
    with pytest.raises(InputError) as caught:
        check_tiling(conv(), fitted(less), TILING, images=1)
    text = MESSAGES[name].format(weight=weight_bytes(), less=weight_bytes() - 8)
    assert str(caught.value) == text


def test_the_hint_is_true():
    need = {**NEED, "weight": weight_bytes(), "input": NEED["input"] - 8}
    check_tiling(conv(), fitted(need), replace(TILING, r=3), images=1)


def test_sums_that_do_not_leave_the_array_need_no_memory():
    for order in ("msn", "smn"):
        one = replace(TILING, n=16, order=order)
        assert footprint(check_tiling(conv(), machine(), one, 1), machine()).psum == 0
        # Input channels innermost: one slot.
        split = replace(TILING, order=order)
        assert footprint(check_tiling(conv(), machine(), split, 1), machine()).psum == 4 * 40 * 16


def test_row_slots_of_the_parameter_memory():
    # 1032 filters of a 1x1 layer in one tile: 258 groups x 4 rows, more than 1024 slots.
    made = network([convolution(1032, 1, name="wide", activation="relu")], image=(8, 1, 1))
    (layer,) = lower(synthetic_workload(made, SCHEMES["flightnn"], 0), machine()).layers
    check_tiling(layer, machine(), Tiling(1024, 8, 1, 1), 1)
    with pytest.raises(InputError) as caught:
        check_tiling(layer, machine(), Tiling(1032, 8, 1, 1), 1)
    assert str(caught.value) == (
        "wide: tile Tm=1032 Tn=8 Tr=1 Tc=1 msn needs 1032 row slots of filter parameters, the "
        "parameter memory holds 1024; largest legal Tm is 1024"
    )


@pytest.mark.parametrize(
    ("tiling", "text"),
    [
        (
            Tiling(4, 8, 4, 10),
            "conv: Tm = 4 is not legal; accepted: multiples of 8 up to 16, or 16",
        ),
        (Tiling(24, 8, 4, 10), "conv: Tm = 24 is not legal; accepted: multiples of 8 up to 16"),
        (Tiling(8, 12, 4, 10), "conv: Tn = 12 is not legal; accepted: multiples of 8 up to 16"),
        (Tiling(8, 8, 4, 11), "conv: Tc = 11 is not legal; accepted: multiples of 1 up to 10"),
        (Tiling(8, 8, 4, 10, 3), "conv: Tb = 3 is not legal; accepted: 1 to 2"),
    ],
    ids=str,
)
def test_sizes_off_the_grain_are_refused(tiling, text):
    with pytest.raises(InputError) as caught:
        check_tiling(conv(), machine(), tiling, images=2)
    assert str(caught.value).startswith(text)


def test_a_buffer_too_small_for_the_smallest_tile():
    tiny = replace(machine(), input=Buffer(8, 2))
    with pytest.raises(InputError) as caught:
        choose_tiling(conv(), tiny, images=1)
    # One position of a 3x3 kernel, 8 channels: 9 pixels of 8 B.
    assert str(caught.value) == (
        "conv: even the smallest tile does not fit: tile Tm=8 Tn=8 Tr=1 Tc=1 msn needs 72 B of "
        "activations, buffer 'input' holds 8 B; accepted: a buffer that holds it"
    )


def held(layer, built, tiling):
    return footprint(make_schedule(layer, built, tiling, 1), built)


@pytest.mark.parametrize(
    ("columns", "channels", "words"), [(8, 40, 5), (16, 40, 6), (24, 40, 6), (32, 40, 8), (4, 3, 1)]
)
def test_a_box_takes_whole_lines_of_the_input_buffer(columns, channels, words):
    # 40 channels are 5 words of 8; lines of 1, 2, 3 and 4 words: 5, 3, 2 and 2 lines a pixel.
    made = network([convolution(8, 1, name="conv")], image=(channels, 4, 4))
    built = machine(columns=columns)
    (layer,) = lower(synthetic_workload(made, SCHEMES["flightnn"], 0), built).layers
    assert held(layer, built, Tiling(8, channels, 4, 4)).input == 16 * words * 8


def test_one_bit_words_fill_the_lines_of_eight_bit_ones():
    # 136 one-bit channels are 3 words of 64; two columns groups of 16 bytes make a line of 2.
    layers = [
        convolution(136, 1, name="first", activation="sign"),
        convolution(8, 1, name="conv"),
    ]
    built = machine(pe=(("xnor_popcount", 4),), columns=16, scheme="binary")
    made = synthetic_workload(network(layers, image=(3, 4, 4)), SCHEMES["binary"], 0)
    layer = lower(made, built).layers[1]
    assert layer.source.element.bits == 1
    assert held(layer, built, Tiling(8, 136, 4, 4)).input == 16 * 4 * 8


def test_depthwise_words_begin_lines_of_the_weight_buffer():
    # Eight serial rows of 4 bits: a depthwise word has 32 bits, two share the first port word of
    # a line of 8 columns x 32 bits = 4 words. 16 channels: two groups of 8 rows, whose parameters
    # take 16 x 8 = 128 B. k = 1: 2 x 9 words, 9 port words of 72 B in memory, 9 lines of 32 B here.
    workload = convolve(16, 3, (16, 4, 4), padding=1, depthwise=True)
    built = machine(rows=8)
    (layer,) = lower(workload, built).layers
    assert held(layer, built, Tiling(16, 16, 4, 4)).weight == 128 + 9 * 32
    program = map_workload(workload, built, tilings={"conv": Tiling(16, 16, 4, 4)})
    (run,) = program.weight_runs["conv"]
    assert run.nbytes == 128 + 72
    # 32 rows: 128 bits, two port words of the 16 of a line; one group of width 8.
    built = machine(rows=32)
    (layer,) = lower(workload, built).layers
    assert held(layer, built, Tiling(16, 16, 4, 4)).weight == 2 * 32 * 8 + 2 * 9 * 16 * 8
