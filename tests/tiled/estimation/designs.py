"""A small array to count the resources of."""

from lightsim.hardware.catalogue import board
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.description.accelerator import Array, LaneGroup
from lightsim.tiled.estimation.sizing import least_design


def design(name="zc706", scheme="flightnn", pe="shift_add_serial", rows=16, columns=32, pixels=2):
    array = Array((LaneGroup(pe, rows),), columns, pixels)
    return least_design(board(name), SCHEMES[scheme], array)
