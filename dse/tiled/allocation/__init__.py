"""The exact allocation of k on a tiled accelerator: the number of terms of every filter."""
