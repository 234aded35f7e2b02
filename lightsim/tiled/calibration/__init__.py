"""Calibration: the modules of the RTL are synthesised over a grid, and formulas are fitted to the
results.

`grid` lists the points, `synthesis` maps the points with Yosys, and `table` stores the measured
resources. `fit` makes the coefficients that `tiled.estimation` reads. `held_out` reports the errors
of the formulas at points that the fit did not use.
"""
