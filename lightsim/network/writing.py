"""A network written as the TOML file that would be read back as the same network."""

from __future__ import annotations

from lightsim.files.toml_text import toml_text
from lightsim.network.layer import Layer, Network, Padding

__all__ = ["dump_network"]


def dump_network(network: Network) -> str:
    """The text of a network file; `parse_network` of it equals `network`."""
    head = [
        f"name = {toml_text(network.name)}",
        f"title = {toml_text(network.title)}",
        f"source = {toml_text(network.source)}",
        f"binary_activations = {_flag(network.binary_activations)}",
        *([f"activation_bits = {network.activation_bits}"] * (network.activation_bits != 8)),
        *_outputs(network),
        "",
        "[input]",
        f"channels = {network.input_shape.channels}",
        f"height = {network.input_shape.height}",
        f"width = {network.input_shape.width}",
        f"bits = {network.input_bits}",
        f"signed = {_flag(network.input_signed)}",
    ]
    return "\n".join([*head, *(line for layer in network.layers for line in _layer(layer))]) + "\n"


def _outputs(network: Network) -> list[str]:
    """The outputs, where they are not just the layers that none reads."""
    if network.outputs == network.ends:
        return []
    return [f"outputs = [{', '.join(toml_text(name) for name in network.outputs)}]"]


def _layer(layer: Layer) -> list[str]:
    lines = ["", "[[layer]]", f"name = {toml_text(layer.name)}", f'operator = "{layer.operator}"']
    if layer.operator in ("add", "concat", "interleave", "multiply"):
        lines.append(f"inputs = [{', '.join(toml_text(name) for name in layer.inputs)}]")
    else:
        lines.append(f"input = {toml_text(layer.inputs[0])}")
    if layer.has_weights:
        lines.append(f"filters = {layer.output_shape.channels}")
    if layer.operator in ("conv2d", "max_pool", "average_pool"):
        lines += [
            f"kernel = {_pair(layer.kernel)}",
            f"stride = {_pair(layer.stride)}",
            f"padding = {_edges(layer.padding)}",
        ]
    if layer.operator == "upsample":
        lines.append(f"scale = {_pair(layer.stride)}")
    if layer.operator == "interleave":
        high, wide = layer.input_shape.height, layer.input_shape.width
        crop = (
            high * layer.stride[0] - layer.output_shape.height,
            wide * layer.stride[1] - layer.output_shape.width,
        )
        lines += [f"stride = {_pair(layer.stride)}"]
        lines += [f"crop = {_pair(crop)}"] if crop != (0, 0) else []
    if layer.operator == "reorganise":
        lines.append(f"stride = {layer.stride[0]}")
    if layer.operator == "conv2d":
        lines.append(f"groups = {layer.groups}")
        # Only where it says something: files of old networks keep their fingerprint.
        lines += [f"dilation = {_pair(layer.dilation)}"] if layer.dilation != (1, 1) else []
    if layer.has_weights or layer.operator in ("add", "requantise"):
        lines.append(f'activation = "{layer.activation}"')
    if layer.activation_bits is not None:
        lines.append(f"activation_bits = {layer.activation_bits}")
    if layer.activation_signed is not None:
        lines.append(f"activation_signed = {_flag(layer.activation_signed)}")
    if layer.has_weights:
        lines.append(f"bias = {_flag(layer.bias)}")
    return lines


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _pair(value: tuple[int, int]) -> str:
    high, wide = value
    return str(high) if high == wide else f"[{high}, {wide}]"


def _edges(padding: Padding) -> str:
    edges = (padding.top, padding.left, padding.bottom, padding.right)
    return str(edges[0]) if len(set(edges)) == 1 else str(list(edges))
