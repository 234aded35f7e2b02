"""A lowered graph as workloads: one network, and its integers under one or more schemes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.importing.integers.filters import holds
from lightsim.importing.integers.layers import Site, quantised_layer
from lightsim.importing.integers.real_run import ranges_of
from lightsim.importing.integers.settling import settled, type_of
from lightsim.importing.integers.steps import Step, steps_of
from lightsim.importing.lowering.draft import Draft, InputDraft
from lightsim.network.layer import Network
from lightsim.network.tensor import ElementType
from lightsim.numerics.formats.scheme import SCHEMES, Scheme
from lightsim.quantisation.elements import element_types, input_types
from lightsim.quantisation.workload import Workload

__all__ = ["Quantised", "fitting_schemes", "quantised"]


@dataclass(frozen=True, slots=True, eq=False)
class Quantised:
    """A network with its workloads by scheme, the steps of its tensors, the drafts that they are
    of, and what is lost by layer: the share of sums that the file rounds to another output."""

    network: Network
    workloads: tuple[Workload, ...]
    steps: dict[str, Step]
    drafts: tuple[Draft, ...]
    differing: dict[str, float]
    warnings: tuple[str, ...]


def quantised(
    image: InputDraft,
    drafts: Sequence[Draft],
    network: Network,
    images: NDArray[np.float32],
    schemes: Sequence[Scheme],
    origin: str,
) -> Quantised:
    """The workloads of `network`, whose layers are still to be made of the drafts.

    `images` float32[n, channels, height, width] calibrate; `origin` says where the weights are
    from.
    """
    signed = _is_signed(image, images)
    done = settled(image, drafts, signed_input=signed)
    bits = _input_bits(image)
    whole = replace(
        network, layers=tuple(draft.layer for draft in done), input_signed=signed or bits == 1,
        input_bits=bits, outputs=(),
    )  # fmt: skip
    warnings: list[str] = []
    ranges = ranges_of(done, images)
    differing: dict[str, float] = {}
    workloads: list[Workload] = []
    steps: dict[str, Step] = {}
    for scheme in schemes:
        types = element_types(whole, scheme)
        types["input"] = ElementType(whole.input_bits, whole.input_signed)
        steps = steps_of(image, done, types, ranges, warnings if not workloads else [])
        layers = []
        for draft in done:
            inputs = input_types(whole, draft.layer, types)
            _refuse_padded_signs(draft, inputs[0])
            site = Site(draft.layer, inputs, types[draft.name], steps)
            layers.append(quantised_layer(draft, site, scheme, differing))
        workloads.append(Workload(whole, scheme, tuple(layers), origin, trained=True))
    return Quantised(whole, tuple(workloads), steps, tuple(done), differing, tuple(warnings))


def fitting_schemes(drafts: Sequence[Draft]) -> list[Scheme]:
    """The schemes that hold all integers of a file, those of fewest bits first; none for a file
    without integers."""
    values = [draft.codes.values for draft in drafts if draft.codes is not None]
    real = [draft for draft in drafts if draft.weights is not None and draft.codes is None]
    if not values or any(not _is_one(draft) for draft in real):
        return []
    fitting = [row for row in SCHEMES.values() if all(holds(row, own) for own in values)]
    if real:  # a layer that only hands on needs a word for one
        fitting = [row for row in fitting if not row.is_sign]
    return sorted(fitting, key=lambda row: (row.weight_bits, not row.k_per_filter))


def _is_one(draft: Draft) -> bool:
    """Whether all of a layer's weights are the same, so that every scheme has them."""
    assert draft.weights is not None
    return bool((np.abs(draft.weights) == np.abs(draft.weights.flat[0])).all())


def _is_signed(image: InputDraft, images: NDArray[np.float32]) -> bool:
    if image.grid is not None:
        return image.grid.sign or image.grid.ends[0] < 0
    return bool(images.min() < 0)


def _input_bits(image: InputDraft) -> int:
    if image.grid is None:
        return 8
    return 1 if image.grid.sign else type_of(image.grid, "none")[0]


def _refuse_padded_signs(draft: Draft, element: ElementType) -> None:
    pad = draft.layer.padding
    pads = max(pad.top, pad.left, pad.bottom, pad.right) > 0
    if element.bits == 1 and draft.weights is not None and pads:
        raise InputError(
            draft.where,
            "pads 1-bit activations with zeros, and padding counts as -1 here",
            "accepted: no padding in layers that read 1-bit activations",
        )
