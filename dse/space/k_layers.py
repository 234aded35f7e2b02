"""What single layers may hold: one term in every filter, two, or what pays, filter by filter.

On one machine the weights of all layers have one format, whose lanes take any of its codes. A
layer's own scheme is therefore a restriction of its weights: `lightnn1` one term everywhere,
`lightnn2` two, `flightnn` free.
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
"""Of accuracy against k = 2, where k is free and nothing says what may be lost."""

LayerChoice = int | str
"""1, 2 or `free`."""

SCHEMES_OF_LAYERS: dict[str, LayerChoice] = {"lightnn1": 1, "lightnn2": 2, "flightnn": FREE}
_K = "accepted: 1, 2 or 'free', or a list of them"


def read_layers(
    table: Mapping[str, Any], networks: Sequence[str], where: str
) -> dict[str, tuple[LayerChoice, ...]]:
    """The choices of every layer with weights that `[layers.NAME]` names, by `k` or by `scheme`.

    Raises `InputError` for anything that cannot be accepted.
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
    # As the network has them, so that equal studies are equal.
    return {name: found[name] for name in known if name in found}


def default_k(layers: Mapping[str, tuple[LayerChoice, ...]], network: str) -> str:
    """The choice of axis k beside these: where every layer is fixed nothing is left to be chosen
    by a loss."""
    fixed = [name for name, choices in layers.items() if choices in ((1,), (2,))]
    return ANY if len(fixed) == len(_weighted(network)) else DEFAULT_LOSS


def without_budget(choices: object) -> object:
    """The choices of axis `k` without a budget of accuracy: `free` may lose `DEFAULT_LOSS`.

    What is no choice stays as it is, to be refused by who reads the axis.
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
    """The layers whose filters all have one number of terms, and which it may be, rising; whoever
    may be free may be all else."""
    return {
        name: tuple(sorted(int(choice) for choice in choices))
        for name, choices in layers.items()
        if FREE not in choices
    }
