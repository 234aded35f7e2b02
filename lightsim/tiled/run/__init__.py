"""A run on the tiled machine, from mapping to findings: the rooms behind the wing's doors."""
