"""Trained networks in files: arrays, reading and saving."""
