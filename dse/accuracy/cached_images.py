"""Images of a network's data set in the user's cache: more images than come with LightSim."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lightsim.flow.whole_data import in_cache, whole_test_set, whole_training_set
from lightsim.network.layer import Network
from lightsim.quantisation.workload import LabelledImages

__all__ = ["cached_images"]

_MOST_CHOOSING = 2048
# The most products of one measurement, which limit its images, and the least number of images.
_PRODUCTS, _LEAST = 100_000_000_000, 1000


def cached_images(
    network: Network, calibration: NDArray[np.int16]
) -> tuple[LabelledImages, LabelledImages] | None:
    """Training images for choosing, without the images of `calibration`, and test images for
    reports.

    Both are taken evenly over the official files. None if the network's file names no data set, or
    if the data set is not in the cache. Raises `InputError` for a damaged data set.
    """
    if not in_cache(network):
        return None
    most = max(_LEAST, _PRODUCTS // max(network.macs, 1))
    seen = {image.tobytes() for image in calibration}
    training = _even(whole_training_set(network), min(_MOST_CHOOSING, most))
    fresh = np.array([image.tobytes() not in seen for image in training.images])
    choosing = replace(training, images=training.images[fresh], labels=training.labels[fresh])
    return choosing, _even(whole_test_set(network), most)


def _even(own: LabelledImages, most: int) -> LabelledImages:
    count = min(most, len(own.labels))
    chosen = np.linspace(0, len(own.labels) - 1, count).round().astype(int)
    origin = f"{own.origin}, {count} of them" if count < len(own.labels) else own.origin
    return LabelledImages(own.images[chosen], own.labels[chosen], origin)
