"""Calibration: the RTL's modules synthesised over a grid, and formulas fitted to what they take.

`grid` names the points, `synthesis` maps them with Yosys, `table` keeps what was found, `fit`
makes the coefficients that `tiled.estimation` reads, and `held_out` says how far these are from
points they were not fitted to.
"""
