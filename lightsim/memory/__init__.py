"""A memory channel's timing: command-level DRAM, and an ideal memory for closed forms."""

from lightsim.memory.channel import Channel, DramChannel, IdealChannel, make_channel

__all__ = ["Channel", "DramChannel", "IdealChannel", "make_channel"]
