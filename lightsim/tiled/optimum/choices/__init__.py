"""What a tiling can be made of: sets of filters, of positions, and orders of the loops."""
