"""Files that people write, each using what its kind of file may hold."""

from __future__ import annotations

__all__ = [
    "BINARY", "BOARD", "IDEAL", "LOSSES", "MAPPING", "NETWORK", "PART_BOARD", "RECIPE",
]  # fmt: skip

NETWORK = """\
name = "every"
title = "Every operator once"
source = "made for this test"
[input]
channels = 4
height = 12
width = 12
signed = true
[[layer]]
name = "stem"
operator = "conv2d"
filters = 32
kernel = [3, 3]
padding = "same"
activation = "relu"
[[layer]]
name = "deep"
operator = "conv2d"
filters = 32
kernel = 3
padding = [1, 1, 1, 1]
depthwise = true
activation = "relu"
[[layer]]
name = "grouped"
operator = "conv2d"
filters = 32
kernel = 1
groups = 2
bias = false
[[layer]]
name = "sum"
operator = "add"
inputs = ["grouped", "stem"]
activation = "relu"
[[layer]]
name = "both"
operator = "concat"
inputs = ["sum", "deep"]
[[layer]]
name = "small"
operator = "max_pool"
kernel = 2
[[layer]]
name = "again"
operator = "reorganise"
stride = 2
[[layer]]
name = "wide"
operator = "conv2d"
filters = 16
kernel = 3
stride = 2
padding = 1
[[layer]]
name = "mean"
operator = "global_pool"
[[layer]]
name = "flat"
operator = "flatten"
[[layer]]
name = "classes"
operator = "dense"
filters = 10
"""

BOARD = """\
name = "my-board"
title = "A board"
source = "made up"
clock = "125 MHz"
port_bits = 128
port_count = 2
[device]
name = "example-7"
family = "Artix-7"
dsp_type = "DSP48E1"
lut = 63_400
ff = 126_800
dsp = 240
bram36 = 135
uram = 0
[memory]
part = "ddr3-1066-x32"
channels = 1
interleave_bytes = 1024
source = { certainty = "assumed", text = "made up" }
"""

_PART = """\
[memory.part]
name = "a-part"
kind = "DDR3"
clock = "533 MHz"
bus_bits = 32
burst_length = 8
burst_clocks = 4
bank_groups = 1
banks_per_group = 8
row_bytes = 4096
rows = 32768
address_order = ["column", "bank_group", "bank", "row"]
tCL = 7
tCWL = 6
tRCD = 7
tRP = 7
tRAS = 20
tRC = 27
tRRD_S = 6
tRRD_L = 6
tFAW = 27
tCCD_S = 4
tCCD_L = 4
tWTR_S = 4
tWTR_L = 4
tWR = 8
tRTP = 4
tRTW = 7
tRFC = 139
tREFI = 4160
source = { certainty = "assumed", text = "made up" }
"""

PART_BOARD = BOARD.replace('part = "ddr3-1066-x32"\n', "") + _PART

IDEAL = """\
name = "mine"
scheme = "flightnn"
clock = "150 MHz"
port_bits = 128
ports = [["input", "weight"], ["residual", "output"]]
request_bytes = "1 KiB"
outstanding = 4
psum_bytes = "64 KiB"
products_per_dsp = 1
[array]
columns = 16
pixels = 2
[[array.group]]
pe = "shift_add_serial"
rows = 16
[accumulator]
bits = 32
overflow = "refuse"
accumulation = "exact"
[post]
lanes = 16
requantise = "multiply"
[input]
bytes_per_bank = "16 KiB"
banks = 2
[weight]
bytes_per_bank = "64 KiB"
banks = 1
[residual]
bytes_per_bank = "8 KiB"
[output]
bytes_per_bank = "4 KiB"
[memory]
latency_cycles = 20
bytes_per_cycle = 16
"""

MAPPING = """\
[stem]
m = 16
n = 9
r = 6
c = 12
[body]
m = 16
n = 16
r = 6
c = 6
b = 1
order = "smn"
sort_filters = true
"""

LOSSES = """\
accuracy = 0.97
[loss]
conv1 = [0.2, 0.01, 0]
conv2 = [0.3, 0.02, 0]
dense = [0.4, 0.03, 0]
"""

RECIPE = """\
name = "short"
network = "digits-small"
scheme = "flightnn"
float_epochs = 1
epochs = 1
batch = 64
seeds = [0]
device = "cpu"
threads = 1
[data]
source = "digits"
training_images = 128
held_out_images = 64
validation = 0.1
split_seed = 1
[augmentation]
shift = 1
share = 0.5
flip = false
[optimiser]
name = "adam"
learning_rate = 0.005
weight_decay = 0.0
momentum = 0.9
[schedule]
name = "steps"
steps = [0.5, 0.75]
factor = 0.1
warm_up = 0.1
[model]
scale = "learned"
[flightnn]
strengths = [0.0, 0.01]
[hardware]
board = "ultra96"
batch = 1
"""

BINARY = """\
network = "digits-small"
scheme = "binary"
epochs = 1
seeds = [3]
[data]
training_images = 128
held_out_images = 64
[distribution]
form = "code"
weight = 2.0
off_last = 1
"""
