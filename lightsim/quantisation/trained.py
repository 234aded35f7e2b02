"""Trained workloads: the networks whose weights and labelled images come with LightSim."""

from __future__ import annotations

import json
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.network.layer import Layer, Network
from lightsim.network.tensor import ElementType
from lightsim.network.zoo import load_network
from lightsim.numerics.scheme import SCHEMES, Scheme
from lightsim.quantisation.elements import element_types, input_types
from lightsim.quantisation.workload import LabelledImages, QuantisedLayer, Workload

__all__ = ["held_out_images", "load_trained", "trained_schemes", "training_images"]

_TRAINING, _HELD_OUT = 0, 1  # the values of `split` in the file of images
_PER_FILTER = ("k", "bias", "multiplier")

Arrays = dict[str, NDArray[Any]]


def trained_schemes(network_name: str) -> tuple[str, ...]:
    """The schemes that the network called `network_name` has trained weights for, if any."""
    return tuple(name for name in SCHEMES if _weights_file(network_name, name).is_file())


def load_trained(network: Network, scheme: Scheme) -> Workload:
    """The trained workload of `network`, with its held-out images.

    Raises `InputError` where there are no trained weights for the network and scheme, and where
    `network` bears the name but is not the network that they were trained for.
    """
    _check_trained(network.name, scheme.name)
    _check_layers(network)
    stored = _arrays(_weights_file(network.name, scheme.name))
    types = element_types(network, scheme)
    layers = tuple(
        _quantised(layer, input_types(network, layer, types), types[layer.name], scheme, stored)
        for layer in network.layers
    )
    made = json.loads((_folder() / "provenance.json").read_text(encoding="utf-8"))
    origin = f"trained ({made['date']}, {made['command']})"
    held_out = held_out_images(network.name)
    return Workload(network, scheme, layers, origin, trained=True, held_out=held_out)


def held_out_images(network_name: str) -> LabelledImages:
    """The labelled images that `network_name` was not trained on; `InputError` if none."""
    return _images(network_name, _HELD_OUT, "held out")


def training_images(network_name: str) -> LabelledImages:
    """The labelled images that `network_name` was trained on; `InputError` if none."""
    return _images(network_name, _TRAINING, "used in training")


def _quantised(
    layer: Layer,
    inputs: tuple[ElementType, ...],
    output: ElementType,
    scheme: Scheme,
    stored: Arrays,
) -> QuantisedLayer:
    if not layer.has_weights:
        return QuantisedLayer(layer, inputs, output, output.lowest, output.highest)
    _check_shapes(layer, stored)
    weights, k, bias, multiplier, shift = (
        stored[f"{layer.name}.{field}"] for field in ("weights", *_PER_FILTER, "shift")
    )
    return QuantisedLayer(
        layer,
        inputs,
        output,
        output.lowest,
        output.highest,
        scheme,
        weights,
        k,
        bias,
        multiplier,
        int(shift),
    )


def _check_trained(network_name: str, scheme_name: str | None = None) -> None:
    known = trained_schemes(network_name)
    if not known:
        raise InputError(
            network_name,
            "no trained weights or labelled images come with this network",
            "its weights can be synthetic",
        )
    if scheme_name is not None and scheme_name not in known:
        raise InputError(
            network_name,
            f"has no trained weights for scheme '{scheme_name}'",
            f"trained: {', '.join(known)}",
        )


def _check_layers(network: Network) -> None:
    trained = {layer.name: layer for layer in load_network(network.name).layers}
    for layer in network.layers:
        if trained.pop(layer.name, None) != layer:
            raise InputError(
                f"{network.name}, layer {layer.name}",
                f"is not the layer that the trained weights of '{network.name}' are for",
                "give the changed network a name of its own",
            )
    if trained:
        raise InputError(
            network.name,
            f"lacks layer {next(iter(trained))} of the network that the weights were trained for",
            "give the changed network a name of its own",
        )


def _check_shapes(layer: Layer, stored: Arrays) -> None:
    expected: dict[str, tuple[int, ...]] = dict.fromkeys(_PER_FILTER, layer.weight_shape[:1])
    expected["weights"] = layer.weight_shape
    for field, shape in expected.items():
        array = stored.get(f"{layer.name}.{field}")
        if array is None or array.shape != shape:
            found = "is missing" if array is None else f"has shape {list(array.shape)}"
            raise InputError(
                f"stored {layer.name}.{field}", found, f"the layer needs {list(shape)}"
            )


def _images(network_name: str, part: int, what: str) -> LabelledImages:
    _check_trained(network_name)
    stored = _arrays(_folder() / "images.npz")
    chosen = stored["split"] == part
    return LabelledImages(
        stored["images"][chosen].astype(np.int16),
        stored["labels"][chosen].astype(np.int64),
        f"UCI Optical Recognition of Handwritten Digits, {chosen.sum()} images {what}",
    )


def _folder() -> Traversable:
    return files("workloads") / "digits"


def _weights_file(network_name: str, scheme_name: str) -> Traversable:
    return _folder() / f"{network_name}-{scheme_name}.npz"


def _arrays(file: Traversable) -> Arrays:
    with as_file(file) as path, np.load(path, allow_pickle=False) as stored:
        return dict(stored)
