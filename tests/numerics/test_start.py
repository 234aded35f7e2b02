"""Importing the numerics does not load the compiler."""

import subprocess
import sys


def test_numba_waits_for_the_first_kernel():
    code = (
        "import sys\n"
        "import lightsim.numerics.formats, lightsim.numerics.requantise\n"
        "import lightsim.numerics.convolution, lightsim.numerics.depthwise\n"
        "import lightsim.numerics.truncation, lightsim.numerics.xnor\n"
        "import lightsim.numerics.pooling, lightsim.numerics.elementwise\n"
        "sys.exit('numba' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
