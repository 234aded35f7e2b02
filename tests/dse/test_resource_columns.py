"""The columns of resources are those of `Resources`, in its order."""

from dse.tiled.design import resource_columns as at
from lightsim.hardware.device import Resources


def test_the_order():
    names = {"lut": at.LUT, "ff": at.FF, "dsp": at.DSP, "bram36": at.BRAM, "uram": at.URAM}
    assert list(names) == list(Resources.names())
    assert list(names.values()) == list(range(at.RESOURCES))
