"""Labelled images: shipped with LightSim, in an npz file, or in the folders of MNIST, CIFAR and
SVHN.
"""

from lightsim.training.data.sources import SOURCES, TrainingData, load_data

__all__ = ["SOURCES", "TrainingData", "load_data"]
