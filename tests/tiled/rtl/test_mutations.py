"""Proof that verification can fail: faults put into the RTL, every one of them found."""

import re

import pytest

from lightsim.hardware.device import IdealMemory
from lightsim.tiled.mapping.tiles.tiling import Tiling
from lightsim.tiled.rtl.comparison.verify import verify_project
from lightsim.tiled.rtl.program.record import record
from lightsim.tiled.rtl.project.writing import write_project
from tests.quantisation.networks import convolution, dense, network
from tests.tiled.rtl.cases import programs_for
from tests.tiled.simulation.machines import DDR3, ONE_PORT, machine

SLOW_MEMORY = IdealMemory(3, 2)

# What is replaced by what, in which module.
FAULTS = {
    "shift amount off by one": ("lane_rows", "3'd7 - exponent[c][r]", "3'd6 - exponent[c][r]"),
    "sign ignored": ("lane_rows", "'0 : negative[c][r] ? -size", "'0 : 1'b0 ? -size"),
    "absent term counted": ("lane_rows", "whole[EXPONENT+:3] != 3'd7", "1'b1"),
    "accumulator too short": (
        "lane_rows", "next_sum[p][r] = (starts ? $signed(from[p][r]) : sum[p][r]) + added",
        "next_sum[p][r] = SUM_BITS'($signed(12'((starts ? from[p][r] : sum[p][r]) + added)))",
    ),
    "bias forgotten": ("accelerator", "SUM_BITS'($signed(slots[r][31:0]))", "'0"),
    "buffer swapped early": ("banks", "commit && BANKS", "acquire && BANKS"),
    "bank free too early": ("accelerator", ".drop(tile_ends && tile.next_loads_input)",
                            ".drop(tile_begins && tile.next_loads_input)"),
    "loop bound off by one": ("step_generator", "tap_column + 16'd1 == layer.kernel_columns",
                              "tap_column == layer.kernel_columns"),
    "flush missing": ("accelerator", "assign ends_sums = summed_step.valid && summed_step.ends",
                      "assign ends_sums = sum_step.valid && sum_step.ends"),
    "wrong rounding": ("rounder", "HALF_UP: up = half;", "HALF_UP: up = 1'b0;"),
    "pass counter stuck": ("step_generator",
                           "pass <= ends_passes ? '0 : pass + 8'd1", "pass <= '0"),
    "stall ignored": ("accelerator",
                      "!(ends_sums && tile.last && snapshot_busy && !snapshot_empties)", "1'b1"),
    "padding not zero": ("input_buffer", "else if (!is_image_2[p]) values[p][c] = '0;", ""),
    "partial sums dropped": ("accelerator", ": partial[p][r];", ": '0;"),
    "window not opened": ("output_slice", "keeps = !opens_1 &&", "keeps = 1'b1 &&"),
    "value in flight not seen": ("output_slice", "old = valid_2 &&", "old = 1'b0 &&"),
    "value before it not seen": ("output_slice", ": valid_3 &&", ": 1'b0 &&"),
    "row of another lane": ("drain", "[31:16] & 16'(LANES - 1)) == 16'(l)",
                            "[31:16] & 16'(LANES - 1)) == 16'((l + 1) % LANES)"),
    "idle lane writes": ("drain", "busy && pending != '0", "busy"),
    "row taken twice": ("drain", "pending & (pending - 1'b1)", "pending"),
    "pooling done early": ("elementwise", "tailing && tail == '0", "tailing && tail == tile.tail"),
    "requests cut elsewhere": ("request_walker", "(global_address & 32'(LIMIT - 1))",
                               "(~global_address & 32'(LIMIT - 1))"),
    "weights before results": ("arbiter", "0: candidate = 2'(machine_pkg::OUTPUT)",
                               "0: candidate = 2'(machine_pkg::WEIGHT)"),
    "layer opened early": ("controller",
                           "wait_cycles == 8'd1) opened", "wait_cycles == 8'd2) opened"),
    "residual ignored": ("post_lane", "other_4 <= residual_3 *", "other_4 <= 9'sd0 *"),
}  # fmt: skip


def everything(memory=SLOW_MEMORY):
    """A small network and machine in which each of these parts decides something."""
    net = network(
        [
            convolution(4, name="a", padding=1, activation="relu"),
            convolution(4, name="b", padding=1),
            {"name": "sum", "operator": "add", "inputs": ["a", "b"], "activation": "relu"},
            {"name": "largest", "operator": "max_pool", "kernel": 2},
            convolution(4, 1, name="c", activation="relu"),
            {"name": "halved", "operator": "max_pool", "kernel": 2},
            {"name": "slides", "operator": "max_pool", "kernel": 2, "stride": 1},
            dense(3, name="scores"),
        ],
        image=(8, 9, 10),
    )
    accelerator = machine(
        ports=ONE_PORT, rows=3, columns=4, pixels=2, lanes=2, port_bits=32, request_bytes=32,
        memory=memory,
    )  # fmt: skip
    tilings = {
        "a": Tiling(4, 4, 5, 3, 1, "msn"),
        "b": Tiling(4, 4, 2, 6, 1, "mns"),
        "scores": Tiling(3, 4, 1, 1),
    }
    return programs_for(net, accelerator, tilings=tilings)


@pytest.fixture(scope="module")
def case():
    programs, batches = everything()
    return programs, batches, record(programs, batches)


def faulty(folder, case, fault):
    """A project folder with one fault in its sources, and what it is compared with."""
    programs, batches, recording = case
    module, right, wrong = FAULTS[fault]
    write_project(folder, programs, batches)
    source = folder / "sv" / f"{module}.sv"
    text = source.read_text("utf-8")
    assert text.count(right) == 1, fault
    source.write_text(text.replace(right, wrong), "utf-8")
    return programs, recording, folder


# Faults that an ideal memory forgives: two requests take as long as one of the same words.
REPLAYED = ("request over the boundary",)

# A wrong value, a wrong cycle, and a request that comes too early.
QUICK = ("wrong rounding", "stall ignored", "layer opened early")


@pytest.mark.parametrize(
    "fault",
    [pytest.param(f, marks=() if f in QUICK else pytest.mark.slow) for f in sorted(FAULTS)],
)
def test_a_fault_is_found(case, tmp_path, fault):
    if fault in REPLAYED:
        programs, batches = everything(DDR3)
        case = programs, batches, record(programs, batches)
    verdict = verify_project(*faulty(tmp_path, case, fault))
    assert not verdict.equal, f"{fault}: {verdict.lines()}"
    assert verdict.lines()[0]
    assert verdict.first_cycle is not None


def test_a_wrong_value_is_named_and_its_cycles_are_written(case, tmp_path):
    wave = tmp_path / "first.vcd"
    verdict = verify_project(*faulty(tmp_path / "project", case, "sign ignored"), wave=wave)
    told = r"layer 'a', tile \d+, image 0, channel \d, position \(\d, \d\): "
    assert re.match(told + r"expected -?\d+, found -?\d+; the tile ended in cycle \d+",
                    verdict.lines()[0])  # fmt: skip
    head, _, changes = wave.read_text("ascii").partition("$enddefinitions $end")
    assert {"layers_stored", "tile_ends", "enable"} <= set(
        re.findall(r"\$var wire +\d+ \S+ (\w+)", head)
    )
    halves = [int(time) for time in re.findall(r"^#(\d+)$", changes, re.MULTILINE)]
    first = verdict.first_cycle
    # Two time steps a cycle; at least the clock changes in each.
    assert (halves[0], halves[-1]) == (2 * max(0, first - 200), 2 * (first + 50) + 1)
    assert len(halves) == halves[-1] - halves[0] + 1


def test_without_a_fault_everything_is_equal_and_no_waveform_written(case, tmp_path):
    programs, batches, recording = case
    write_project(tmp_path, programs, batches)
    wave = tmp_path / "none.vcd"
    verdict = verify_project(programs, recording, tmp_path, wave=wave)
    assert verdict.equal, verdict.lines()
    assert verdict.values_compared > 0
    assert verdict.first_cycle is None
    assert not wave.exists()


def test_there_are_as_many_faults_as_asked_for():
    assert len(FAULTS) >= 12
