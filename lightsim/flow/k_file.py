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

    `[k]` has for each layer with weights one text with a digit for each filter: 0, 1, 2, or more
    where the scheme has more.
    Whether the layers are those of a network is not looked at here. Raises `InputError` naming
    file, layer, value and what is accepted.
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
        if not isinstance(digits, str) or not digits or set(digits) - set("01234"):
            raise InputError(
                f"{path}, [k] {on_one_line(name)}",
                f"is {spell_value(digits)}",
                "accepted: a text with a digit for each filter, 0, 1, 2 or more",
            )
        k[name] = np.array([int(digit) for digit in digits], np.int8)
    return FilterTerms(k, weights)


def dump_k(terms: FilterTerms) -> str:
    """The text of a k file."""
    lines = [] if terms.weights is None else [f'weights = "{terms.weights}"', ""]
    lines.append("[k]")
    lines += [f'"{name}" = "{"".join(map(str, k.tolist()))}"' for name, k in terms.k.items()]
    return "\n".join(lines) + "\n"
