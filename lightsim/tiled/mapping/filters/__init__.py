"""Filters sorted by k into row groups, and their work."""
