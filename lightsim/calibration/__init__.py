"""Calibration: modules of the RTL synthesised over a grid, and the formulas fitted to what they take.

`grid` names the points, `synthesis` maps them with Yosys, `table` keeps what was found, `fit`
makes the coefficients that `lightsim.estimation` reads, and `designs` compares whole accelerators,
which no formula was fitted to, with their estimate.
"""
