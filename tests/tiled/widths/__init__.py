"""Activations of any width on the tiled machine: both models and the RTL."""
