"""Accelerator files of the streaming template: read, written, and refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

import lightsim
from lightsim.streaming.description.accelerator import (
    Accumulator,
    Folding,
    StreamingAccelerator,
)

FILE = """\
template = "streaming"
name = "mine"
board = "pynq-z2"
scheme = "binary"
pipelines = "rigid"
depth = 7
[accumulator]
bits = 16
overflow = "wrap"
[layers.conv1]
pe = 4
simd = 3
lanes = "multiply_lut"
[layers."a.b"]
pe = 2
[fifos]
"conv1.fill" = 12
"""


def test_a_file_is_read_and_written_without_a_loss(tmp_path: Path):
    file = tmp_path / "mine.toml"
    file.write_text(FILE)
    made = lightsim.load_accelerator(file)
    board = lightsim.board("pynq-z2")
    assert made == StreamingAccelerator(
        name="mine",
        board="pynq-z2",
        scheme="binary",
        clock_hz=board.clock_hz,
        layers={"conv1": Folding(4, 3, "multiply_lut"), "a.b": Folding(2, 1)},
        port_bits=board.port_bits,
        accumulator=Accumulator(16, "wrap"),
        fifos={"conv1.fill": 12},
        pipelines="rigid",
        depth=7,
        memory=board.memory.part.kind,
    )
    file.write_text(lightsim.dump_accelerator(made))
    assert lightsim.load_accelerator(file) == made


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("pe = 4", "pe = 0", "pe is 0; accepted: a whole number above 0"),
        ("simd = 3", "simt = 3", "unknown key 'simt'; did you mean 'simd'"),
        ('"rigid"', '"stiff"', "pipelines is 'stiff'; accepted: free or rigid"),
        ("depth = 7", "depth = -1", "depth is -1"),
        ('"multiply_lut"', '"multiply_lot"', "unknown PE kind 'multiply_lot'; did you mean"),
        ('"multiply_lut"', '"xnor_popcount"', "lanes 'xnor_popcount' cannot run scheme 'fixed8'"),
        ("= 12", "= 0", "fifos is"),
        ("= 12", '= "deep"', "fifos is"),
        ("bits = 16", 'accumulation = "truncate"', "form whole products"),
        ('board = "pynq-z2"', "", "key 'clock' is missing; state it, or name a board"),
        ('scheme = "binary"', 'scheme = "bin"', "unknown scheme 'bin'"),
    ],
)
def test_a_mistake_is_said_in_one_line(old: str, new: str, said: str, tmp_path: Path):
    file = tmp_path / "mine.toml"
    text = FILE.replace(old, new, 1)
    if "xnor" in new:
        text = text.replace('"binary"', '"fixed8"')
    file.write_text(text)
    with pytest.raises(lightsim.InputError) as told:
        lightsim.load_accelerator(file)
    assert said in str(told.value)
    assert "\n" not in str(told.value)
