"""`lightsim run` as a user calls it: the JSON contract, the tables, the options, the directory."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import jsonschema
import pytest

from lightsim.hardware.catalogue import BOARDS
from lightsim.network.zoo import load_network
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.select import quantise
from lightsim.reports.directory import FILES
from lightsim.reports.summary import run_schema
from lightsim.tiled.description.file import dump_accelerator
from lightsim.tiled.estimation.defaults import default_accelerator
from lightsim.tiled.mapping.tiles.file import dump_mapping
from lightsim.tiled.mapping.tiles.tiling import Tiling
from lightsim.tiled.optimum.default import best_default
from tests.cli.command import LIGHTSIM, lightsim, process

# Network, scheme, further options.
RUNS = [
    *(("digits", scheme, ()) for scheme in SCHEMES),
    *(("digits-small", scheme, ("--images", "3", "--batch", "2")) for scheme in SCHEMES),
    ("resnet20-cifar10", "lightnn2", ("--seed", "3")),
    ("lenet", "fixed4", ("--board", "pynq-z2")),
    ("lfc", "binary", ("--board", "ultra96")),
    ("digits-small", "lightnn1", ("--accelerator", "multiply_lut", "--ideal-memory")),
]
CONTRACT = {
    "schema": str, "network": str, "board": str, "scheme": str, "engine": str, "clock_hz": int,
    "images": int, "cycles": int, "latency_s": float, "throughput_images_per_s": float,
    "gops": float, "bit_exact": bool, "output_sha256": str, "resources": dict, "energy_j": float,
    "accuracy": float | None, "layers": list,
}  # fmt: skip
LAYER = {
    "name": str, "cycles": int, "macs": int, "terms": int, "k": dict, "utilisation": float,
    "bound_by": str, "stalls": dict,
}  # fmt: skip


def document(*arguments: str) -> dict:
    """The JSON document of a run that must succeed in silence."""
    ended = lightsim("run", *arguments, "--json")
    assert (ended.code, ended.err) == (0, "")
    return json.loads(ended.out)  # which refuses anything before or after the document


@pytest.fixture(autouse=True)
def _in_a_new_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("network", "scheme", "options"), RUNS, ids=str)
def test_the_document_keeps_the_contract_and_adds_up(
    network: str, scheme: str, options: tuple[str, ...]
):
    found = document(network, "--scheme", scheme, *options)
    jsonschema.validate(found, run_schema())
    assert list(found)[: len(CONTRACT)] == list(CONTRACT)
    assert all(isinstance(found[key], kind) for key, kind in CONTRACT.items())
    assert found["bit_exact"] is True
    assert len(found["output_sha256"]) == 64
    for layer in found["layers"]:
        assert list(layer)[: len(LAYER)] == list(LAYER)
        assert all(isinstance(layer[key], kind) for key, kind in LAYER.items())
        assert layer["busy"] + sum(layer["stalls"].values()) == layer["cycles"]
        assert 0 <= layer["utilisation"] <= 1
        assert layer["busy"] <= layer["cycles"]
    assert sum(layer["cycles"] for layer in found["layers"]) == found["cycles"]
    for unit in found["units"]:
        assert unit["busy"] + sum(unit["stalls"].values()) + unit["idle"] == found["cycles"]
    seconds = found["cycles"] / found["clock_hz"]
    assert found["throughput_images_per_s"] == pytest.approx(found["images"] / seconds)
    assert found["energy_j"] == pytest.approx(sum(found["energy_by_event_j"].values()))
    for row in found["resources"].values():
        assert 0 <= row["used"] <= row["available"]
    assert (found["accuracy"] is not None) == network.startswith("digits")


def test_the_same_command_gives_the_same_document():
    options = ("lenet", "--scheme", "flightnn", "--images", "2")
    assert lightsim("run", *options, "--json") == lightsim("run", *options, "--json")


def test_seeds_make_other_weights_only_where_weights_are_synthetic():
    one, two = (document("cnv", "--seed", seed) for seed in "12")
    assert one["output_sha256"] != two["output_sha256"]
    one, two = (document("digits-small", "--seed", seed) for seed in "12")
    assert one["output_sha256"] == two["output_sha256"]


def test_the_tables_hold_the_numbers_of_the_document():
    ended = lightsim("run", "digits", "--images", "2")
    found = document("digits", "--images", "2")
    assert (ended.code, ended.err) == (0, "")
    assert "\x1b" not in ended.out
    for number in (found["cycles"], *(row["used"] for row in found["resources"].values())):
        assert f"{number:,}" in ended.out
    for layer in found["layers"]:
        assert layer["name"] in ended.out and f"{layer['cycles']:,}" in ended.out
    assert f"{100 * found['accuracy']:.2f} %" in ended.out
    assert found["output_sha256"][:12] in ended.out
    assert "150 MHz" in ended.out and "Bit exact    yes" in ended.out


def test_a_run_on_a_default_says_how_near_the_proven_best_it_is():
    found = document("digits", "--images", "3", "--batch", "2")
    proven = found["default"]
    assert proven["images"] == 2 and proven["cycles"] < found["cycles"]
    assert proven["share_of_best"] == proven["bound_cycles"] / proven["cycles"] <= 1
    ended = lightsim("run", "digits", "--images", "3", "--batch", "2")
    assert f"{proven['bound_cycles']:,} " in ended.out and "Proven best" in ended.out
    within = 100 * (proven["cycles"] / proven["bound_cycles"] - 1)
    assert f"within {within:.1f} %" in " ".join(ended.out.split())
    Path("acc.toml").write_text(
        dump_accelerator(default_accelerator(BOARDS["pynq-z2"], SCHEMES["flightnn"]))
    )
    assert document("digits-small", "--accelerator", "acc.toml")["default"] is None
    assert document("digits-small", "--ideal-memory")["default"] is None
    assert "Proven best" not in lightsim("run", "digits-small", "--ideal-memory").out


def test_synthetic_weights_are_said_to_be_so():
    assert "synthetic" in lightsim("run", "cnv").out
    assert any("synthetic" in note for note in document("cnv")["notes"])


def test_a_larger_batch_reads_its_weights_once():
    """Two images of a network whose weights outweigh its activations, together and apart."""
    apart = document("lenet", "--images", "2")
    together = document("lenet", "--images", "2", "--batch", "2")
    assert together["output_sha256"] == apart["output_sha256"]
    weights = [
        sum(layer["traffic_bytes"].get("weight", 0) for layer in found["layers"])
        for found in (apart, together)
    ]
    # Tilings may differ, and with them what pads weight tiles to whole words.
    assert weights[0] == pytest.approx(2 * weights[1], rel=0.02)
    assert together["cycles"] < apart["cycles"]


def test_an_uneven_last_batch_takes_a_fixed_tiling_of_two_images():
    Path("map.toml").write_text(dump_mapping({"conv2": Tiling(32, 16, 8, 8, b=2)}))
    options = ("digits", "--images", "3", "--batch", "2")
    fixed = document(*options, "--mapping", "map.toml")
    assert fixed["bit_exact"]
    assert fixed["output_sha256"] == document(*options)["output_sha256"]


def mapping_of(directory: str) -> dict[str, Tiling]:
    configuration = json.loads((Path(directory) / "configuration.json").read_text())
    return {name: Tiling(**sizes) for name, sizes in configuration["mapping"].items()}


def test_the_mapping_that_was_chosen_can_be_fixed():
    chosen = document("digits", "--output", "chosen")
    Path("map.toml").write_text(dump_mapping(mapping_of("chosen")))
    fixed = document("digits", "--mapping", "map.toml")
    assert fixed == chosen


def test_filters_in_their_own_order_are_never_faster():
    # 16 rows: the 32 filters of a layer are two row groups, of like k or not.
    board = ("--board", "ulx3s")
    document("digits", *board, "--output", "chosen")
    lines = dump_mapping(mapping_of("chosen")).splitlines()
    # Without the key, the option decides.
    Path("map.toml").write_text("\n".join(t for t in lines if not t.startswith("sort_filters")))
    fixed = ("digits", *board, "--mapping", "map.toml")
    in_order = document(*fixed, "--keep-filter-order")
    by_k = document(*fixed)
    assert in_order["output_sha256"] == by_k["output_sha256"]
    assert in_order["cycles"] >= by_k["cycles"]
    assert sum(row["busy"] for row in in_order["layers"]) > sum(r["busy"] for r in by_k["layers"])


def test_an_ideal_memory_is_never_slower():
    ideal, real = document("digits", "--ideal-memory"), document("digits")
    assert ideal["cycles"] < real["cycles"]
    assert ideal["output_sha256"] == real["output_sha256"]
    assert any("memory is ideal" in note for note in ideal["notes"])


def test_an_ideal_memory_keeps_the_mapping_and_is_never_what_a_layer_is_bound_by():
    ideal, real = document("lenet", "--ideal-memory"), document("lenet")
    for row, before in zip(ideal["layers"], real["layers"], strict=True):
        assert row["mapping"] == before["mapping"]
        assert row["bound_by"] in ("compute", "port", "bank", "post")
    note = next(note for note in ideal["notes"] if "memory is ideal" in note)
    assert f"they take {real['cycles']:,} cycles" in note


def test_both_engines_name_the_same_cause():
    for options in ((), ("--images", "3")):
        simulated = document("digits", *options)
        timed = document("digits", *options, "--engine", "timeline")
        names = [(row["bound_by"], row["gain_cycles"]) for row in simulated["layers"]]
        assert names == [(row["bound_by"], row["gain_cycles"]) for row in timed["layers"]]


def test_a_large_dense_layer_is_bound_by_its_port():
    """25,088 x 512 weights of 8 bits over a port of 8 bytes: 1,605,632 words at least."""
    network = """
name = "dense"
title = "one large dense layer"
source = "made for this test"
[input]
channels = 512
height = 7
width = 7
[[layer]]
name = "d"
operator = "dense"
filters = 512
"""
    Path("dense.toml").write_text(network)
    options = ("--board", "zedboard", "--scheme", "fixed8", "--engine", "timeline")
    for more in ((), ("--ideal-memory",)):
        (row,) = document("dense.toml", *options, *more)["layers"]
        assert row["bound_by"] == "port"
        assert row["port_bound_cycles"] == row["memory_bound_cycles"] > row["dram_bound_cycles"]
        assert 25_088 * 512 // 8 <= row["port_bound_cycles"] <= row["cycles"]
        assert row["cycles"] < 1.01 * row["port_bound_cycles"]


@pytest.mark.parametrize("scheme", ["flightnn", "fixed8"])
def test_the_default_accelerator_written_as_a_file_runs_the_same(scheme: str):
    workload = quantise(load_network("digits"), SCHEMES[scheme], 0)
    accelerator = best_default(workload, BOARDS["pynq-z2"]).accelerator
    Path("acc.toml").write_text(dump_accelerator(accelerator))
    from_file = document("digits", "--accelerator", "acc.toml")
    chosen = document("digits", "--board", "pynq-z2", "--scheme", scheme)
    assert chosen["default"] is not None
    assert from_file == chosen | {"default": None}


def test_other_energy_tables_change_the_energy_alone():
    fpga, asic = (
        document("digits-small"),
        document("digits-small", "--energy", "asic-45nm-horowitz"),
    )
    assert fpga["energy_j"] != asic["energy_j"] and fpga["cycles"] == asic["cycles"]
    assert "45 nm" in asic["energy_source"]


def test_the_output_directory_holds_what_was_printed():
    ended = lightsim("run", "digits-small", "--json", "--output", "here/new")
    assert (ended.code, ended.err) == (0, "")
    assert {path.name for path in Path("here/new").iterdir()} == set(FILES)
    assert Path("here/new/summary.json").read_text() == ended.out


def test_an_earlier_run_is_overwritten_and_foreign_files_are_not():
    assert lightsim("run", "digits-small", "--output", "new").code == 0
    before = Path("new/summary.json").read_bytes()
    ended = lightsim("run", "digits-small", "--scheme", "fixed8", "--output", "new")
    assert ended.code == 0 and "written to new: open new/report.html" in ended.out
    assert Path("new/summary.json").read_bytes() != before
    Path("foreign").mkdir()
    Path("foreign/thesis.txt").write_text("five years of work")
    Path("file").write_text("x")
    for place, words in {
        "foreign": "('thesis.txt')", "file": "is a file", "file/below": "is a file",
    }.items():  # fmt: skip
        # A network that takes a minute: refused before it is run, or the test would show it.
        ended = lightsim("run", "vgg16", "--output", place)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith(f"error: {place}: ") and words in ended.err
    assert [path.name for path in Path("foreign").iterdir()] == ["thesis.txt"]


def test_as_a_process_of_its_own(tmp_path: Path):
    ended = process("run", "digits-small", "--json", cwd=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out) == document("digits-small")
    assert process("--version").out.startswith("lightsim ")
    assert process("run", "--help").out.startswith("Usage: lightsim run")


def test_a_full_disk_is_no_traceback():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [LIGHTSIM, "list", "schemes"], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 1
    assert done.stderr == "error: cannot write the output: No space left on device\n"
