"""Training: networks whose weights are sums of powers of two, from data to an exact workload.

The only room that imports PyTorch, which is an optional package.
"""

import os

from lightsim.errors import InputError

# A thread that waits for another must sleep: where other programs use the cores too, waiting at
# full speed made a step on two threads six times as long as on one.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

try:
    import torch as _torch  # noqa: F401
except ImportError:
    raise InputError(
        "training",
        "needs PyTorch, the optional package of the extra 'train'",
        "install it with: pip install 'lightsim[train]', or for a processor alone "
        "pip install torch==2.13.0",
    ) from None
