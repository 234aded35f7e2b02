"""Seeded synthetic weights and images where nothing was trained."""
