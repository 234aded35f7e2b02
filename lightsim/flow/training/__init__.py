"""`train`: a recipe in, trained network files and their report out."""

from lightsim.flow.training.seeds import Moment, open_directory, train

__all__ = ["Moment", "open_directory", "train"]
