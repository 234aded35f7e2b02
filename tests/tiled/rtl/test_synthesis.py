"""What a project folder needs for synthesis: sources that Yosys reads, scripts, a README."""

import pytest

from lightsim.hardware.catalogue import device
from lightsim.tiled.rtl.comparison.verify import verify_project
from lightsim.tiled.rtl.program.record import record
from lightsim.tiled.rtl.project.synthesis import write_scripts
from lightsim.tiled.rtl.project.writing import write_project
from lightsim.tiled.rtl.project.yosys import run_script
from lightsim.tiled.rtl.sources import SOURCES
from tests.quantisation.networks import convolution, network
from tests.tiled.rtl.cases import programs_for
from tests.tiled.simulation.machines import machine
from tests.tiled.simulation.test_properties import random_case

ONE_CONVOLUTION = network(
    [convolution(24, name="a", padding=1, activation="relu")], image=(32, 7, 6)
)
# What Verilator says of a netlist: it has no style.
_QUIET = "".join(
    f"/* verilator lint_off {rule} */\n"
    for rule in ("UNOPTFLAT", "WIDTH", "CASEOVERLAP", "CASEINCOMPLETE", "COMBDLY")
)


def netlist(folder):
    """Replace the sources of a project by what Yosys has read of them."""
    sources = " ".join(f"sv/{name}" for name in SOURCES)
    (folder / "read.ys").write_text(
        f"read_verilog -sv -defer {sources}\nhierarchy -check -top accelerator\n"
        "proc\nopt_clean\nflatten\nwrite_verilog -noattr netlist.v\n"
    )
    run_script(folder, "read.ys", "rtl")
    for name in SOURCES:
        (folder / "sv" / name).write_text("// in accelerator.sv\n")
    text = (folder / "netlist.v").read_text()
    (folder / "sv" / "accelerator.sv").write_text(_QUIET + text)
    (folder / "sv" / "waivers.vlt").write_text("`verilator_config\n")


def assert_read_equal(programs, batches, folder):
    recording = record(programs, batches)
    write_project(folder, programs, batches)
    netlist(folder)
    found = verify_project(programs, recording, folder)
    assert found.equal, found.lines()
    assert found.values_compared > 0


@pytest.mark.usefixtures("yosys")
def test_yosys_reads_the_same_machine(tmp_path):
    assert_read_equal(*programs_for(ONE_CONVOLUTION, machine(rows=2, columns=4)), tmp_path)


@pytest.mark.slow
@pytest.mark.usefixtures("yosys")
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "scheme", ["lightnn1", "lightnn2", "flightnn", "fixed8", "fixed4", "binary"]
)
def test_yosys_reads_random_machines(scheme, seed, tmp_path):
    case = random_case(seed, scheme)
    assert_read_equal([case.program] * len(case.batches), case.batches, tmp_path)


def test_scripts_name_every_source_and_the_part(tmp_path):
    write_scripts(tmp_path, 150_000_000, device("XC7Z045"))
    for family in ("xc7", "xcup"):
        script = (tmp_path / f"synthesise_{family}.ys").read_text()
        assert f"synth_xilinx -family {family} " in script
        assert all(f"sv/{name}" in script for name in SOURCES)
    vivado = (tmp_path / "vivado.tcl").read_text()
    assert "-part xc7z045ffg900-2" in vivado
    assert "-period 6.667" in vivado
    assert "NOT been run" in vivado


def test_no_vivado_script_for_a_device_it_does_not_know(tmp_path):
    write_scripts(tmp_path, 50_000_000, device("LFE5U-85F"))
    assert not (tmp_path / "vivado.tcl").exists()
