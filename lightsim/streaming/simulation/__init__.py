"""The simulation of the streaming machine: real words through FIFOs, with SimPy."""
