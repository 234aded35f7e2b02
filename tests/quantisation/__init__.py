"""Tests of lightsim.quantisation against the specification in tests/reference.py."""
