"""Operators and keys of other frameworks: what is not modelled is called so, never a misspelling.

A key whose value changes nothing (`dilation = 1`) is accepted and left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from lightsim.errors import InputError
from lightsim.network.activations import Activation
from lightsim.network.checking import on_one_line
from lightsim.network.elsewhere import NOT_MODELLED, SAME, plain_name

__all__ = ["modelled", "refuse_operator"]

_POOLS = ("max_pool", "average_pool", "max_pool1d", "average_pool1d")
_WINDOWS = ("conv2d", "conv1d", *_POOLS)
_WEIGHTED = ("conv2d", "dense", "conv1d", "matmul")
_ALL = (
    *_WINDOWS,
    "dense",
    "matmul",
    "global_max_pool",
    "global_pool",
    "add",
    "concat",
    "flatten",
    "reorganise",
)
# What these give has the type of what they read.
_SAME_TYPE = (
    *_POOLS, "global_max_pool", "global_pool", "concat", "flatten", "reorganise",
)  # fmt: skip
_BITS = "the bits of activations are called activation_bits here"


# For each key: the operators it belongs to elsewhere, the values that say what is modelled
# anyway (the first is named), and what the answer says.
_Row = tuple[tuple[str, ...], tuple[object, ...], str]
_KEYS: dict[str, _Row] = {
    "dilation": (_POOLS, (1,), "dilation of a pooling is not modelled"),
    "dilations": (_WINDOWS, (1,), "the key is dilation, of conv2d and conv1d alone"),
    "dilation_rate": (_WINDOWS, (1,), "the key is dilation, of conv2d and conv1d alone"),
    "atrous": (_WINDOWS, (1,), "the key is dilation, of conv2d and conv1d alone"),
    "output_padding": (_WINDOWS, (0,), "output_padding belongs to conv_transpose2d alone"),
    "transposed": (_WINDOWS, (False,), "a transposed convolution is the operator conv_transpose2d"),
    "padding_mode": (_WINDOWS, ("zeros", "zero", "constant"), "padding is with zeros alone"),
    "pad_value": (_WINDOWS, (0,), "padding is with zeros alone"),
    "ceil_mode": (("conv2d", "conv1d"), (False,), "ceil_mode belongs to poolings alone"),
    "count_include_pad": (
        ("average_pool", "average_pool1d"),
        (True,),
        "padding counts in an average",
    ),
    "groups": (("dense", *_POOLS), (1,), "groups belong to conv2d alone"),
    "alpha": (_ALL, (), "a slope is not a key: trained weights bring the table of leaky_relu"),
    "negative_slope": (
        _ALL,
        (),
        "a slope is not a key: trained weights bring the table of leaky_relu",
    ),
    "activation_bits": (_SAME_TYPE, (8,), "its output has the bits of its input"),
    "activation_signed": (_SAME_TYPE, (), "its output has the sign of its input"),
    "activations_bits": (_ALL, (8,), _BITS),
    "input_bits": (_ALL, (8,), _BITS),
    "output_bits": (_ALL, (8,), _BITS),
    "act_bits": (_ALL, (8,), _BITS),
    "bits": (_ALL, (8,), _BITS),
    "weight_bits": (_ALL, (), "the bits of weights are those of the scheme (scheme=...)"),
    "weights_bits": (_ALL, (), "the bits of weights are those of the scheme (scheme=...)"),
    "scheme": (_ALL, (), "a scheme of its own is not modelled: one for the network (scheme=...)"),
    "k": (_ALL, (), "the k of filters is not a key of layers: k=FILE.toml names it"),
    "sparsity": (_ALL, (), "sparsity is not modelled: a filter with k = 0 is left out"),
    "scale": (_ALL, (), "scales are not keys of layers: trained weights bring them"),
    "zero_point": (_ALL, (0,), "zero points are not modelled"),
    "data_format": (_ALL, ("NCHW", "channels_first"), "the order of data is fixed"),
    "batch_norm": (_WEIGHTED, (False,), "batch normalisation is part of bias and multiplier"),
    "batchnorm": (_WEIGHTED, (False,), "batch normalisation is part of bias and multiplier"),
    "dropout": (_ALL, (0,), "dropout computes nothing when a network runs"),
}
_ACTIVATIONS = (
    "prelu", "selu", "mish", "softmax", "softplus", "quadratic", "exp", "celu", "glu", "softsign",
)  # fmt: skip
_SAME_ACTIVATION = {
    "relu6": "clipped_relu", "swish": "silu", "hardtanh": "clip", "relun": "clipped_relu",
    "logistic": "sigmoid", "linear": "none", "identity": "none", "boundedrelu": "clipped_relu",
    "clippedrelu": "clipped_relu",
}  # fmt: skip

_KNOWN = get_args(Activation)


def modelled(table: Mapping[str, Any], operator: str, where: str) -> dict[str, Any]:
    """A layer's table without the keys of other frameworks that change nothing.

    Raises `InputError` for one that would change something, with the value that is accepted,
    and for an activation that is not modelled.
    """
    kept = dict(table)
    for key, value in table.items():
        operators, neutral, problem = _KEYS.get(key, ((), (), ""))
        if operator not in operators:
            continue
        if _is_neutral(value, neutral) or (key == "count_include_pad" and not _padded(table)):
            del kept[key]
            continue
        told = f"accepted: {_spelled(neutral[0])}" if neutral else f"accepted: no key '{key}'"
        raise InputError(where, problem, told)
    activation = kept.get("activation")
    if isinstance(activation, str) and activation not in _KNOWN:
        _refuse_activation(activation, where)
    return kept


def _refuse_activation(activation: str, where: str) -> None:
    """Raise `InputError` for an activation that other frameworks have, by any spelling."""
    plain = plain_name(activation)
    same = _SAME_ACTIVATION | {plain_name(name): name for name in _KNOWN}
    if plain in same:
        problem = f"unknown activation '{on_one_line(activation)}'"
        raise InputError(where, problem, f"here it is {same[plain]}")
    if plain in _ACTIVATIONS:
        problem = f"activation '{activation}' is not modelled"
        raise InputError(where, problem, f"accepted: {', '.join(_KNOWN)}")


def refuse_operator(operator: str, known: Mapping[str, object], where: str) -> None:
    """Raise `InputError` for an operator that other frameworks have, by any of its spellings."""
    plain = plain_name(operator)
    same = SAME | {plain_name(name): name for name in known}
    if plain in same:
        raise InputError(where, f"unknown operator '{operator}'", f"here it is {same[plain]}")
    if plain in NOT_MODELLED:
        problem = f"operator '{operator}' is not modelled"
        raise InputError(where, problem, f"accepted: {', '.join(known)}")


def _is_neutral(value: object, neutral: tuple[object, ...]) -> bool:
    """Whether a value, or every one of a list, is the one that changes nothing."""
    values = value if isinstance(value, list) and value else [value]
    return all(
        any(type(one) is type(other) and _same(one, other) for other in neutral) for one in values
    )


def _same(one: object, other: object) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.lower() == other.lower()
    return one == other


def _padded(table: Mapping[str, Any]) -> bool:
    padding = table.get("padding", 0)
    return bool(any(padding) if isinstance(padding, list) else padding)


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
