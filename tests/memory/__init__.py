"""Evidence for the timing of memory channels."""
