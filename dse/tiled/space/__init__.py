"""The axes of tiled accelerators, and what their lanes are built from."""
