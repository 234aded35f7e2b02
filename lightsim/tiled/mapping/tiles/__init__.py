"""Tiles: what is legal, what a tile costs, which is chosen, in which order."""
