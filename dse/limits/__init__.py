"""The best values that designs could reach by the bounds of a machine, and why none can."""
