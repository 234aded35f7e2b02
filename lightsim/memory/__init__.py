"""A memory channel's timing: command-level DRAM, and an ideal memory for closed forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lightsim.memory.channel import Channel, DramChannel, IdealChannel, make_channel

__all__ = ["Channel", "DramChannel", "IdealChannel", "make_channel"]


def __getattr__(name: str) -> Any:
    """The channels, imported when first asked for: a compiler comes with them."""
    if name in __all__:
        from lightsim.memory import channel

        return getattr(channel, name)
    raise AttributeError(f"module 'lightsim.memory' has no attribute '{name}'")
