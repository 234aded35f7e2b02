"""`lightsim explore` as a user calls it: the JSON contract, the directory, the answer confirmed."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from dse.reports.directory import JOURNAL
from dse.reports.tables import TRIALS
from dse.study.study import load_study
from dse.study.writing import study_text
from lightsim.tiled.description.file import load_accelerator
from tests.cli.command import assert_refused, lightsim, process
from tests.dse.explore.spaces import small_study

FILES = {
    "study.toml", "summary.json", "best.toml", "front.csv", TRIALS, "report.html",
    JOURNAL, f"{JOURNAL}.lock",
}  # fmt: skip
CONTRACT = {
    "schema": str, "front": list, "bound": dict, "evaluations": int, "exhaustive": bool,
    "trials": dict, "accuracy_source": str,
}  # fmt: skip
DESIGN = {"values": dict, "accelerator": dict, "k": dict, "resources": dict}


@pytest.fixture(autouse=True)
def _in_a_new_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def study_file(name: str = "s.toml", **changes) -> str:
    Path(name).write_text(study_text(small_study(**changes)), encoding="utf-8")
    return name


def explored(*arguments: str) -> dict:
    """The JSON document of a search that must succeed in silence."""
    ended = lightsim("explore", *arguments, "--json")
    assert (ended.code, ended.err) == (0, "")
    return json.loads(ended.out)


def test_the_document_keeps_the_contract_and_run_confirms_the_best():
    found = explored(study_file(search={"trials": 10_000}), "--output", "out")
    assert list(found)[: len(CONTRACT)] == list(CONTRACT)
    assert all(isinstance(found[key], kind) for key, kind in CONTRACT.items())
    assert found["schema"] == "lightsim.explore/1"
    assert set(found["bound"]) == {"objective", "value", "gap"}
    assert set(found["trials"]) == {"complete", "infeasible", "failed"}
    assert found["exhaustive"] and found["bound"]["gap"] == 0
    best = found["front"][0]
    assert list(best)[: len(DESIGN)] == list(DESIGN)
    assert found["bound"]["value"] == best["values"]["throughput_images_per_s"]
    assert {path.name for path in Path("out").iterdir()} == FILES
    assert json.loads(Path("out/summary.json").read_text("utf-8")) == found

    # The file says the same accelerator, and both engines of `run` the same cycles.
    assert tomllib.loads(Path("out/best.toml").read_text("utf-8")) == best["accelerator"]
    assert load_accelerator("out/best.toml").name == best["accelerator"]["name"]
    for engine in ("simulation", "timeline"):
        ended = lightsim(
            "run", "digits-small", "--accelerator", "out/best.toml", "--engine", engine,
            "--values", "--json",
        )  # fmt: skip
        ran = json.loads(ended.out)
        assert ran["cycles"] == best["cycles"]["digits-small"]
        assert ran["bit_exact"]
        assert ran["throughput_images_per_s"] == best["values"]["throughput_images_per_s"]
        assert ran["energy_j"] == pytest.approx(best["values"]["energy_j"])
        assert ran["accuracy"] == best["values"]["accuracy"]
        assert ran["resources"] == best["resources"]
        assert {layer["name"]: layer["k"] for layer in ran["layers"]} == best["k"]


def test_the_directory_is_the_search_again():
    first = explored(study_file(search={"trials": 24, "sampler": "tpe"}), "--output", "out")
    again = explored("out/study.toml", "--output", "again")
    for told in (first, again):
        del told["seconds"]
    assert first == again
    table = (
        pd.read_parquet(f"out/{TRIALS}") if "parquet" in TRIALS else pd.read_csv(f"out/{TRIALS}")
    )
    assert len(table) == sum(first["trials"].values())
    complete = table[table.state == "complete"]
    assert complete.throughput_images_per_s.max() == pytest.approx(
        first["front"][0]["values"]["throughput_images_per_s"]
    )
    assert set(small_study().axes) <= set(table.columns)
    page = Path("out/report.html").read_text("utf-8")
    for figure in ("front", "progress", "parallel", "resources", "k"):
        assert f'<section id="{figure}">' in page
    assert "https://" not in page.split("</script>")[-2][-2000:]


def test_one_line_uses_the_defaults_and_the_default_directory():
    ended = lightsim("explore", "digits-small", "--board", "pynq-z2", "--trials", "8")
    assert ended.code == 0, ended.err
    assert "Gap" in ended.out and "Limit" in ended.out
    where = Path("lightsim-explore/digits-small-pynq-z2")
    assert f"written to {where}: open {where / 'report.html'}" in ended.out
    assert load_study(where / "study.toml").search.trials == 8
    # The same again deletes nothing unless it is told to; what is not LightSim's is never touched.
    again = ("explore", "digits-small", "--board", "pynq-z2", "--trials", "8")
    told = "study 'digits-small-pynq-z2' has 8 finished trials there; --resume goes on with them"
    assert_refused(lightsim(*again), 2, told, "--overwrite deletes them")
    assert lightsim(*again, "--overwrite").code == 0
    Path("mine").mkdir()
    Path("mine/notes.txt").write_text("x")
    refused = lightsim("explore", "digits-small", "--output", "mine")
    assert_refused(refused, 2, "mine", "notes.txt")


def test_several_networks_schemes_and_batches():
    found = explored(
        study_file(
            network=[{"name": "digits-small", "weight": 0.7}, {"name": "digits", "weight": 0.3}],
            objectives={"throughput": "maximise", "accuracy": "maximise"},
            axes={"scheme": ["flightnn", "lightnn1"], "lanes": ["shift_add_serial"], "batch": [2]},
            search={"trials": 16},
        )
    )
    assert found["accuracy_source"] == "measured"
    best = found["front"][0]
    assert set(best["cycles"]) == {"digits-small", "digits"}
    assert "digits/conv1" in best["k"]
    name = best["accelerator"]["name"]
    assert len(name) <= 64


def test_a_table_of_accuracies():
    table = {"flightnn": 0.9, "lightnn1": 0.8}
    found = explored(
        study_file(
            accuracy={"table": table},
            objectives={"throughput": "maximise", "accuracy": "maximise"},
            axes={"scheme": list(table), "lanes": ["shift_add_serial"]},
            budget={"accuracy": "85 %"},
            search={"trials": 8},
        )
    )
    assert found["accuracy_source"] == "table"
    assert {row["values"]["accuracy"] for row in found["front"]} == {0.9}


BAD = [
    (("nothing",), "unknown network 'nothing'"),
    (("digits", "--board", "zc707"), "unknown board 'zc707'; did you mean 'zc706'?"),
    (("digits", "--sampler", "best"), "--sampler: unknown sampler 'best'"),
    (("digits", "--trials", "0"), "--trials: trials is 0; accepted: a whole number from 1"),
    (("digits", "--trials", "many"), "--trials: 'many'; accepted: a whole number"),
    (("digits", "--workers", "0"), "--workers: workers is 0"),
    (("digits", "--seed", "-1"), "--seed: seed is -1"),
    (("digits", "--scheme", "flightn"), "unknown scheme 'flightn'; did you mean 'flightnn'?"),
    (("digits", "--resume"), "holds no study 'digits-zc706' to resume"),
    (("digits", "--storage", "nodb://x"), "nodb://x: cannot be used"),
    (("missing.toml",), "missing.toml: cannot be read"),
    (("s.toml", "--board", "zc706"), "--board: 'zc706', and s.toml is a study"),
    (("vgg16", "--board", "pynq-z2", "--scheme", "float32"), "unknown scheme 'float32'"),
]


@pytest.mark.parametrize(("arguments", "words"), BAD, ids=[" ".join(a) for a, _ in BAD])
def test_a_mistake_is_told_in_a_line(arguments: tuple[str, ...], words: str):
    study_file()
    assert_refused(lightsim("explore", *arguments), 2, words)


def test_a_space_without_a_design_is_over_budget():
    assert_refused(
        lightsim("explore", study_file(budget={"latency": "1 us"})), 3, "no design of the space"
    )


def test_a_process_of_its_own_prints_one_document():
    ended = process("explore", "digits-small", "--board", "ultra96", "--trials", "8", "--json")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["evaluations"] == 8


def test_a_free_k_is_run_as_it_was_found():
    found = explored(study_file(axes={"k": ["0.5 %"]}, search={"trials": 16}), "--output", "out")
    best = found["front"][0]
    assert found["accuracy_source"] == "measured"
    assert {path.name for path in Path("out").iterdir()} == {*FILES, "best-k.toml"}
    for engine in ("simulation", "timeline"):
        ended = lightsim(
            "run", "digits-small", "--accelerator", "out/best.toml", "--k", "out/best-k.toml",
            "--engine", engine, "--values", "--json",
        )  # fmt: skip
        ran = json.loads(ended.out)
        assert ran["cycles"] == best["cycles"]["digits-small"]
        assert ran["bit_exact"]
        assert ran["accuracy"] == best["values"]["accuracy"]
        assert ran["energy_j"] == pytest.approx(best["values"]["energy_j"])
        assert {layer["name"]: layer["k"] for layer in ran["layers"]} == best["k"]
    again = explored("out/study.toml", "--output", "again")
    assert again["front"] == found["front"]
    assert (
        "--k out/best-k.toml"
        in lightsim("explore", "out/study.toml", "--output", "out", "--resume").out
    )


def test_the_options_of_a_free_k():
    found = explored(
        "digits-small", "--board", "pynq-z2", "--trials", "2", "--accuracy-loss", "2%",
        "--output", "out",
    )  # fmt: skip
    assert found["space"]["axes"]["k"] == ["2 %"]
    assert_refused(lightsim("explore", "digits-small", "--k", "2"), 2, "--k")
    for loss in ("much", "101 %", "-1 %", "any", "given"):
        told = f"error: --accuracy-loss: is '{loss}'"
        assert_refused(lightsim("explore", "digits-small", "--accuracy-loss", loss), 2, told)
    other = lightsim("explore", "digits-small", "--k", "free", "--scheme", "lightnn1")
    assert_refused(other, 2, "error: --k: 'free' under scheme 'lightnn1'")


def test_all_of_the_accuracy_may_be_lost():
    found = explored(
        "digits-small", "--board", "pynq-z2", "--trials", "1", "--accuracy-loss", "100 %",
        "--output", "out",
    )  # fmt: skip
    assert found["space"]["axes"]["k"] == ["100 %"]
