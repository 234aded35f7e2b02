"""Weights kept as the packed code words of their scheme: half of the room of integers, or less."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.numerics.formats.scheme import Scheme
from lightsim.numerics.formats.table import codec

__all__ = ["weights_of_words", "word_bytes", "words_of"]


def words_of(weights: NDArray[np.int16], k: NDArray[np.int8], scheme: Scheme) -> NDArray[np.uint8]:
    """The code words of weights int16[out, ...], as `Codec.pack` lays them into memory: uint8[n].

    Raises `InputError` for a weight that `scheme` does not have.
    """
    own = codec(scheme.name)
    return own.pack(own.encode_values(weights, k=k if scheme.is_shift_add else None))


def word_bytes(shape: tuple[int, ...], scheme: Scheme) -> int:
    """The bytes that `words_of` makes of weights of a shape."""
    return codec(scheme.name).packed_bytes(prod(shape))


def weights_of_words(
    words: NDArray[np.uint8], shape: tuple[int, ...], scheme: Scheme, where: str
) -> NDArray[np.int16]:
    """The weights int16[`shape`] of packed code words; `where` is what an error calls them.

    Raises `InputError` for a code that `scheme` does not have.
    """
    own = codec(scheme.name)
    try:
        return own.decode(own.unpack(words, shape))
    except InputError as error:
        raise InputError(f"{where}: {error.where}", error.problem, error.accepted) from None
