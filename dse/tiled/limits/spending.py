"""The least that designs spend on a batch: energy of the counted activity, and memory traffic.

Both depend on the array, the port and the batch but not on buffers, so they are calculated once
for every array of a space. The energy model has no leakage and no clock tree, so neither has this
bound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dse.machine.spending import Spending, joules_of_event, memory_kind
from dse.space.points import Space
from dse.tiled.design.arrays import Arrays
from dse.tiled.free_k.bound import FreeBound
from dse.tiled.space.lanes import lane_mix
from lightsim.hardware.pe_kinds import pe_kind
from lightsim.numerics.formats.scheme import scheme
from lightsim.tiled.bounds import Axes, NetworkBound
from lightsim.tiled.mapping.activity import product_event

__all__ = ["every_spending"]

Floats = NDArray[np.float64]


def every_spending(
    space: Space,
    arrays: Arrays,
    networks: Sequence[Mapping[int, NetworkBound]],
    free: FreeBound | None,
) -> Spending:
    """The least spending of every array, float64[array, batch, choice of k, network].

    `networks[network][place of the scheme]` are the bounds of the networks; `free` is the bound of
    allocations if k is free.
    """
    schemes, batches, ks = (space.axes[name] for name in ("scheme", "batch", "k"))
    lanes = np.array([str(choice) for choice in space.axes["lanes"]])[arrays.places["lanes"]]
    shape = len(arrays.machines), len(batches), len(ks), len(networks)
    joules, moved = np.zeros(shape), np.zeros(shape)
    for which, batch, k, network in np.ndindex(len(schemes), *shape[1:]):
        own = np.flatnonzero(arrays.places["scheme"] == which)
        if not own.size:
            continue
        joules[own, batch, k, network], moved[own, batch, k, network] = _least(
            networks[network][which],
            str(schemes[which]),
            lanes[own].tolist(),
            arrays.machines.take(own).vary(images=int(batches[batch])),
            memory_kind(arrays.memory),
            None if free is None else free.fewest_terms(k),
        )
    return Spending(joules, moved)


def _least(
    bound: NetworkBound,
    scheme_name: str,
    lanes: Sequence[str],
    machines: Axes,
    kind: str,
    fewest: Mapping[str, tuple[int, int]] | None,
) -> tuple[Floats, Floats]:
    """The least joules and bytes of a batch, float64[machine] each; `lanes` are the PE kinds of
    each machine.

    `fewest` gives for each layer the least number of filters with one term and with two terms
    in any allocation; None if k is given by the workload.
    """
    k = bound.k
    if fewest is not None:
        k = np.array([fewest.get(name, (0, 0)) for name in bound.passes], np.float64)
    found = bound.activity(machines, k)
    counts = np.array(list(found.events.values()))
    prices = np.array([joules_of_event(name, kind) for name in found.events])
    joules = (counts * prices[:, None]).sum(axis=0)
    choices, which = np.unique(np.array(lanes), return_inverse=True)
    least = max(1, int(bound.least_activation_bits))
    each = np.array([_product_prices(str(one), scheme_name, kind, least) for one in choices])
    joules += (found.products * each[which].T).sum(axis=0)
    return joules, found.events["dram_byte"]


def _product_prices(lanes: str, scheme_name: str, kind: str, bits: int) -> list[float]:
    """The joules of one product with a filter of 0, 1 and 2 terms on the cheapest PE kind of
    `lanes`.

    A filter without terms costs nothing where k may differ from filter to filter. Activations
    have `bits` bits, the fewest of all activations that the network multiplies.
    """
    row, found = scheme(scheme_name), []
    kinds = [pe_kind(group.pe) for group in lane_mix(lanes).groups(1 << 10)]
    for terms in range(3):
        # A bit-serial row takes the least time for one-bit activations.
        events = [
            (*product_event(one, row, terms, 1), one.share_of_byte(row, bits)) for one in kinds
        ]
        pruned = terms == 0 and row.k_per_filter
        found.append(
            0.0
            if pruned
            else min(joules_of_event(name, kind) * n * share for name, n, share in events)
        )
    return found
