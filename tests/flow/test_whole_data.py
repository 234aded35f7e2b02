"""The whole test set in place of the images that come with a network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import lightsim
from lightsim.datasets import DATASETS
from lightsim.datasets.cache import keep_dataset
from lightsim.datasets.folders import examples_in
from lightsim.errors import InputError
from lightsim.flow.whole_data import whole_test_set
from lightsim.network import load_network
from lightsim.reports.headline import headline
from tests.cli.command import assert_refused
from tests.cli.command import lightsim as command
from tests.datasets.packages import tiny


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A tiny MNIST of 20 test images in a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    dataset = tiny("mnist", tmp_path / "data")
    monkeypatch.setitem(DATASETS, "mnist", dataset)
    examples = examples_in(dataset, tmp_path / "data")
    keep_dataset(dataset, examples)
    return examples


def test_it_is_the_data_sets_in_the_networks_integers(cached):
    network = load_network("mnist-1hidden")
    found = whole_test_set(network)
    assert np.array_equal(found.images, cached.held_out.images)
    assert found.origin == "MNIST, the whole test set of 20 images"
    signed = whole_test_set(replace(network, input_signed=True))
    assert np.array_equal(signed.images, cached.held_out.images - 128)


def test_run_measures_on_it_and_takes_its_images(cached):
    usual = lightsim.run("mnist-1hidden", images=2)
    whole = lightsim.run("mnist-1hidden", images=2, test_set=True)
    assert (usual.accuracy_images, whole.accuracy_images) == (500, 20)
    assert usual.output_sha256 != whole.output_sha256


def test_a_report_says_of_which_images_an_accuracy_is():
    report = lightsim.run("mnist-1hidden", scheme="lightnn1")
    remark = next(fact.remark for fact in headline(report) if fact.label == "Accuracy")
    assert remark == (
        "on 500 of the 10,000 images of MNIST's test set; 98.42 % of all when trained"
    )
    whole = replace(report, accuracy_images=10_000)
    remark = next(fact.remark for fact in headline(whole) if fact.label == "Accuracy")
    assert remark == "on all 10,000 images of MNIST's test set"


def test_weights_that_are_not_the_trained_ones_have_no_recorded_accuracy(tmp_path: Path):
    k = tmp_path / "k.toml"
    k.write_text(f'[k]\nhidden1 = "{"1" * 100}"\noutput = "{"2" * 10}"\n')
    rounded = lightsim.run("mnist-1hidden", k=k)
    assert rounded.test_set is not None and rounded.test_set.accuracy is None
    synthetic = lightsim.run("lfc", engine="timeline")
    assert synthetic.test_set is None


def test_where_it_cannot_be_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(InputError, match="get it: lightsim data mnist"):
        lightsim.run("lenet", test_set=True)
    ended = command("run", "lfc", "--test-set")
    assert_refused(
        ended, 2, "--test-set: the file of 'lfc' names no data set", "lenet, mnist-1hidden"
    )
    with pytest.raises(InputError, match="or all 10,000 of MNIST by test_set"):
        lightsim.run("lenet", images=501)
