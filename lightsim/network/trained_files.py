"""The `[trained]` table of a network file: where its integers and its labelled images are."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

from lightsim.descriptions import Count, Fraction, check_fields

if TYPE_CHECKING:
    from lightsim.network.layer import Network

__all__ = ["FINGERPRINT_DIGITS", "TrainedFiles", "fingerprint"]

FINGERPRINT_DIGITS = 16


@dataclass(frozen=True, slots=True)
class TrainedFiles:
    """What a network file says of its training.

    `weights` has by scheme the file of the integers; `held_out` is the file of labelled images,
    None where there are none, and `data` what the images are. `provenance` says when and how
    the weights were made. `fingerprint` is that of the layers they were made for, and `where`
    what errors call the table. `dataset` names the data set that the images are of, where
    `lightsim data` knows it; `accuracy` has by scheme the share of all its `test_images` that
    the integers classify correctly, as it was measured when they were made.
    """

    where: str
    weights: Mapping[str, Traversable]
    held_out: Traversable | None
    data: str
    provenance: str
    fingerprint: str
    dataset: str | None = None
    test_images: Count | None = None
    accuracy: Mapping[str, Fraction] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_fields(self)


def fingerprint(network: Network) -> str:
    """Hexadecimal digits that are equal for networks of equal inputs and layers."""
    # Here and not above: a network knows its trained files, and writing knows networks.
    from lightsim.network.writing import dump_network

    plain = replace(network, name="network", title="-", source="-")
    return hashlib.sha256(dump_network(plain).encode()).hexdigest()[:FINGERPRINT_DIGITS]
