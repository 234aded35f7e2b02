"""Files of arrays: the integers of a trained network and its labelled images, strictly checked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError, unknown_name
from lightsim.files.npy_header import ArrayHead
from lightsim.files.npz import read_npz
from lightsim.network.activations import TABLES
from lightsim.network.checking import on_one_line
from lightsim.network.layer import Layer, Network
from lightsim.network.tensor import ElementType
from lightsim.numerics.formats.scheme import Scheme
from lightsim.numerics.formats.table import codec
from lightsim.numerics.sums.requantise import ROUNDINGS
from lightsim.quantisation.stored.words import weights_of_words, word_bytes

__all__ = [
    "HELD_OUT",
    "SCALES",
    "TRAINING",
    "UNUSUAL",
    "WORDS",
    "Arrays",
    "images_of",
    "integers_of",
    "layer_fields",
]

TRAINING, HELD_OUT = 0, 1
"""The values of `split` in a file of images."""

WORDS = "words"
"""The field that may stand for `weights`: their code words, packed."""

Arrays = dict[str, NDArray[Any]]

_ACCEPTED = "accepted: an npz file of numpy arrays, as training writes"
SCALES = ("multiplier", "shift")
"""The fields of a requantisation by multiplier and shift."""
_FIELDS = {
    "conv2d": ("weights", "k", "bias", *SCALES),
    "dense": ("weights", "k", "bias", *SCALES),
    "average_pool": SCALES,
    "global_pool": SCALES,
    "requantise": SCALES,
    "multiply": SCALES,
    "add": (*SCALES, "residual_multiplier", "residual_shift"),
}
UNUSUAL = ("lowest", "highest", "rounding")
"""Fields that a file holds where they are not those of the layer's type, or not `half_up`; the
rounding by its number in `ROUNDINGS`."""

_INT32 = np.iinfo(np.int32)
# What a field may hold, and the type that it is held in.
_RANGES = {
    "weights": (-256, 256, np.int16),
    WORDS: (0, 255, np.uint8),
    "k": (0, 2, np.int8),
    "bias": (int(_INT32.min), int(_INT32.max), np.int32),
    "multiplier": (1, 32767, np.int32),
    "thresholds": (-(1 << 40), 1 << 40, np.int64),
    "shift": (0, 31, np.int64),
    "residual_multiplier": (1, 32767, np.int32),
    "residual_shift": (0, 31, np.int64),
    "lowest": (-128, 255, np.int64),
    "highest": (-128, 255, np.int64),
    "rounding": (0, len(ROUNDINGS) - 1, np.int64),
    "table": (-128, 255, np.int16),
}
_PER_FILTER = ("k", "bias", "multiplier")


def layer_fields(layer: Layer) -> tuple[str, ...]:
    """The fields that a file of integers holds for a layer; most operators have none."""
    own = _FIELDS.get(layer.operator, ())
    if layer.activation in TABLES:
        return (*own, "table")
    ends = {"clip": ("lowest", "highest"), "clipped_relu": ("highest",)}
    return (*own, *ends.get(layer.activation, ()))


def integers_of(network: Network, scheme: Scheme, file: Traversable) -> Arrays:
    """The arrays `LAYER.FIELD` of a network's weights, in the types of `QuantisedLayer`.

    A file may hold `LAYER.words` in place of `LAYER.weights` (`words.words_of`).

    Raises `InputError` for a file that cannot be read or is damaged, an array too many or too
    few, a shape that is not the layer's, a number out of its range, and a weight that `scheme`
    does not have or that has more terms than its filter's k.
    """
    expected: dict[str, tuple[Layer, str]] = {}
    unusual = {
        f"{layer.name}.{field}": (layer, field) for layer in network.layers for field in UNUSUAL
    }

    def check(heads: Mapping[str, ArrayHead]) -> None:
        expected.update(_expected(network, heads))
        _expect_thresholds(expected, heads)
        _check_names(heads, expected | unusual, file, unusual)
        for key, head in heads.items():
            layer, field = (expected | unusual)[key]
            shape = _shape(layer, field, scheme)
            if field == "thresholds":  # how many is the output's to say
                shape = (layer.weight_shape[0], head.shape[1] if len(head.shape) == 2 else 1)
            _check_head(head, shape, f"{file}: {key}")

    stored = read_npz(file, check, _ACCEPTED)
    for key in list(stored):
        layer, field = (expected | unusual)[key]
        least, most, kept = _RANGES[field]
        least, most = _of_scheme(field, scheme, least, most)
        _check_range(stored[key], least, most, f"{file}: {key}")
        stored[key] = stored[key].astype(kept)
        if field == WORDS:
            words, where = stored.pop(key), f"{file}: {key}"
            weights = weights_of_words(words, layer.weight_shape, scheme, where)
            stored[f"{layer.name}.weights"] = weights
    for layer in network.layers:
        if layer.has_weights:
            _check_terms(layer, scheme, stored, str(file))
    return stored


def images_of(
    network: Network, file: Traversable, *, split_needed: bool = True
) -> tuple[NDArray[np.int16], NDArray[np.int64], NDArray[np.int64] | None]:
    """Images int16[n, channels, height, width], labels int64[n] and split int64[n] of a file.

    The split may be missing (None) unless it is needed. Raises `InputError` for a file that
    cannot be read or is damaged, for images that are not of the network's input, and for labels
    that it has no output for.
    """
    optional = () if split_needed else ("split",)
    shape, classes = network.input_shape, network.layers[-1].output_shape.elements

    def check(heads: Mapping[str, ArrayHead]) -> None:
        _check_names(heads, ("images", "labels", "split"), file, optional)
        count = heads["images"].shape[0] if heads["images"].shape else 0
        wanted = {"images": (count, shape.channels, shape.height, shape.width)}
        for name, head in heads.items():
            _check_head(head, wanted.get(name, (count,)), f"{file}: {name}")

    stored = read_npz(file, check, _ACCEPTED)
    images, labels, split = stored["images"], stored["labels"], stored.get("split")
    element = ElementType(network.input_bits, network.input_signed)
    _check_range(images, element.lowest, element.highest, f"{file}: images")
    if element.bits == 1 and not np.isin(images, (-1, 1)).all():
        raise InputError(f"{file}: images", "hold values beside -1 and 1", "accepted: -1 and 1")
    _check_range(labels, 0, classes - 1, f"{file}: labels")
    if split is None:
        return images.astype(np.int16), labels.astype(np.int64), None
    _check_range(split, TRAINING, HELD_OUT, f"{file}: split")
    if not (split == HELD_OUT).any():
        accepted = f"accepted: {HELD_OUT} for every image that nothing was trained on"
        raise InputError(f"{file}: split", "holds no image out", accepted)
    return images.astype(np.int16), labels.astype(np.int64), split.astype(np.int64)


def _of_scheme(field: str, scheme: Scheme, least: int, most: int) -> tuple[int, int]:
    """A range, which weights and k of a format of more than two terms may leave."""
    if field == "k":
        return least, max(most, scheme.max_terms)
    if field == "weights":
        return min(least, -scheme.largest), max(most, scheme.largest)
    return least, most


def _expected(
    network: Network, heads: Mapping[str, ArrayHead]
) -> Iterator[tuple[str, tuple[Layer, str]]]:
    """The arrays of a file of `heads`: weights as integers, or as words where it has those."""
    for layer in network.layers:
        for field in layer_fields(layer):
            words = field == "weights" and f"{layer.name}.{WORDS}" in heads
            own = WORDS if words and f"{layer.name}.{field}" not in heads else field
            yield f"{layer.name}.{own}", (layer, own)


def _expect_thresholds(
    expected: dict[str, tuple[Layer, str]], heads: Mapping[str, ArrayHead]
) -> None:
    """A layer with weights that stores thresholds stores no multiplier and no shift."""
    for key, (layer, field) in list(expected.items()):
        own = f"{layer.name}.thresholds"
        if layer.has_weights and field in SCALES and own in heads:
            del expected[key]
            expected[own] = layer, "thresholds"


def _shape(layer: Layer, field: str, scheme: Scheme) -> tuple[int, ...]:
    """The shape that a layer's field is stored with; () is a single number."""
    if field == WORDS:
        return (word_bytes(layer.weight_shape, scheme),)
    if field == "table":
        return (256,)
    if field == "multiplier" and not layer.count_padding:
        return (layer.kernel[0] * layer.kernel[1],)
    if layer.has_weights and field == "weights":
        return layer.weight_shape
    return layer.weight_shape[:1] if layer.has_weights and field in _PER_FILTER else ()


def _check_names(
    heads: Mapping[str, ArrayHead],
    names: Collection[str],
    file: Traversable,
    optional: Collection[str] = (),
) -> None:
    """The arrays called `names`, and no others; those that are `optional` may be missing."""
    for name in heads:
        if name not in names:
            raise unknown_name(str(file), "array", on_one_line(name), names)
    for name in names:
        if name not in heads and name not in optional:
            raise InputError(str(file), f"array '{name}' is missing", _ACCEPTED)


def _check_head(head: ArrayHead, shape: tuple[int, ...], where: str) -> None:
    if head.shape != shape or not np.issubdtype(head.dtype, np.integer) or 0 in shape:
        wanted = f"integers of shape {list(shape)}" if shape else "one integer"
        raise InputError(where, f"is {head}", f"accepted: {wanted}")


def _check_range(array: NDArray[Any], least: int, most: int, where: str) -> None:
    low, high = int(array.min()), int(array.max())
    if low < least or high > most:
        raise InputError(where, f"holds {low} to {high}", f"accepted: {least} to {most}")


def _check_terms(layer: Layer, scheme: Scheme, stored: Arrays, file: str) -> None:
    """Weights that the scheme has words for, with the terms that k gives their filters."""
    weights, k = stored[f"{layer.name}.weights"], stored[f"{layer.name}.k"]
    where = f"{file}: {layer.name}"
    try:
        codec(scheme.name).encode_values(weights, k=k if scheme.is_shift_add else None)
    except InputError as error:
        raise InputError(f"{where}.{error.where}", error.problem, error.accepted) from None
    if not scheme.is_shift_add and k.any():
        raise InputError(f"{where}.k", f"is not 0 under '{scheme.name}'", "accepted: 0")
