"""The evidence that the simulated machine computes the right bits in the right cycles."""
