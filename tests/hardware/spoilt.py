"""A good accelerator file, and the same with one key spoilt."""

import copy
import tomllib

GOOD = tomllib.loads("""
name = "mine"
board = "zc706"
scheme = "flightnn"
clock = "150 MHz"
port_bits = 128
ports = [["input", "weight"], ["residual", "output"]]
psum_bytes = "64 KiB"
[array]
columns = 16
pixels = 2
[[array.group]]
pe = "shift_add_serial"
rows = 16
[post]
lanes = 16
[input]
bytes_per_bank = "16 KiB"
[weight]
bytes_per_bank = "64 KiB"
[residual]
bytes_per_bank = "8 KiB"
[output]
bytes_per_bank = "8 KiB"
""")

GOOD_BOARD = tomllib.loads("""
name = "mine"
title = "My board"
clock = "125 MHz"
port_bits = 128
port_count = 2
source = "its manual"
[device]
name = "XC7Z010"
family = "Zynq-7000"
dsp_type = "DSP48E1"
lut = 17600
ff = 35200
dsp = 80
bram36 = 60
[memory]
part = "ddr3-1066-x32"
""")

GONE = type("Missing", (), {"__repr__": lambda self: "missing"})()


def spoilt(table: dict, key: str, value: object) -> dict:
    """A copy of the table with one key, named by its path, replaced or taken out."""
    table = copy.deepcopy(table)
    *path, last = key.split(".")
    inner = table
    for name in path:
        inner = inner[name]
    if value is GONE:
        del inner[last]
    else:
        inner[last] = value
    return table
