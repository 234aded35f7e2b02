"""The evidence that a mapping covers a network exactly once and fits the machine."""
