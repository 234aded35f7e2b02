"""The trained weights that come with LightSim: what their provenance says, computed again."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from typing import Any

import numpy as np
import pytest

from lightsim.datasets.cache import place_of
from lightsim.datasets.catalogue import DATASETS
from lightsim.flow.whole_data import whole_test_set
from lightsim.network import load_network, zoo_names
from lightsim.network.trained_files import fingerprint
from lightsim.numerics.formats.scheme import SCHEMES, scheme
from lightsim.quantisation import accuracy, load_trained, trained_schemes
from lightsim.quantisation.inference.threads import cores

FOLDER = files("workloads") / "trained"
NETWORKS = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
PROVENANCE: dict[str, dict[str, Any]] = {
    name: json.loads((FOLDER / name / "provenance.json").read_text(encoding="utf-8"))
    for name in NETWORKS
}
CASES = [(name, own) for name in NETWORKS for own in PROVENANCE[name]]
EVERY_CASE = pytest.mark.parametrize(("name", "own"), CASES)


def test_the_zoo_names_what_is_there():
    for name in NETWORKS:
        network = load_network(name)
        assert network.trained is not None
        assert set(trained_schemes(network)) == set(PROVENANCE[name])
        assert network.trained.fingerprint == fingerprint(network)
    assert {name for name in zoo_names() if load_network(name).trained} >= set(NETWORKS)


@EVERY_CASE
def test_a_file_is_that_of_its_provenance_and_small(name: str, own: str):
    data = (FOLDER / name / f"{own}.npz").read_bytes()
    assert hashlib.sha256(data).hexdigest() == PROVENANCE[name][own]["sha256"]
    assert len(data) < 500_000


@EVERY_CASE
def test_accuracy_and_k_are_those_of_the_provenance(name: str, own: str):
    row, workload = PROVENANCE[name][own], load_trained(load_network(name), scheme(own))
    files = workload.network.trained
    assert workload.held_out is not None and files is not None
    assert accuracy(workload, workload.held_out) == row["accuracy_of_shipped_images"]
    assert (files.accuracy[own], files.test_images) == (row["accuracy"], row["images"])
    for layer in workload.layers:
        if layer.k is not None and SCHEMES[own].is_shift_add:
            counted = {str(terms): int((layer.k == terms).sum()) for terms in (0, 1, 2)}
            assert counted == row["k"][layer.layer.name]


def test_the_images_are_evenly_taken_bytes():
    for name, counts in {"lenet": (500, 500), "mnist-1hidden": (500, 500)}.items():
        trained = load_network(name).trained
        assert trained is not None and trained.held_out is not None
        with np.load(str(trained.held_out)) as stored:
            assert stored["images"].dtype == np.uint8
            assert np.bincount(stored["split"])[::-1].tolist() == list(counts)
            assert np.bincount(stored["labels"][stored["split"] == 1]).min() > 30


def test_the_readme_shows_these_accuracies():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for name in NETWORKS:
        shown = [
            f"{100 * PROVENANCE[name][own]['accuracy']:.2f}" if own in PROVENANCE[name] else "-"
            for own in SCHEMES
        ]
        images = next(iter(PROVENANCE[name].values()))["images"]
        assert f"| `{name}` | {images:,} | {' | '.join(shown)} |" in text


@pytest.mark.slow
@EVERY_CASE
def test_accuracy_on_the_whole_test_set(name: str, own: str):
    network = load_network(name)
    assert network.trained is not None
    if network.trained.dataset is None:
        pytest.skip("all images come with LightSim")
    if not place_of(DATASETS[network.trained.dataset]).exists():
        pytest.skip(f"needs lightsim data {network.trained.dataset}")
    workload = load_trained(network, scheme(own))
    images = whole_test_set(network)
    assert accuracy(workload, images, threads=cores()) == PROVENANCE[name][own]["accuracy"]
