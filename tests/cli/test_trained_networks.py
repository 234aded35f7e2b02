"""Trained network files as NETWORK of `run`, `verify` and `explore`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lightsim.network import load_network
from lightsim.numerics.formats.scheme import scheme
from lightsim.quantisation import load_trained, save_trained, training_images
from tests.cli.command import assert_refused, lightsim


@pytest.fixture(scope="module")
def stored(tmp_path_factory) -> dict[str, Path]:
    """digits-small under one scheme alone, as `lightsim train` would write it."""
    network, found = load_network("digits-small"), {}
    for name in ("flightnn", "binary"):
        own = load_trained(network, scheme(name))
        folder = tmp_path_factory.mktemp(name)
        found[name] = save_trained(
            [own], folder, provenance="a test", held_out=own.held_out,
            training=training_images(network), data="Digits",
        )  # fmt: skip
    return found


def document(*arguments: str) -> dict:
    ended = lightsim(*arguments, "--json")
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


@pytest.mark.parametrize("name", ["flightnn", "binary"])
def test_run_computes_the_trained_integers(name: str, stored):
    """The scheme is the trained one without being named."""
    found = document("run", str(stored[name]), "--images", "2")
    same = document("run", "digits-small", "--scheme", name, "--images", "2")
    assert found["weights_origin"] == "trained (a test)" and found["scheme"] == name
    for key in ("cycles", "output_sha256", "accuracy", "accuracy_images", "bit_exact"):
        assert found[key] == same[key], key


def test_run_says_when_a_scheme_is_not_trained(stored):
    found = document("run", str(stored["binary"]), "--scheme", "fixed8")
    assert found["accuracy"] is None and found["weights_origin"] == "synthetic (seed 0)"
    assert any("mean nothing" in note for note in found["notes"])


def test_explore_measures_what_was_trained(stored, tmp_path: Path):
    found = document(
        "explore", str(stored["flightnn"]), "--board", "ultra96", "--trials", "3",
        "--output", str(tmp_path / "out"),
    )  # fmt: skip
    assert found["accuracy_source"] == "measured"
    run = document("run", str(stored["flightnn"]), "--accelerator", str(tmp_path / "out/best.toml"))
    assert found["front"][0]["values"]["accuracy"] == run["accuracy"]


def test_explore_chooses_k_from_the_trained_reference(stored, tmp_path: Path):
    """A network that was trained under flightnn alone is rounded from these weights."""
    found = document(
        "explore", str(stored["flightnn"]), "--board", "ultra96", "--trials", "2", "--k", "free",
        "--accuracy-loss", "2 %", "--output", str(tmp_path / "out"),
    )  # fmt: skip
    assert found["accuracy_source"] == "measured"
    assert 'weights = "flightnn"' in (tmp_path / "out/best-k.toml").read_text("utf-8")
    run = document(
        "run", str(stored["flightnn"]), "--accelerator", str(tmp_path / "out/best.toml"),
        "--k", str(tmp_path / "out/best-k.toml"),
    )  # fmt: skip
    assert run["weights_origin"].startswith("trained (a test); flightnn rounded")
    assert found["front"][0]["values"]["accuracy"] == run["accuracy"]


def test_k_of_weights_that_have_no_terms_is_refused(stored, tmp_path: Path):
    ended = lightsim(
        "explore", str(stored["binary"]), "--scheme", "flightnn", "--k", "free",
        "--output", str(tmp_path / "out"),
    )  # fmt: skip
    assert_refused(ended, 2, "trained for binary alone", "accepted: weights trained for fixed8")


def test_a_damaged_file_is_one_line(stored, tmp_path: Path):
    folder = tmp_path / "copy"
    folder.mkdir()
    for file in stored["flightnn"].parent.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "flightnn.npz").write_bytes(b"nothing")
    assert_refused(lightsim("run", str(folder / "network.toml")), 2, "flightnn.npz", "damaged")
    (folder / "flightnn.npz").unlink()
    assert_refused(lightsim("run", str(folder / "network.toml")), 2, "does not exist")
