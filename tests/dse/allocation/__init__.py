"""The exact allocation of k."""
