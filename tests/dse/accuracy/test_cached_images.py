"""Images of the data set in the cache, by which an allocation of k is chosen and reported."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dse.accuracy.cached_images import cached_images
from dse.accuracy.measured import can_measure, measured
from dse.accuracy.rounded_network import RoundedNetwork, rounded_network_of
from dse.study.grounds import grounds
from dse.study.study import new_study
from lightsim.datasets import DATASETS
from lightsim.datasets.cache import keep_dataset
from lightsim.datasets.folders import examples_in
from lightsim.network import load_network
from tests.datasets.packages import tiny


@pytest.fixture(scope="module")
def rounded_network() -> RoundedNetwork:
    return rounded_network_of(load_network("mnist-1hidden"))


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache without any data set."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture
def cached(empty: Path, monkeypatch: pytest.MonkeyPatch):
    """A tiny MNIST, 30 training images and 20 of the test set, in the cache."""
    dataset = tiny("mnist", empty / "data")
    monkeypatch.setitem(DATASETS, "mnist", dataset)
    examples = examples_in(dataset, empty / "data")
    keep_dataset(dataset, examples)
    return examples


def test_training_images_choose_and_test_images_report(cached, rounded_network):
    calibration = cached.training.images[3:5]
    found = cached_images(load_network("mnist-1hidden"), calibration)
    assert found is not None
    choosing, held_out = found
    fresh = [i for i in range(30) if i not in (3, 4)]
    assert np.array_equal(choosing.images, cached.training.images[fresh])
    assert np.array_equal(choosing.labels, cached.training.labels[fresh])
    assert np.array_equal(held_out.images, cached.held_out.images)
    source = measured(rounded_network)
    assert (len(source.choosing.labels), len(source.held_out.labels)) == (30, 20)


def test_without_the_cache_those_that_come_with_the_network(empty, rounded_network):
    assert cached_images(load_network("mnist-1hidden"), rounded_network.calibration) is None
    source = measured(rounded_network)
    assert (len(source.choosing.labels), len(source.held_out.labels)) == (500 - 128, 500)


def test_a_few_images_of_a_large_data_set_do_not_choose(empty, rounded_network):
    assert can_measure(rounded_network)
    few = replace(rounded_network, calibration=np.zeros((400, 1, 28, 28), np.int16))
    assert not can_measure(few)


def test_a_study_rests_on_the_images_it_was_chosen_by(cached, monkeypatch: pytest.MonkeyPatch):
    study = new_study("mnist-1hidden", k="free")
    whole = grounds(study)
    monkeypatch.setenv("XDG_CACHE_HOME", "/nowhere")
    assert whole.keys() == grounds(study).keys() and whole != grounds(study)
    assert not any("choose k" in name for name in grounds(new_study("mnist-1hidden")))
