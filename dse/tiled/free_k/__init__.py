"""A tiled accelerator whose k is free: its best allocation, and the bound of all allocations."""
