"""Importing the numerics does not load the compiler."""

import subprocess
import sys


def test_numba_waits_for_the_first_kernel():
    code = (
        "import sys\n"
        "import lightsim.numerics.formats.table, lightsim.numerics.sums.requantise\n"
        "import lightsim.numerics.convolution.exact, lightsim.numerics.convolution.depthwise\n"
        "import lightsim.numerics.convolution.truncation, lightsim.numerics.convolution.xnor\n"
        "import lightsim.numerics.sums.pooling, lightsim.numerics.sums.elementwise\n"
        "sys.exit('numba' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
