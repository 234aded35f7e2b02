"""Convolution kernels against the specification."""
