"""The search, from the study to its result."""
