"""The bounds that no tiled accelerator of a space can beat."""
