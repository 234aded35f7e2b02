"""`measured`: labelled images through the bit-exact kernels."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from dse.accuracy.cached_images import cached_images
from dse.accuracy.rounded_network import RoundedNetwork
from lightsim.errors import InputError
from lightsim.flow.whole_data import in_cache
from lightsim.quantisation.inference.infer import accuracy
from lightsim.quantisation.per_filter import KMap
from lightsim.quantisation.stored.trained import training_images
from lightsim.quantisation.workload import LabelledImages

__all__ = ["MeasuredAccuracy", "can_measure", "measured"]

_LEAST = 200  # images: with fewer, a single image is more than half a per cent


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredAccuracy:
    """The share of labelled images classified correctly.

    Allocations are chosen by the images `choosing` alone. The images `held_out` are only for
    reports: nothing may be chosen by `held_out_accuracy`. One thread measures, because the workers
    of a study are processes, one for each processor.
    """

    rounded_network: RoundedNetwork
    choosing: LabelledImages
    held_out: LabelledImages
    name: str = "measured"
    _known: dict[tuple[bytes, ...], float] = field(default_factory=dict, repr=False)

    def evaluate(self, k: KMap) -> float:
        """The accuracy on the images `choosing`; kept for the next call with the same k."""
        key = tuple(k[name].tobytes() for name in self.rounded_network.filters)
        if key not in self._known:
            self._known[key] = accuracy(self.rounded_network.with_k(k), self.choosing, threads=1)
        return self._known[key]

    def held_out_accuracy(self, k: KMap) -> float:
        """The accuracy on the images `held_out`, by which nothing was trained or chosen; kept
        too."""
        key = (b"held out", *(k[name].tobytes() for name in self.rounded_network.filters))
        if key not in self._known:
            self._known[key] = accuracy(self.rounded_network.with_k(k), self.held_out, threads=1)
        return self._known[key]


def measured(
    rounded_network: RoundedNetwork, choosing: LabelledImages | None = None
) -> MeasuredAccuracy:
    """The measured accuracy of a rounded network that has labelled images.

    Without `choosing`, allocations are chosen by training images that did not calibrate the
    rounding. If the network's data set is in the user's cache, they come from the data set, and
    its test images are the held-out images. Otherwise they come with the network. The weights were
    trained on these images, so the accuracies are too high, but they still rank allocations.
    Raises `InputError` for a rounded network without labelled images.
    """
    held_out = rounded_network.reference.held_out
    network = rounded_network.reference.network.name
    if held_out is None:
        raise InputError(
            "accuracy source 'measured'",
            f"'{network}' comes without labelled images",
            "use sensitivity, a table or a callable",
        )
    cached = None
    if choosing is None:
        cached = cached_images(rounded_network.reference.network, rounded_network.calibration)
    if cached is not None:
        choosing, held_out = cached
    if choosing is None:
        seen, first = (
            training_images(rounded_network.reference.network),
            len(rounded_network.calibration),
        )
        if len(seen.images) <= first:
            raise InputError(
                "accuracy source 'measured'",
                f"'{network}' comes with {len(seen.images)} training images",
                f"accepted: more than the {first} that calibrate the rounding",
            )
        choosing = replace(
            seen,
            images=seen.images[first:],
            labels=seen.labels[first:],
            origin=f"{seen.origin}, without the first {first}",
        )
    return MeasuredAccuracy(rounded_network, choosing, held_out)


def can_measure(rounded_network: RoundedNetwork) -> bool:
    """Whether a network has images by which an allocation can be chosen. A few images of a large
    data set are not enough."""
    network = rounded_network.reference.network
    if rounded_network.reference.held_out is None or network.trained is None:
        return False
    if network.trained.dataset is None or in_cache(network):
        return True
    return len(training_images(network).labels) - len(rounded_network.calibration) >= _LEAST
