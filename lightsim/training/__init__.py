"""Training: networks whose weights are sums of powers of two, from data to an exact workload.

The only room that imports PyTorch, which is an optional package.
"""

from lightsim.errors import InputError

try:
    import torch as _torch  # noqa: F401
except ImportError:
    raise InputError(
        "training",
        "needs PyTorch, the optional package of the extra 'train'",
        "install it with: pip install 'lightsim[train]', or for a processor alone "
        "pip install torch==2.13.0",
    ) from None
