"""The share of images that are told right, whatever the batches and threads."""

import numpy as np
import pytest

from lightsim.errors import InputError
from lightsim.network import load_network
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation import (
    LabelledImages,
    accuracy,
    infer,
    quantise,
    synthetic_images,
    synthetic_workload,
)


def test_accuracy_counts_the_labels_that_score_highest():
    workload = synthetic_workload(load_network("digits"), SCHEMES["lightnn2"], 6)
    images = synthetic_images(workload.network, 10, 7)
    best = infer(workload, images).reshape(10, -1).argmax(axis=1)
    labels = np.where(np.arange(10) < 7, best, (best + 1) % 10)
    seen = []
    share = accuracy(
        workload,
        LabelledImages(images, labels, "made"),
        batch=4,
        progress=lambda done, of: seen.append((done, of)),
    )
    assert share == 0.7 and seen == [(4, 10), (8, 10), (10, 10)]
    with pytest.raises(InputError, match="labels from 1 to 10; 0 to 9"):
        accuracy(workload, LabelledImages(images, np.arange(1, 11), "made"))


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_accuracy_does_not_depend_on_threads(threads):
    """Images are shared among threads; the share and the progress are those of one."""
    workload = quantise(load_network("digits"), SCHEMES["flightnn"], 0)
    told = []
    share = accuracy(
        workload, workload.held_out, batch=50, threads=threads,
        progress=lambda done, of: told.append((done, of)),
    )  # fmt: skip
    count = len(workload.held_out.labels)
    assert share == accuracy(workload, workload.held_out)
    assert told == [(min(first + 50, count), count) for first in range(0, count, 50)]


def test_less_than_one_thread_is_refused():
    workload = quantise(load_network("digits"), SCHEMES["flightnn"], 0)
    with pytest.raises(InputError, match="threads: 0; a whole number from 1"):
        accuracy(workload, workload.held_out, threads=0)
