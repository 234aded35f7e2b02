"""Study files, each using what a study may hold."""

from __future__ import annotations

__all__ = ["STUDIES"]

_SMALL = """\
name = "small"
board = "pynq-z2"
[[network]]
name = "digits-small"
weight = 1.0
"""

STUDIES = {
    "two objectives": _SMALL
    + """\
[axes]
scheme = ["flightnn"]
lanes = ["shift_add_serial", "multiply_dsp"]
rows = [8, 16, 24]
columns = [4, 8]
pixels = [1, 2]
ports = [1, 2]
[objectives]
throughput = "maximise"
lut = "minimise"
[search]
trials = 3
seed = 1
workers = 1
sampler = "auto"
prove = false
seconds = 900
gap = 0.0
mapping = "usual"
""",
    "budgets": _SMALL
    + """\
[axes]
rows = { from = 8, to = 24, step = 8 }
columns = [8]
pixels = 1
clock = ["100 MHz", "150 MHz"]
port_bits = ["auto"]
post_lanes = "auto"
batch = [1, 2]
weight_bytes = ["512 words", "64 KiB", "auto"]
input_banks = [1, 2]
[budget]
lut = "60 %"
dsp = 200
latency = "5 ms"
power = "60 W"
dram_bandwidth = "8 GB/s"
throughput = "10 images/s"
[objectives]
throughput = "maximise"
energy = "minimise"
latency = "minimise"
[search]
trials = 2
""",
    "accuracy": _SMALL
    + """\
[axes]
scheme = ["flightnn", "lightnn1"]
rows = [8, 16]
columns = [8]
pixels = [1]
[budget]
accuracy = 0.5
[objectives]
accuracy = "maximise"
throughput = "maximise"
[accuracy]
source = "table"
[accuracy.table]
flightnn = 0.93
lightnn1 = 0.9
[search]
trials = 2
sampler = "random"
""",
    "free k": _SMALL
    + """\
[axes]
rows = [8]
columns = [8]
pixels = [1]
k = ["1 %", "5 %"]
[layers.conv1]
k = 2
[layers.conv2]
k = [1, 2]
[layers.dense]
scheme = ["lightnn2", "flightnn"]
[accuracy]
source = "table"
file = "losses.toml"
[objectives]
throughput = "maximise"
[search]
trials = 1
""",
}
