"""The exact allocation of k on a tiled accelerator: which filters keep how many terms."""
