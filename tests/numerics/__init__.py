"""Tests of lightsim.numerics against the specification in tests/reference.py."""
