"""What a user gave: checked early, kept in bounds, and resolved to what is run."""
