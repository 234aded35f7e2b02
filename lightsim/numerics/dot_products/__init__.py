"""Blocks and tiles of dot products, and the plans for them."""
