"""How functions are compiled by numba, and kept."""
