"""The bits of the activations that the designs of a study must accept."""

from __future__ import annotations

from dse.study.study import Study
from lightsim.errors import InputError
from lightsim.network.zoo import load_network
from lightsim.numerics.formats.scheme import scheme
from lightsim.quantisation.elements import activation_widths

__all__ = ["widths_of"]


def widths_of(study: Study) -> dict[str, tuple[int, ...]]:
    """For each scheme the bits of the activations of all networks of the study, rising.

    A network that cannot have a scheme adds no width to it: the scheme is refused elsewhere, with
    the reason.
    """
    networks = [load_network(share.network) for share in study.shares]
    found = {}
    for name in map(str, study.axes["scheme"]):
        widths: set[int] = set()
        for network in networks:
            try:
                widths.update(activation_widths(network, scheme(name)))
            except InputError:
                continue
        found[name] = tuple(sorted(widths or {8}))
    return found
