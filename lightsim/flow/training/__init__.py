"""`train`: takes a recipe, writes trained network files and their report."""

from lightsim.flow.training.seeds import Moment, open_directory, train

__all__ = ["Moment", "open_directory", "train"]
