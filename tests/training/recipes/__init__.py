"""The recipes that come with LightSim, their options and their variants."""
