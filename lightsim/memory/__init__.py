"""The timing of a memory channel: DRAM at the level of commands, and an ideal memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lightsim.memory.channel import Channel, DramChannel, IdealChannel, make_channel

__all__ = ["Channel", "DramChannel", "IdealChannel", "make_channel"]


def __getattr__(name: str) -> Any:
    """Import the channels at their first use, because they import a compiler. Raises
    `AttributeError` for an unknown name.
    """
    if name in __all__:
        from lightsim.memory import channel

        return getattr(channel, name)
    raise AttributeError(f"module 'lightsim.memory' has no attribute '{name}'")
