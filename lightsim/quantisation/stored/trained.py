"""Trained workloads: the integers and labelled images that a network's file names."""

from __future__ import annotations

import numpy as np

from lightsim.descriptions import within
from lightsim.errors import InputError
from lightsim.network.activations import TABLES
from lightsim.network.layer import Layer, Network
from lightsim.network.tensor import ElementType
from lightsim.network.trained_files import TrainedFiles, fingerprint
from lightsim.numerics.formats.scheme import SCHEMES, Scheme
from lightsim.numerics.sums.requantise import ROUNDINGS
from lightsim.quantisation.elements import clamp_of, element_types, input_types
from lightsim.quantisation.stored.arrays import (
    HELD_OUT,
    TRAINING,
    UNUSUAL,
    Arrays,
    images_of,
    integers_of,
    layer_fields,
)
from lightsim.quantisation.workload import LabelledImages, QuantisedLayer, Workload

__all__ = ["held_out_images", "load_trained", "trained_schemes", "training_images"]

_HALF_UP = ROUNDINGS.index("half_up")


def trained_schemes(network: Network) -> tuple[str, ...]:
    """The schemes that `network` has trained weights for, if any."""
    known = {} if network.trained is None else network.trained.weights
    rows = [name for name in SCHEMES if name in known]
    return (*rows, *(name for name in known if name not in rows))


def load_trained(network: Network, scheme: Scheme) -> Workload:
    """The trained workload of `network`, with its held-out images where its file names some.

    Raises `InputError` where there are no trained weights for the network and scheme, where the
    layers are not those that the weights were trained for, and for every fault of the files.
    """
    files = _trained(network)
    if scheme.name not in files.weights:
        raise InputError(
            network.name,
            f"has no trained weights for scheme '{scheme.name}'",
            f"trained: {', '.join(trained_schemes(network))}",
        )
    stored = integers_of(network, scheme, files.weights[scheme.name])
    types = element_types(network, scheme)
    for layer in network.layers:
        _check_ends(layer, types[layer.name], stored, str(files.weights[scheme.name]))
    with within(str(files.weights[scheme.name])):
        layers = tuple(
            _quantised(layer, input_types(network, layer, types), types[layer.name], scheme, stored)
            for layer in network.layers
        )
    origin = f"trained ({files.provenance})"
    held_out = None if files.held_out is None else held_out_images(network)
    return Workload(network, scheme, layers, origin, trained=True, held_out=held_out)


def held_out_images(network: Network) -> LabelledImages:
    """The labelled images that `network` was not trained on; `InputError` if none."""
    return _images(network, HELD_OUT, "held out")


def training_images(network: Network) -> LabelledImages:
    """The labelled images that `network` was trained on; `InputError` if none."""
    return _images(network, TRAINING, "used in training")


def _trained(network: Network) -> TrainedFiles:
    files = network.trained
    if files is None:
        raise InputError(
            network.name,
            "no trained weights or labelled images come with this network",
            "its weights can be synthetic",
        )
    if fingerprint(network) != files.fingerprint:
        raise InputError(
            files.where,
            f"the input or a layer of '{network.name}' is not what its weights were trained for",
            "accepted: the network as it was trained, or no table [trained]",
        )
    return files


def _check_ends(layer: Layer, output: ElementType, stored: Arrays, file: str) -> None:
    """The ends of a clamp and the entries of a table are numbers of the layer's output."""
    for field in ("lowest", "highest", "table"):
        held = stored.get(f"{layer.name}.{field}")
        if held is not None and not output.lowest <= held.min() <= held.max() <= output.highest:
            raise InputError(
                f"{file}: {layer.name}.{field}",
                f"holds {held.min()} to {held.max()}",
                f"accepted: {output.lowest} to {output.highest}",
            )


def _quantised(
    layer: Layer,
    inputs: tuple[ElementType, ...],
    output: ElementType,
    scheme: Scheme,
    stored: Arrays,
) -> QuantisedLayer:
    fields = (*layer_fields(layer), "thresholds")
    keys = {field: f"{layer.name}.{field}" for field in fields}
    own = {field: stored[key] for field, key in keys.items() if key in stored}
    low, high = clamp_of(layer, output)
    usual = {"lowest": low, "highest": high, "rounding": _HALF_UP}
    lowest, highest, rounding = (
        int(stored.get(f"{layer.name}.{field}", usual[field])) for field in UNUSUAL
    )
    # What a table is looked up with has eight bits, whatever the table gives.
    least, most = (low, high) if layer.activation in TABLES else (output.lowest, output.highest)
    if not least <= lowest <= highest <= most:
        raise InputError(
            f"{layer.name}: lowest, highest",
            f"{lowest}, {highest}",
            f"accepted: a range inside {least} to {most}",
        )
    if not layer.has_weights:
        return QuantisedLayer(
            layer,
            inputs,
            output,
            lowest,
            highest,
            rounding=ROUNDINGS[rounding],
            multiplier=np.atleast_1d(own.get("multiplier", np.ones(1, np.int32))),
            shift=int(own.get("shift", 0)),
            residual_multiplier=int(own.get("residual_multiplier", 1)),
            residual_shift=int(own.get("residual_shift", 0)),
            table=own.get("table"),
        )
    return QuantisedLayer(
        layer,
        inputs,
        output,
        lowest,
        highest,
        scheme,
        own["weights"],
        own["k"],
        own["bias"],
        own.get("multiplier", np.ones(1, np.int32)),
        int(own.get("shift", 0)),
        ROUNDINGS[rounding],
        thresholds=own.get("thresholds"),
        table=own.get("table"),
    )


def _images(network: Network, part: int, what: str) -> LabelledImages:
    files = _trained(network)
    if files.held_out is None:
        accepted = "accepted: held_out = an npz file of images, labels and split"
        raise InputError(files.where, "names no labelled images", accepted)
    images, labels, split = images_of(network, files.held_out)
    assert split is not None
    chosen = split == part
    if not chosen.any():
        accepted = f"accepted: {part} in 'split' for some of them"
        raise InputError(str(files.held_out), f"has no images {what}", accepted)
    origin = f"{files.data}, {chosen.sum()} images {what}"
    return LabelledImages(images[chosen], labels[chosen], origin)
