"""Epochs, seeds and checkpoints."""
