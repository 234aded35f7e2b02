"""Networks as modules that round, and the integers that they become."""
