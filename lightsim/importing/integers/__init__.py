"""From layers with real weights to the integers of a workload."""
