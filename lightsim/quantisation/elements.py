"""The integer type of every layer's output: one rule for trained and synthetic weights."""

from __future__ import annotations

from lightsim.errors import InputError
from lightsim.network.activations import CLAMPS, TABLES
from lightsim.network.layer import Layer, Network
from lightsim.network.tensor import ElementType
from lightsim.numerics.formats.scheme import Scheme

__all__ = ["assumed_clamp", "clamp_of", "element_types", "input_types"]

_UNSIGNED_BYTE = ElementType(8, signed=False)
_SIGNED_BYTE = ElementType(8, signed=True)
_SIGN = ElementType(1, signed=True)
_RAW = ElementType(32, signed=True)


def element_types(network: Network, scheme: Scheme) -> dict[str, ElementType]:
    """The output type of every layer, by layer name, in the network's order.

    A layer with weights: `relu` gives unsigned bytes, `none` signed bytes, or the raw 32-bit
    accumulator if no layer reads it; `sign` gives one bit, and so does `relu`
    under the scheme `binary` where the network has binary activations. `add` gives unsigned
    bytes after `relu`, else signed bytes. So does `requantise`, and a layer with weights, after the
    other activations (`clipped_relu` and tables without negative values give unsigned bytes).
    Every other operator keeps its input's type.

    Raises `InputError` if a `concat` joins inputs of different types, and for a `requantise` of
    one-bit activations.
    """
    types: dict[str, ElementType] = {}
    ends = network.ends
    for layer in network.layers:
        inputs = input_types(network, layer, types)
        if layer.has_weights:
            types[layer.name] = _weighted(network, layer, scheme, layer.name in ends)
        elif layer.operator in ("add", "requantise"):
            types[layer.name] = _byte(layer)
            _refuse_signs(layer, inputs[0])
        else:
            types[layer.name] = _shared(layer, inputs)
    return types


def input_types(
    network: Network, layer: Layer, types: dict[str, ElementType]
) -> tuple[ElementType, ...]:
    """The types of `layer`'s inputs, given the output `types` of the layers before it."""
    own = ElementType(network.input_bits, network.input_signed)
    return tuple(own if name == "input" else types[name] for name in layer.inputs)


def _weighted(network: Network, layer: Layer, scheme: Scheme, ends: bool) -> ElementType:
    binary = scheme.is_sign and network.binary_activations
    if layer.activation == "sign" or (binary and layer.activation == "relu"):
        return _SIGN
    return _RAW if ends and layer.activation == "none" else _byte(layer)


def _byte(layer: Layer) -> ElementType:
    """The byte that an activation gives."""
    table = TABLES.get(layer.activation)
    unsigned = layer.activation in ("relu", "clipped_relu") if table is None else not table.signed
    return _UNSIGNED_BYTE if unsigned else _SIGNED_BYTE


def _refuse_signs(layer: Layer, element: ElementType) -> None:
    if layer.operator == "requantise" and element.bits == 1:
        raise InputError(
            layer.name,
            "requantise reads one-bit activations, which have no scale",
            "accepted: activations of eight bits",
        )


def clamp_of(layer: Layer, output: ElementType) -> tuple[int, int]:
    """Between which integers a layer's rounded values are clamped, its type's for most; those of a
    layer with a table before they are looked up. Of `clip` and `clipped_relu` the widest.
    """
    return (-128, 127) if layer.activation in TABLES else (output.lowest, output.highest)


def assumed_clamp(layer: Layer, output: ElementType) -> tuple[int, int]:
    """The clamp of a layer without trained weights: two standard deviations where it clips."""
    low, high = clamp_of(layer, output)
    if layer.activation in CLAMPS:
        high = round(output.highest * 2 / 3)
        low = 0 if layer.activation == "clipped_relu" else -high
    return low, high


def _shared(layer: Layer, inputs: tuple[ElementType, ...]) -> ElementType:
    first = inputs[0]
    if any(other != first for other in inputs):
        written = ", ".join(
            f"{name} {'signed' if kind.signed else 'unsigned'} {kind.bits}-bit"
            for name, kind in zip(layer.inputs, inputs, strict=True)
        )
        raise InputError(
            layer.name,
            f"{layer.operator} joins activations of different types: {written}",
            "give the layers it joins the same activation",
        )
    return first
