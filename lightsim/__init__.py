"""Cycle-accurate, bit-exact simulation of FPGA accelerators for power-of-two networks."""
