"""The integer type of every layer's output: one rule for trained and synthetic weights."""

from __future__ import annotations

from lightsim.errors import InputError
from lightsim.network.activations import CLAMPS, TABLES
from lightsim.network.layer import Layer, Network
from lightsim.network.tensor import ElementType
from lightsim.numerics.formats.scheme import Scheme

__all__ = [
    "activation_widths",
    "assumed_clamp",
    "clamp_of",
    "element_types",
    "input_types",
    "lowest_output",
]

_SIGN = ElementType(1, signed=True)
_RAW = ElementType(32, signed=True)


def element_types(network: Network, scheme: Scheme) -> dict[str, ElementType]:
    """The output type of every layer, by layer name, in the network's order.

    A layer with weights, an addition or `requantise` gives numbers of its `activation_bits`, or of
    the network's where it states none: unsigned ones after `relu`, `clipped_relu` and tables
    without negative values, else signed ones, unless its `activation_signed` says otherwise.
    `sign`, and one bit, give -1 or +1, and so does `relu` under the scheme `binary` where the
    network has binary activations. A layer with weights that no layer reads, without an activation
    and bits of its own, gives the raw 32-bit accumulator. Every other operator keeps its input's
    type.

    Raises `InputError` if a `concat` joins inputs of different types, for a `requantise`
    or `multiply` of one-bit activations, and for those, additions and tables that give one bit.
    """
    types: dict[str, ElementType] = {}
    ends = network.ends
    for layer in network.layers:
        inputs = input_types(network, layer, types)
        if layer.has_weights:
            types[layer.name] = _weighted(network, layer, scheme, layer.name in ends)
        elif layer.operator == "add":
            types[layer.name] = _added(network, layer, "a sum of residuals is no sign")
        elif layer.operator == "requantise":
            _refuse_signs(layer, inputs[0])
            types[layer.name] = _added(network, layer, "a scaled value is no sign")
        elif layer.operator == "multiply":
            _refuse_signs(layer, *inputs)
            signed = any(element.signed for element in inputs)
            types[layer.name] = _added(network, layer, "a product of numbers is no sign", signed)
        else:
            types[layer.name] = _shared(layer, inputs)
    return types


def activation_widths(network: Network, scheme: Scheme) -> tuple[int, ...]:
    """The bits of all activations that a machine for the network reads and writes, rising.

    Signs are counted where the scheme is not one of signs, whose machines take them anyway; what
    has eight bits and less is left out of a network that has no other widths than eight and one.
    """
    own = ElementType(network.input_bits, network.input_signed)
    types = {own, *element_types(network, scheme).values()}
    widths = {kind.bits for kind in types if kind.is_requantised}
    if scheme.is_sign and widths <= {8}:
        return (8,)
    signs = {1} if any(kind.is_sign for kind in types) and not scheme.is_sign else set[int]()
    return tuple(sorted((widths or {8}) | signs))


def input_types(
    network: Network, layer: Layer, types: dict[str, ElementType]
) -> tuple[ElementType, ...]:
    """The types of `layer`'s inputs, given the output `types` of the layers before it."""
    own = ElementType(network.input_bits, network.input_signed)
    return tuple(own if name == "input" else types[name] for name in layer.inputs)


def lowest_output(layer: Layer, output: ElementType) -> int:
    """The least value that a layer gives: `relu` gives no negative one, in any type but a sign."""
    return 0 if layer.activation == "relu" and not output.is_sign else output.lowest


def _weighted(network: Network, layer: Layer, scheme: Scheme, ends: bool) -> ElementType:
    binary = scheme.is_sign and network.binary_activations
    if layer.activation == "sign" or (binary and layer.activation == "relu"):
        return _SIGN
    if ends and layer.activation == "none" and layer.activation_bits is None:
        return _RAW
    if layer.activation in TABLES:
        return _added(network, layer, f"what {layer.activation} gives is no sign")
    return _SIGN if _bits(network, layer) == 1 else _requantised(network, layer)


def _added(network: Network, layer: Layer, why: str, signed: bool | None = None) -> ElementType:
    if _bits(network, layer) == 1:
        raise InputError(
            layer.name,
            f"{layer.operator} gives activations of one bit, and {why}",
            "accepted: its own activation_bits, 2 to 8",
        )
    return _requantised(network, layer, signed)


def _bits(network: Network, layer: Layer) -> int:
    return network.activation_bits if layer.activation_bits is None else layer.activation_bits


def _requantised(network: Network, layer: Layer, by_input: bool | None = None) -> ElementType:
    signed = by_input if layer.activation_signed is None else layer.activation_signed
    if signed is None:
        table = TABLES.get(layer.activation)
        unsigned = layer.activation in ("relu", "clipped_relu")
        signed = not unsigned if table is None else table.signed
    return ElementType(_bits(network, layer), signed)


def _refuse_signs(layer: Layer, *elements: ElementType) -> None:
    if any(element.bits == 1 for element in elements):
        raise InputError(
            layer.name,
            f"{layer.operator} reads one-bit activations, which have no scale",
            "accepted: activations of 2 to 8 bits",
        )


def clamp_of(layer: Layer, output: ElementType) -> tuple[int, int]:
    """Between which integers a layer's rounded values are clamped, its type's for most; those of a
    layer with a table before they are looked up. Of `clip` and `clipped_relu` the widest.
    """
    if layer.activation in TABLES:
        return -128, 127
    return lowest_output(layer, output), output.highest


def assumed_clamp(layer: Layer, output: ElementType) -> tuple[int, int]:
    """The clamp of a layer without trained weights: two standard deviations where it clips."""
    low, high = clamp_of(layer, output)
    if layer.activation in CLAMPS and output.is_requantised:
        high = round(output.highest * 2 / 3)
        low = 0 if layer.activation == "clipped_relu" else max(-high, low)
    return low, high


def _shared(layer: Layer, inputs: tuple[ElementType, ...]) -> ElementType:
    first = inputs[0]
    if any(other != first for other in inputs):
        written = ", ".join(
            f"{name} {'signed' if kind.signed else 'unsigned'} {kind.bits}-bit"
            for name, kind in zip(layer.inputs, inputs, strict=True)
        )
        widths = any(other.bits != first.bits for other in inputs)
        raise InputError(
            layer.name,
            f"{layer.operator} joins activations of different types: {written}",
            f"give the layers it joins the same activation{' and activation_bits' * widths}",
        )
    return first
