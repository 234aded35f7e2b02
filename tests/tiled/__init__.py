"""Tests of the tiled machine."""
