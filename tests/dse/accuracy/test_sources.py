"""Every accuracy source: its name, what it says, and what the model's numbers mean."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr

from dse.accuracy.given import CallableAccuracy, TableAccuracy, load_table
from dse.accuracy.measured import measured
from dse.accuracy.propagation import Propagation
from dse.accuracy.rounded_network import rounded_network_of, uniform
from dse.accuracy.sensitivity import sensitivity
from dse.accuracy.source import AccuracySource, FilterLosses
from lightsim.errors import InputError
from lightsim.network import load_network
from lightsim.quantisation.inference.infer import accuracy, infer
from lightsim.quantisation.stored.trained import training_images


@pytest.fixture(scope="module")
def rounded_network():
    return rounded_network_of(load_network("digits-small"))


@pytest.fixture(scope="module")
def model(rounded_network):
    return sensitivity(rounded_network)


def test_names_and_protocols(rounded_network, model):
    table = TableAccuracy(0.9, model.losses)
    given = CallableAccuracy(lambda k: 0.5)
    sources = (model, measured(rounded_network), table, given)
    assert [source.name for source in sources] == ["sensitivity", "measured", "table", "callable"]
    assert all(isinstance(source, AccuracySource) for source in sources)
    assert [isinstance(source, FilterLosses) for source in sources] == [True, False, True, False]
    assert given.evaluate({}) == 0.5


def test_a_filter_alone_loses_what_the_network_really_changes(rounded_network, model):
    """The loss of a filter is the change of the output when it alone has k terms and all others
    their reference weights: worked out here by putting it into the reference."""
    images = rounded_network.calibration[:64]
    reference = rounded_network.reference
    whole = infer(reference, images).reshape(len(images), -1).astype(np.float64)
    whole -= whole.mean(axis=1, keepdims=True)
    signal = np.square(whole - whole.mean(axis=0)).sum()
    for name, number, terms in (("conv1", 2, 1), ("conv2", 3, 0), ("dense", 4, 2)):
        layers = []
        for layer in reference.layers:
            if layer.layer.name == name:
                own = rounded_network.rounded[name]
                fields = {"weights": own.weights, "bias": own.bias, "multiplier": own.multiplier}
                changed = {}
                for field, at in fields.items():
                    changed[field] = getattr(layer, field).copy()
                    changed[field][number] = at[terms][number]
                layer = replace(layer, **changed)
            layers.append(layer)
        out = infer(replace(reference, layers=tuple(layers)), images, overflow="wrap")
        out = out.reshape(len(images), -1).astype(np.float64)
        out -= out.mean(axis=1, keepdims=True)
        wanted = np.square(out - whole).sum() / signal
        assert model.losses[name][number, terms] == pytest.approx(wanted, rel=1e-9)


def test_the_model_is_the_same_every_time(rounded_network, model):
    again = sensitivity(rounded_network_of(load_network("digits-small")))
    assert again.granularity == model.granularity == "filters"
    for name, losses in model.losses.items():
        assert np.array_equal(losses, again.losses[name])


def test_more_terms_are_better(rounded_network, model):
    for one in (model, sensitivity(rounded_network, products=0)):
        values = [one.evaluate(uniform(rounded_network, terms)) for terms in (0, 1, 2)]
        assert 0 < values[0] < values[1] < values[2] < 1
    assert sensitivity(rounded_network, products=0).granularity == "layers"


def test_the_model_ranks_as_measurement_does(rounded_network, model):
    """60 random allocations; results/accuracy has 600 of each network."""
    source, rng = measured(rounded_network), np.random.default_rng(5)
    predicted, found = [], []
    for _ in range(60):
        k = {
            name: rng.integers(0 if rng.random() < 0.3 else 1, 3, count).astype(np.int8)
            for name, count in rounded_network.filters.items()
        }
        predicted.append(model.evaluate(k))
        found.append(source.evaluate(k))
    assert spearmanr(predicted, found).statistic > 0.9


def test_measurement_keeps_its_images_apart(rounded_network):
    source = measured(rounded_network)
    seen = training_images(load_network("digits-small"))
    assert len(source.choosing.images) + len(rounded_network.calibration) == len(seen.images)
    assert np.array_equal(source.choosing.images, seen.images[len(rounded_network.calibration) :])
    two = uniform(rounded_network, 2)
    workload = rounded_network.with_k(two)
    assert source.evaluate(two) == accuracy(workload, source.choosing) == source.evaluate(two)
    assert source.held_out_accuracy(two) == accuracy(workload, rounded_network.reference.held_out)


def test_branches_and_grouped_layers_are_carried():
    """A network with additions: an unchanged output has no energy, a changed one has."""
    rounded_network = rounded_network_of(load_network("resnet20-cifar10"))
    carrying = Propagation(rounded_network.reference, rounded_network.calibration[:1])
    for name in list(rounded_network.rounded)[:3]:
        layer = rounded_network.reference.layer(name)
        assert carrying.energy_of(name, carrying.output_of(layer)) == 0
        one = rounded_network.rounded[name].at(np.ones(rounded_network.filters[name], np.int8))
        assert carrying.energy_of(name, carrying.output_of(one)) > 0


def test_only_labelled_images_can_measure():
    rounded_network = rounded_network_of(load_network("resnet20-cifar10"))
    with pytest.raises(InputError, match="'resnet20-cifar10' comes without labelled images"):
        measured(rounded_network)


def test_a_table_file(rounded_network, tmp_path):
    file = tmp_path / "table.toml"
    triples = ", ".join("[0.5, 0.01, 0]" for _ in range(8))
    file.write_text(
        f"accuracy = 0.9\n[loss]\nconv1 = [{triples}]\nconv2 = [0.2, 0.02, 0]\n"
        "dense = [1, 0.001, 0]\n"
    )
    table = load_table(file, rounded_network)
    assert table.losses["conv2"].shape == (6, 3)
    assert table.evaluate(uniform(rounded_network, 2)) == 0.9
    assert table.evaluate(uniform(rounded_network, 1)) == pytest.approx(
        0.9 - 8 * 0.01 - 6 * 0.02 - 0.01
    )
    assert table.evaluate(uniform(rounded_network, 0)) == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("accuracy = 2", "accuracy: is 2; accepted: a number from 0 to 1"),
        ("accuracy = 0.9", "has no table [loss]"),
        ("acuracy = 1", "unknown key 'acuracy'; did you mean 'accuracy'"),
        ("accuracy = 1\n[loss]\nconv3 = [1, 1, 1]", "unknown layer with weights 'conv3'"),
        ("accuracy = 1\n[loss]\nconv1 = [1, 1, 1]", "conv2: is missing; accepted: three numbers"),
        ("accuracy = 1\n[loss]\nconv1 = [1, 1]", "conv1: is not a table of losses"),
        ("accuracy = 1\n[loss]\nconv1 = [1, -1, 0]", "conv1: is not a table of losses"),
        ('accuracy = 1\n[loss]\nconv1 = "a"', "conv1: is not a table of losses"),
        ("accuracy = 1\n[loss]\nconv1 = [1e300, 1, 0]", "accepted: three numbers from 0 to 1e6"),
        ("accuracy = 1\n[loss]\nconv1 = [1, nan, 0]", "conv1: is not a table of losses"),
        (f"accuracy = 1\n[loss]\nconv1 = [1{'0' * 400}, 1, 0]", "conv1: is not a table"),
    ],
)
def test_a_wrong_table(rounded_network, tmp_path, text, message):
    file = tmp_path / "table.toml"
    file.write_text(text)
    with pytest.raises(InputError) as refused:
        load_table(file, rounded_network)
    assert message in str(refused.value)


def test_a_callable_outside_0_to_1():
    with pytest.raises(InputError, match=r"it says 1.5; 0 to 1"):
        CallableAccuracy(lambda k: 1.5).evaluate({})
