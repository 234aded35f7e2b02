"""Activations of any width: their rule, the grid of the family, thresholds and zero points."""
