"""The keys that a recipe may hold; each description is the text of the error for a wrong value."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from lightsim.network.entries import Entry, Name

__all__ = [
    "AugmentationEntry",
    "DataEntry",
    "HardwareEntry",
    "OptimiserEntry",
    "RecipeEntry",
    "ScheduleEntry",
]

_WHOLE = "a whole number from 1"
_MOST = 1 << 40
Table = dict[str, Any]
Count = Annotated[int, Field(ge=1, le=_MOST, description=_WHOLE)]
CountOrNone = Annotated[int | None, Field(ge=1, le=_MOST, description=_WHOLE)]
WholeNumber = Annotated[int, Field(ge=0, le=1 << 20, description="a whole number from 0")]
Rate = Annotated[float, Field(gt=0, le=1e3, description="a number above 0")]
NotNegative = Annotated[float, Field(ge=0, le=1e6, description="a number of at least 0")]
Share = Annotated[float, Field(ge=0, le=1, description="a share from 0 to 1")]
Below = Annotated[float, Field(ge=0, lt=1, description="a share from 0, below 1")]
Seed = Annotated[int, Field(ge=0, lt=1 << 63)]
TextOrNone = Annotated[str | None, Field(min_length=1, description="a text")]


class DataEntry(Entry):
    """`[data]`: the labelled images, and the part of them that training uses.

    `validation` is a share of the training images that is set apart. These images judge the
    training in place of the held-out images, so that settings can be chosen without the held-out
    images. `held_out` is the share to hold out from an npz file without an array `split`.
    """

    source: Annotated[str, Field(description="the name of a source of images")] = "digits"
    path: TextOrNone = None
    pad: Annotated[int, Field(ge=0, le=64, description="pixels from 0 to 64")] = 0
    training_images: CountOrNone = None
    held_out_images: CountOrNone = None
    held_out: Annotated[float, Field(gt=0, lt=1, description="a share above 0 and below 1")] = 0.2
    validation: Below = 0.0
    split_seed: Annotated[int, Field(ge=0, lt=1 << 63, description="a whole number from 0")] = 0


class AugmentationEntry(Entry):
    """`[augmentation]`: how the images of a batch change; a share `share` of them is shifted."""

    shift: Annotated[int, Field(ge=0, le=32, description="pixels from 0 to 32")] = 0
    share: Share = 1.0
    flip: Annotated[bool, Field(description="true or false")] = False


class OptimiserEntry(Entry):
    """`[optimiser]`."""

    name: Annotated[
        Literal["sgd", "adam", "rmsprop"], Field(description="sgd, adam or rmsprop")
    ] = "adam"
    learning_rate: Rate = 5e-3
    weight_decay: NotNegative = 0.0
    momentum: Below = 0.9


class ScheduleEntry(Entry):
    """`[schedule]`: how the learning rate falls.

    `steps` are shares of the training at which the rate is multiplied by `factor`. During the first
    share `warm_up` of the training the rate grows from 0.
    """

    name: Annotated[
        Literal["cosine", "steps", "constant"], Field(description="cosine, steps or constant")
    ] = "cosine"
    steps: Annotated[
        list[Annotated[float, Field(gt=0, lt=1)]],
        Field(description="shares of the training above 0 and below 1, as [0.5, 0.75]"),
    ] = Field(default_factory=lambda: [0.5, 0.75])
    factor: Annotated[float, Field(gt=0, le=1, description="a number above 0 up to 1")] = 0.1
    warm_up: Below = 0.0


class HardwareEntry(Entry):
    """`[hardware]`: the accelerator whose cycles weigh the second terms of filters."""

    board: TextOrNone = None
    accelerator: TextOrNone = None
    batch: Count = 1


class RecipeEntry(Entry):
    """The whole recipe; the tables inside it are checked separately."""

    name: Name | None = None
    network: Annotated[str, Field(min_length=1, description="a network of the zoo or a TOML file")]
    activations: Annotated[
        Literal["bytes", "signs"] | None, Field(description="bytes or signs")
    ] = None
    activation_bits: Annotated[
        int | None, Field(ge=1, le=8, description="a whole number from 1 to 8")
    ] = None
    width: Annotated[float, Field(gt=0, le=4, description="a number above 0 up to 4")] = 1.0
    scheme: Annotated[str, Field(description="a scheme, or float32")] = "flightnn"
    epochs: WholeNumber = 60
    float_epochs: WholeNumber = 0
    batch: Count = 64
    seeds: Annotated[
        list[Seed], Field(min_length=1, description="a list of whole numbers, as [0, 1, 2]")
    ] = Field(default_factory=lambda: [0])
    start: TextOrNone = None
    device: Annotated[Literal["auto", "cpu", "cuda"], Field(description="auto, cpu or cuda")] = (
        "auto"
    )
    threads: Annotated[int, Field(ge=1, le=256, description="a whole number from 1 to 256")] = 1
    data: Annotated[
        Table | str, Field(description="the name of a source of images, or a table [data]")
    ] = Field(default_factory=dict)
    augmentation: Annotated[Table, Field(description="a table [augmentation]")] = Field(
        default_factory=dict
    )
    optimiser: Annotated[Table, Field(description="a table [optimiser]")] = Field(
        default_factory=dict
    )
    schedule: Annotated[Table, Field(description="a table [schedule]")] = Field(
        default_factory=dict
    )
    model: Annotated[Table, Field(description="a table [model]")] = Field(default_factory=dict)
    flightnn: Annotated[Table, Field(description="a table [flightnn]")] = Field(
        default_factory=dict
    )
    distribution: Annotated[Table | None, Field(description="a table [distribution]")] = None
    hardware: Annotated[Table | None, Field(description="a table [hardware]")] = None
