"""The whole data set of a trained network, from the user's cache, as the network's integers."""

from __future__ import annotations

from lightsim.datasets import DATASETS, load_dataset
from lightsim.datasets.cache import place_of
from lightsim.datasets.fitting import fitted
from lightsim.errors import InputError, unknown_name
from lightsim.network import load_network, zoo_names
from lightsim.network.layer import Network
from lightsim.quantisation.workload import LabelledImages

__all__ = ["check_has_dataset", "in_cache", "whole_test_set", "whole_training_set"]


def check_has_dataset(network: Network) -> str:
    """The name of the data set that a network was trained on.

    Raises `InputError` where its file names none that is known.
    """
    name = None if network.trained is None else network.trained.dataset
    if name is None:
        problem = f"the file of '{network.name}' names no data set"
        accepted = f"accepted: dataset under [trained], as of {', '.join(_having())}"
        raise InputError("test_set", problem, accepted)
    if name not in DATASETS:
        assert network.trained is not None
        raise unknown_name(network.trained.where, "data set", name, DATASETS)
    return name


def in_cache(network: Network) -> bool:
    """Whether a network's file names a data set that is in the cache."""
    name = None if network.trained is None else network.trained.dataset
    return name in DATASETS and place_of(DATASETS[name]).exists()


def whole_training_set(network: Network) -> LabelledImages:
    """All images of the official training set; raises as `whole_test_set`."""
    examples = load_dataset(DATASETS[check_has_dataset(network)])
    training = fitted(examples.training, network, examples)
    origin = f"{examples.origin}, the whole training set of {len(training)} images"
    return LabelledImages(training.images, training.labels, origin)


def whole_test_set(network: Network) -> LabelledImages:
    """All images of the official test set.

    Raises `InputError` where the network's file names no data set, and where the data set is not
    in the cache or damaged, saying how it is had.
    """
    examples = load_dataset(DATASETS[check_has_dataset(network)])
    held_out = fitted(examples.held_out, network, examples)
    origin = f"{examples.origin}, the whole test set of {len(held_out)} images"
    return LabelledImages(held_out.images, held_out.labels, origin)


def _having() -> list[str]:
    """The networks of the zoo whose files name a data set."""
    own = ((name, load_network(name).trained) for name in zoo_names())
    return [name for name, files in own if files is not None and files.dataset is not None]
