"""Convolution, exact or truncating: the doors, and the plain ways."""
