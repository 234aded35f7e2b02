"""A run on the tiled machine, from its mapping to what it found: the rooms that the doors open."""
