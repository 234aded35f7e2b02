"""Pieces of a network file that are right by themselves, and how a wrong one is answered."""

from __future__ import annotations

import pytest

from lightsim.errors import InputError
from lightsim.network.parsing import parse_network

__all__ = ["CONV", "DENSE", "HEAD", "IMAGE", "POOL", "SUM", "assert_answered"]

HEAD = 'name = "n"\ntitle = "t"\nsource = "s"\n'
IMAGE = "[input]\nchannels = 4\nheight = 8\nwidth = 8\n"
CONV = '[[layer]]\nname = "a"\noperator = "conv2d"\nfilters = 8\nkernel = 3\n'
DENSE = '[[layer]]\nname = "z"\noperator = "dense"\nfilters = 10\n'
SUM = '[[layer]]\nname = "s"\noperator = "add"\n'
POOL = '[[layer]]\nname = "p"\noperator = "max_pool"\n'


def assert_answered(text: str, answer: str) -> None:
    """A file of this text is refused in one line; `answer` is what follows the file's name."""
    with pytest.raises(InputError) as refusal:
        parse_network(text, "net.toml")
    assert str(refusal.value) == "net.toml" + answer
    assert "\n" not in str(refusal.value)
    assert refusal.value.exit_code == 2
