"""Random networks whose activations have other widths than eight bits, and machines for them."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from tests.tiled.simulation.cases import random_cases
from tests.tiled.simulation.machines import random_accelerator
from tests.tiled.simulation.nets import random_network

ANY_WIDTH = (1, 2, 4, 8)
# What these join, average or add has one type and is no sign: all layers get the same width.
_TOGETHER = {"concat", "average_pool", "global_pool", "add"}


def narrow_accelerator(dice, scheme):
    """A machine for activations of one width, or for those of any."""
    widths = ANY_WIDTH if dice.random() < 0.6 else (dice.randint(2, 8),)
    return replace(random_accelerator(dice, scheme), activation_bits=widths)


def narrow_network(dice, scheme, word_bytes, widths):
    """A network whose layers have widths of their own, as far as its operators let them."""
    least, most = (1, 8) if len(widths) > 1 else (widths[0], widths[0])
    drawn = random_network(dice, scheme, word_bytes)
    together = bool(_TOGETHER & {layer.operator for layer in drawn.layers})
    every = dice.randint(max(2, least), most)

    def own(layer):
        raw = layer.has_weights and layer.activation == "none" and layer.name in drawn.ends
        if raw or not (layer.has_weights or layer.operator == "add") or layer.activation == "sign":
            return layer
        if together:
            return replace(layer, activation_bits=every)
        bits = dice.randint(least, most)
        signed = dice.choice([None, None, True, False]) if bits > 1 else None
        return replace(layer, activation_bits=bits, activation_signed=signed)

    layers = tuple(own(layer) for layer in drawn.layers)
    return replace(drawn, input_bits=dice.randint(max(2, least), most), layers=layers)


def maker(widths):
    """A maker of networks for machines of these widths."""

    def make(dice, scheme, word_bytes):
        while True:
            net = narrow_network(dice, scheme, word_bytes, widths)
            signs = any(layer.activation == "sign" for layer in net.layers)
            if len(widths) > 1 or not signs or scheme == "binary":
                return net

    return make


def narrow_case(seed, scheme):
    """A network of narrow activations, a machine that just holds its tiles, a mapping, images."""
    dice = Random(f"narrow {scheme} {seed}")
    accelerator = narrow_accelerator(dice, scheme)
    return random_cases(dice, [seed], accelerator, make=maker(accelerator.activation_bits))[0]
