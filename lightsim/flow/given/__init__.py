"""The user's input: checked early, kept within limits, and resolved to a run."""
