"""Designs whose k is free: for every accelerator the k of all filters is chosen with it."""
