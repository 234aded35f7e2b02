"""The examples run, and what they describe is what they say."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import lightsim
from lightsim.hardware.board_file import load_board
from lightsim.tiled.description.accelerator import Array, LaneGroup
from lightsim.tiled.estimation import estimate, total
from lightsim.tiled.mapping.tiles.file import load_mapping

EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.mark.parametrize("script", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_script_runs(script, tmp_path):
    if "torch" in script.name:
        pytest.importorskip("torch", reason="torch is the extra 'train'")
    # One writes its results where it is run.
    cwd = tmp_path if "torch" in script.name else EXAMPLES
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, cwd=cwd)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_five_lines_are_five_statements():
    import ast

    body = ast.parse((EXAMPLES / "five_lines.py").read_text()).body[1:]
    assert sum(1 + len(getattr(statement, "body", [])) for statement in body) == 5


def test_readme_shows_the_five_lines():
    readme = (EXAMPLES.parent / "README.md").read_text("utf-8")
    script = (EXAMPLES / "five_lines.py").read_text("utf-8")
    assert f"```python\n{script[script.index('import lightsim') :]}```" in readme


def test_readme_shows_the_lines_from_a_module_to_an_accelerator():
    readme = (EXAMPLES.parent / "README.md").read_text("utf-8")
    script = (EXAMPLES / "from_torch.py").read_text("utf-8")
    assert f"```python\n{script[script.index('network = ') :]}```" in readme


def test_two_lane_groups_give_the_same_bits_as_one():
    mixed = lightsim.run("digits", accelerator=EXAMPLES / "zc706-two-groups.toml")
    plain = lightsim.run("digits", board="zc706", scheme="flightnn")
    assert mixed.bit_exact
    assert mixed.output_sha256 == plain.output_sha256
    accelerator = lightsim.load_accelerator(EXAMPLES / "zc706-two-groups.toml")
    array = accelerator.array
    one = Array((LaneGroup("shift_add_serial", array.rows),), array.columns, array.pixels)
    same_shape = replace(accelerator, array=one)
    assert mixed.resources["dsp"].used > total(estimate(same_shape)).dsp
    # Two-term filters on rows that take them in one pass are what the DSP blocks buy. They buy no
    # LUTs: the shift rows beside them wait for the slower products in LUT shift registers.
    assert mixed.cycles < lightsim.run("digits", accelerator=same_shape).cycles


def test_accelerator_file_survives_writing():
    accelerator = lightsim.load_accelerator(EXAMPLES / "zc706-two-groups.toml")
    assert [group.pe for group in accelerator.array.groups] == ["multiply_dsp", "shift_add_serial"]
    assert 'pe = "multiply_dsp"' in lightsim.dump_accelerator(accelerator)


def test_mapping_file_is_obeyed():
    report = lightsim.run(
        EXAMPLES / "tiny.toml", board="pynq-z2", mapping=EXAMPLES / "tiny-mapping.toml"
    )
    tilings = load_mapping(EXAMPLES / "tiny-mapping.toml")
    used = {layer.name: layer for layer in report.layers}
    assert report.bit_exact
    assert {name: used[name].mapping for name in tilings} == {
        name: str(tiling) for name, tiling in tilings.items()
    }
    assert [used[name].tiles for name in ("stem", "body")] == [2, 4]


def test_board_file_is_used():
    board = load_board(EXAMPLES / "my-board.toml")
    report = lightsim.run(EXAMPLES / "tiny.toml", board=EXAMPLES / "my-board.toml", scheme="fixed8")
    assert report.bit_exact
    assert report.clock_hz == board.clock_hz
    assert report.resources["dsp"].available == board.device.resources.dsp
