"""`lightsim train`: from a recipe to a network that `run` and `verify` take."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch is the extra 'train'")

from jsonschema import Draft202012Validator

import lightsim as lightsim_package
from lightsim.network import load_network
from lightsim.numerics.formats.scheme import scheme
from lightsim.quantisation import accuracy, held_out_images, load_trained, training_images
from lightsim.reports.training.summary import train_schema
from lightsim.training.data import load_data
from lightsim.training.recipes.recipe import load_recipe
from tests.cli.command import assert_refused, heeds_interrupts, lightsim

SMALL = """
network = "digits-small"
scheme = "{scheme}"
epochs = {epochs}
float_epochs = {float_epochs}
seeds = [3, 5]

[data]
training_images = 200
held_out_images = 60

[augmentation]
shift = 1

[flightnn]
strengths = [0.0, 0.01]
"""
FILES = {"curves.csv", "images.npz", "layers.csv", "network.toml", "recipe.toml", "report.html"}


def recipe(folder: Path, scheme: str = "flightnn", epochs: int = 2, float_epochs: int = 2) -> str:
    file = folder / "recipe-in.toml"
    text = SMALL.format(scheme=scheme, epochs=epochs, float_epochs=float_epochs)
    file.write_text(text, "utf-8")
    return str(file)


def trained(*arguments: str) -> dict:
    ended = lightsim("train", *arguments, "--json")
    assert ended.code == 0, ended.err
    document = json.loads(ended.out)
    Draft202012Validator(train_schema()).validate(document)
    return document


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but checkpoints, whose archive may hold the time."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pt"
    }


@pytest.fixture(scope="module")
def done(tmp_path_factory) -> tuple[Path, dict]:
    folder = tmp_path_factory.mktemp("done")
    return folder / "out", trained(recipe(folder), "--output", str(folder / "out"))


def test_the_run_directory_holds_everything(done):
    out, document = done
    names = {path.name for path in out.iterdir()}
    assert names == FILES | {"summary.json", "seed-3", "seed-5"}
    assert json.loads((out / "summary.json").read_text("utf-8")) == document
    accuracies = [seed["accuracy"] for seed in document["seeds"]]
    assert document["accuracy"]["mean"] == pytest.approx(sum(accuracies) / 2)
    assert (document["accuracy"]["least"], document["accuracy"]["most"]) == (
        min(accuracies), max(accuracies),
    )  # fmt: skip
    lines = (out / "curves.csv").read_text("utf-8").splitlines()
    assert len(lines) == 1 + 2 * 4
    assert lines[1].startswith("3,float32,1,") and lines[-1].startswith("5,flightnn,2,")
    page = (out / "report.html").read_text("utf-8")
    for figure in ("loss", "accuracy", "k", "k-layers", "statistics"):
        assert f'id="figure-{figure}"' in page


def test_run_computes_what_was_trained(done):
    out, document = done
    for number, seed in enumerate(document["seeds"]):
        assert seed["bit_exact"] is True
        files = [out / seed["network"]] + ([out / "network.toml"] if number == 0 else [])
        for file in files:
            found = json.loads(lightsim("run", str(file), "--json").out)
            assert found["accuracy"] == seed["accuracy"] and found["scheme"] == "flightnn"
            k = {layer["name"]: layer["k"] for layer in found["layers"]}
            assert all(k[name] == row for name, row in seed["k"].items())


def test_the_same_command_again_changes_nothing(done, tmp_path: Path):
    out, document = done
    before = contents(out)
    assert trained(str(out.parent / "recipe-in.toml"), "--output", str(out)) == document
    assert trained("--resume", str(out)) == document
    assert contents(out) == before
    # And anywhere else it gives the same bytes.
    trained(str(out.parent / "recipe-in.toml"), "--output", str(tmp_path / "other"))
    assert contents(tmp_path / "other") == before


def test_the_call_is_the_command(done, tmp_path: Path):
    out, document = done
    report = lightsim_package.train(out.parent / "recipe-in.toml", tmp_path / "out", seeds=[3])
    assert report.seeds[0].accuracy == document["seeds"][0]["accuracy"]
    found = lightsim_package.run(tmp_path / "out/network.toml")
    assert found.accuracy == report.accuracy.mean


def test_another_training_is_never_overwritten(done, tmp_path: Path):
    out, _ = done
    own = str(out.parent / "recipe-in.toml")
    ended = lightsim("train", own, "--epochs", "3", "--output", str(out))
    assert_refused(ended, 2, "holds a training of another recipe", "--resume")
    (tmp_path / "thing").write_text("")
    assert_refused(lightsim("train", own, "--output", str(tmp_path)), 2, "'thing'")
    # Another seed is more of the same.
    assert len(trained(own, "--seeds", "3,5-6", "--output", str(out))["seeds"]) == 3
    assert len(trained(own, "--output", str(out))["seeds"]) == 2


def test_float_weights_are_quantised_afterwards_and_fine_tuned(tmp_path: Path):
    """Post-training quantisation is a training of no epochs."""
    own = recipe(tmp_path, "float32", epochs=4, float_epochs=0)
    document = trained(own, "--output", str(tmp_path / "float"))
    assert document["seeds"][0]["network"] is None and document["mean_k"] is None
    start = ("--start", str(tmp_path / "float"))
    base = recipe(tmp_path, "lightnn2", epochs=0, float_epochs=0)
    after = trained(base, *start, "--output", str(tmp_path / "ptq"))
    assert any("Nothing was trained under the scheme" in note for note in after["notes"])
    assert after["seeds"][0]["bit_exact"] is True
    assert abs(after["accuracy"]["mean"] - document["accuracy"]["mean"]) < 0.1
    tuned = trained(base, *start, "--epochs", "2", "--output", str(tmp_path / "tuned"))
    fresh = trained(base, "--epochs", "2", "--output", str(tmp_path / "fresh"))
    for own_seed, other in zip(tuned["seeds"], fresh["seeds"], strict=True):
        assert own_seed["loss"] < other["loss"]
    # The float stage of one command is that start.
    both = recipe(tmp_path, "lightnn2", epochs=0, float_epochs=4)
    same = trained(both, "--output", str(tmp_path / "both"))
    assert [seed["accuracy"] for seed in same["seeds"]] == [
        seed["accuracy"] for seed in after["seeds"]
    ]


def test_images_set_apart_judge_and_those_held_out_wait(tmp_path: Path):
    own = Path(recipe(tmp_path, epochs=1, float_epochs=1))
    text = own.read_text("utf-8").replace(
        "held_out_images = 60", "held_out_images = 60\nvalidation = 0.3"
    )
    own.write_text(text, "utf-8")
    document = trained(str(own), "--seeds", "3", "--output", str(tmp_path / "out"))
    assert document["data"] == {
        "source": "UCI Optical Recognition of Handwritten Digits", "training_images": 140,
        "held_out_images": 60, "judging_images": 60, "judges": "set apart from training",
    }  # fmt: skip
    network = load_network(tmp_path / "out/network.toml")
    data = load_data(load_recipe(own).data, network)
    assert len(data.training.labels) == 140
    # What calibrates comes first, then what was set apart: never seen by the weights.
    images = training_images(network).images
    assert len(images) == 128 + 60 and (images[128:] == data.judging.images).all()
    assert (held_out_images(network).images == data.held_out.images).all()
    workload = load_trained(network, scheme("flightnn"))
    assert document["accuracy"]["mean"] == accuracy(workload, data.judging)
    run = json.loads(lightsim("run", str(tmp_path / "out/network.toml"), "--json").out)
    assert run["accuracy"] == accuracy(workload, data.held_out)


def test_hardware_in_the_loop(tmp_path: Path):
    own = recipe(tmp_path)
    found = trained(own, "--board", "ultra96", "--seeds", "3", "--output", str(tmp_path / "out"))
    assert found["seeds"][0]["bit_exact"] is True
    assert 'board = "ultra96"' in (tmp_path / "out/recipe.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "names nothing to train"),
        (("no-such",), "unknown network 'no-such'"),
        (("no-such.toml",), "cannot be read"),
        (("vgg7-cifar10",), "images are 1x8x8, the input of 'vgg7-cifar10' is 3x32x32"),
        (("digits-small", "--scheme", "lightn1"), "--scheme: unknown scheme 'lightn1'"),
        (("digits-small", "--epochs", "-1"), "--epochs: epochs is -1"),
        (("digits-small", "--epochs", "x"), "--epochs: 'x'"),
        (("digits-small", "--seeds", "1,,2"), "--seeds: '1,,2'; accepted: numbers as 0,1,2 or 0-4"),
        (("digits-small", "--seeds", "4-1"), "accepted: numbers as 0,1,2 or 0-4"),
        (("digits-small", "--seeds", "1,1"), "names a seed twice"),
        (("digits-small", "--start", "nowhere"), "--start: 'nowhere' does not exist"),
        (("digits-small", "--board", "zc70"), "did you mean 'zc706'"),
        (("digits-small", "--resume", "nowhere"), "--resume"),
        (("--resume", "nowhere"), "'nowhere' has no recipe.toml"),
        (("digits-small", "--device", "gpu"), "accepted: auto, cpu or cuda"),
    ],
)
def test_mistakes_take_one_line_and_write_nothing(arguments, words: str, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert_refused(lightsim("train", *arguments), 2, words)
    assert list(tmp_path.iterdir()) == []


COMMAND = "import sys; sys.argv[0] = 'lightsim'; from lightsim.cli import main; main()"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_training_goes_on(how: signal.Signals, tmp_path: Path):
    """Stopped at some moment by Ctrl-C or kill -9, then given again: the same bytes."""
    own, out = recipe(tmp_path, epochs=8, float_epochs=2), tmp_path / "out"
    arguments = [sys.executable, "-c", COMMAND, "train", own, "--output", str(out)]
    running = subprocess.Popen(
        arguments, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        preexec_fn=heeds_interrupts,  # noqa: PLW1509
    )  # fmt: skip
    checkpoint = out / "seed-3" / "checkpoint.pt"
    while not checkpoint.exists() and running.poll() is None:
        time.sleep(0.01)
    running.send_signal(how)
    _, told = running.communicate()
    assert not (out / "summary.json").exists(), "it was too quick to be stopped"
    if how == signal.SIGINT:
        assert running.returncode == 130
        assert (
            told
            == f"interrupted: every whole epoch is kept, `lightsim train --resume {out}` goes on\n"
        )
    trained("--resume", str(out))
    trained(own, "--output", str(tmp_path / "whole"))
    assert contents(out) == contents(tmp_path / "whole")
