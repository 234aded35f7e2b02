"""How numba functions are compiled and cached."""
