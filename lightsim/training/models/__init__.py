"""Networks as modules that round, and the integers that the modules become."""
