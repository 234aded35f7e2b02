"""The evaluation of a tiled accelerator, run with its usual mapping or mapped exactly."""
