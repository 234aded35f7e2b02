"""The axes of tiled accelerators, and the mixes of PE kinds that their lanes are built from."""
