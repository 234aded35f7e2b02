"""What comes out: number formats, requantisation and exact integer kernels, bit for bit.

`formats` says what code words mean, `sums` what becomes of a sum, `images` and `filters` are
numbers as the kernels read them, `dot_products` multiplies and adds them, and `convolution` has the
doors. numba is loaded by the first kernel that is called, not by an import.
"""

from lightsim.numerics.formats.scheme import SCHEMES, Scheme, scheme

__all__ = ["SCHEMES", "Scheme", "scheme"]
