"""The terms that single layers may have: one in every filter, two in every filter, or free.

On one machine the weights of all layers have one format, and the lanes take every code of this
format. So a scheme of a single layer restricts which codes its weights use: `lightnn1` means one
term in all filters, `lightnn2` two terms in all filters, `flightnn` a free k.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dse.space.k_choices import ANY, FREE
from lightsim.errors import InputError, unknown_name
from lightsim.network import load_network
from lightsim.network.checking import spell_value

__all__ = [
    "DEFAULT_LOSS",
    "SCHEMES_OF_LAYERS",
    "LayerChoice",
    "default_k",
    "read_layers",
    "restricted",
    "without_budget",
]

DEFAULT_LOSS = "1 %"
"""The loss of accuracy against k = 2 that is allowed if k is free and the study states no loss."""

LayerChoice = int | str
"""1, 2 or `free`."""

SCHEMES_OF_LAYERS: dict[str, LayerChoice] = {"lightnn1": 1, "lightnn2": 2, "flightnn": FREE}
_K = "accepted: 1, 2 or 'free', or a list of them"


def read_layers(
    table: Mapping[str, Any], networks: Sequence[str], where: str
) -> dict[str, tuple[LayerChoice, ...]]:
    """The choices of every layer that a table `[layers.NAME]` names, by `k` or by `scheme`.

    Raises `InputError` for several networks, for a name that is no layer with weights, and for a
    wrong choice.
    """
    if not table:
        return {}
    if len(networks) > 1:
        problem = f"names layers, and there are {len(networks)} networks"
        raise InputError(where, problem, "accepted: one network")
    known, found = _weighted(networks[0]), {}
    for name, entry in table.items():
        if name not in known:
            raise unknown_name(where, "layer with weights", str(name), known)
        own = f"{where[:-1]}.{name}]"
        if not isinstance(entry, Mapping) or set(entry) not in ({"k"}, {"scheme"}):
            raise InputError(own, f"is {spell_value(entry)}", "accepted: k = ... or scheme = ...")
        found[name] = _choices(entry, own)
    # In the order of the network, so that equal studies compare as equal.
    return {name: found[name] for name in known if name in found}


def default_k(layers: Mapping[str, tuple[LayerChoice, ...]], network: str) -> str:
    """The choice of the axis k by default, beside the choices of single layers: `any` if every
    layer of the network is fixed, because no loss then decides anything."""
    fixed = [name for name, choices in layers.items() if choices in ((1,), (2,))]
    return ANY if len(fixed) == len(_weighted(network)) else DEFAULT_LOSS


def without_budget(choices: object) -> object:
    """The choices of the axis `k` in a study without a budget of accuracy: `free` becomes
    `DEFAULT_LOSS`.

    A value that is no choice stays as it is, and is refused when the axis is read.
    """
    if choices == FREE:
        return DEFAULT_LOSS
    if not isinstance(choices, list) or FREE not in choices:
        return choices
    kept = [DEFAULT_LOSS if choice == FREE else choice for choice in choices]
    both = DEFAULT_LOSS in choices
    return [one for at, one in enumerate(kept) if not (both and choices[at] == FREE)]


def _weighted(network: str) -> list[str]:
    return [layer.name for layer in load_network(network).layers if layer.has_weights]


def _choices(entry: Mapping[str, Any], where: str) -> tuple[LayerChoice, ...]:
    ((key, value),) = entry.items()
    values = value if isinstance(value, list) else [value]
    if not values:
        raise InputError(where, f"{key} is empty", _K)
    found: list[LayerChoice] = []
    for one in values:
        if key == "scheme":
            if one not in SCHEMES_OF_LAYERS:
                raise unknown_name(where, "scheme of a layer", str(one), SCHEMES_OF_LAYERS)
            choice = SCHEMES_OF_LAYERS[one]
        elif isinstance(one, bool) or one not in (1, 2, FREE):
            raise InputError(where, f"k is {spell_value(one)}", _K)
        else:
            choice = one
        if choice in found:
            raise InputError(where, f"{key} is {spell_value(one)} twice", "accepted: each once")
        found.append(choice)
    return tuple(found)


def restricted(layers: Mapping[str, tuple[LayerChoice, ...]]) -> dict[str, tuple[int, ...]]:
    """Layers in which all filters must have the same number of terms, with the allowed numbers in
    rising order. Layers that may be free are left out: freedom includes every fixed choice."""
    return {
        name: tuple(sorted(int(choice) for choice in choices))
        for name, choices in layers.items()
        if FREE not in choices
    }
