"""What could be reached at best, and why nothing can be, by the bounds of a machine."""
