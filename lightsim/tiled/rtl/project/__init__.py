"""The project folder: sources, README, synthesis scripts."""
