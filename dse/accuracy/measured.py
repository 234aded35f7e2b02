"""`measured`: labelled images through the bit-exact kernels."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from dse.accuracy.rounded_network import RoundedNetwork
from lightsim.errors import InputError
from lightsim.quantisation.inference.infer import accuracy
from lightsim.quantisation.per_filter import KMap
from lightsim.quantisation.stored.trained import training_images
from lightsim.quantisation.workload import LabelledImages

__all__ = ["MeasuredAccuracy", "measured"]


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredAccuracy:
    """The share of labelled images classified correctly.

    `choosing` are the images that decisions may look at, `held_out` those that only report:
    nothing may be chosen by `held_out_accuracy`. One thread measures: the workers of a study are
    processes, one a processor.
    """

    rounded_network: RoundedNetwork
    choosing: LabelledImages
    held_out: LabelledImages
    name: str = "measured"
    _known: dict[tuple[bytes, ...], float] = field(default_factory=dict, repr=False)

    def evaluate(self, k: KMap) -> float:
        """The accuracy on the images for choosing; asked again, it is remembered."""
        key = tuple(k[name].tobytes() for name in self.rounded_network.filters)
        if key not in self._known:
            self._known[key] = accuracy(self.rounded_network.with_k(k), self.choosing, threads=1)
        return self._known[key]

    def held_out_accuracy(self, k: KMap) -> float:
        """The accuracy on images that nothing was trained on or chosen by."""
        return accuracy(self.rounded_network.with_k(k), self.held_out, threads=1)


def measured(
    rounded_network: RoundedNetwork, choosing: LabelledImages | None = None
) -> MeasuredAccuracy:
    """The source of a rounded network that comes with labelled images.

    Without images of one's own for `choosing`, those are the training images that did not
    calibrate the rounding. The weights have seen them, so accuracies on them are too high; they
    rank allocations. Raises `InputError` for a rounded network without labelled images.
    """
    held_out = rounded_network.reference.held_out
    network = rounded_network.reference.network.name
    if held_out is None:
        raise InputError(
            "accuracy source 'measured'",
            f"'{network}' comes without labelled images",
            "use sensitivity, a table or a callable",
        )
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
