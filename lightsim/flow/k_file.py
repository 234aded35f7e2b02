"""k files: TOML with the number of terms of every filter of a network."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lightsim.errors import InputError, unknown_name
from lightsim.hardware.reading import read_table
from lightsim.network.checking import on_one_line, spell_value
from lightsim.quantisation.per_filter import FilterTerms

__all__ = ["dump_k", "load_k"]

_KEYS = ("weights", "k")


def load_k(path: Path) -> FilterTerms:
    """The content of a k file: the key `weights` and the table `[k]`.

    `weights` is the scheme whose weights are rounded (default: fixed8, or the scheme that the
    network was trained for). `[k]` has, for each layer with weights, a text with one digit 0, 1 or
    2 for each filter. This function does not check whether the network has these layers. Raises
    `InputError` with file, layer, value and the accepted values.
    """
    table = read_table(path)
    for key in table:
        if key not in _KEYS:
            raise unknown_name(str(path), "key", key, _KEYS)
    weights, layers = table.get("weights"), table.get("k")
    if weights is not None and not isinstance(weights, str):
        raise InputError(f"{path}: weights", f"is {spell_value(weights)}", "accepted: a scheme")
    if not isinstance(layers, dict):
        raise InputError(str(path), "has no table [k]", 'accepted: conv1 = "2110..." by layer')
    k = {}
    for name, digits in layers.items():
        if not isinstance(digits, str) or not digits or set(digits) - set("012"):
            raise InputError(
                f"{path}, [k] {on_one_line(name)}",
                f"is {spell_value(digits)}",
                "accepted: a text with a digit 0, 1 or 2 for each filter",
            )
        k[name] = np.array([int(digit) for digit in digits], np.int8)
    return FilterTerms(k, weights)


def dump_k(terms: FilterTerms) -> str:
    """The text of a k file."""
    lines = [] if terms.weights is None else [f'weights = "{terms.weights}"', ""]
    lines.append("[k]")
    lines += [f'"{name}" = "{"".join(map(str, k.tolist()))}"' for name, k in terms.k.items()]
    return "\n".join(lines) + "\n"
