"""What no tiled accelerator of a space can beat."""
