"""Energy: the energy of each event in a process, and the sum over the events counted in a run."""
