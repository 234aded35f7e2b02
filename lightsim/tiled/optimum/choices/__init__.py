"""The choices that make a tiling: sets of filters, sets of positions, and loop orders."""
