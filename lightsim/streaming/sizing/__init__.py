"""The depths of FIFOs: enough that nothing is lost, and no word more."""
