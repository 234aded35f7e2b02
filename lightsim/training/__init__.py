"""Training: networks whose weights are sums of powers of two, from data to an exact workload.

Only this room imports PyTorch, which is an optional package.
"""

import os

from lightsim.errors import InputError

# A waiting thread must sleep instead of spinning. When other programs used the cores too, spinning
# made a step on two threads take six times as long as on one thread.
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
