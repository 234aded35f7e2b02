"""What comes out: number formats, requantisation and exact integer kernels, bit for bit.

The formats are in `formats`, the kernels one file an operator (`convolution`, `depthwise`,
`truncation`, `xnor`, `pooling`, `elementwise`, `requantise`, `accumulator`); numba is loaded
by the first kernel that is called, not by an import.
"""

from lightsim.numerics.scheme import SCHEMES, Scheme, scheme

__all__ = ["SCHEMES", "Scheme", "scheme"]
