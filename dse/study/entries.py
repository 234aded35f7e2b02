"""The keys that a study file may have. A key's description is shown if its value is wrong."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from lightsim.network.entries import Entry, Flag, Name

__all__ = [
    "AccuracyEntry",
    "NetworkEntry",
    "SearchEntry",
    "StudyEntry",
]

_Table = dict[str, Any]
_WHOLE = "a whole number from 1"
Count = Annotated[int, Field(strict=True, ge=1, le=1 << 40, description=_WHOLE)]
CountOrNone = Annotated[int | None, Field(strict=True, ge=1, le=1 << 40, description=_WHOLE)]
Seed = Annotated[
    int, Field(strict=True, ge=0, lt=1 << 63, description="a whole number from 0 to 2^63 - 1")
]
Seconds = Annotated[float, Field(gt=0, le=1e7, description="seconds above 0")]
TextOrNone = Annotated[str | None, Field(description="a text")]


class NetworkEntry(Entry):
    """`[[network]]`: a network and its share of the images."""

    name: Annotated[str, Field(min_length=1, description="a network of the zoo or a TOML file")]
    weight: Annotated[float, Field(gt=0, le=1e6, description="a number above 0")] = 1.0


class SearchEntry(Entry):
    """`[search]`: how the space is searched."""

    sampler: Annotated[str, Field(description="the name of a sampler, or auto")] = "auto"
    trials: Count = 200
    seed: Seed = 0
    workers: Annotated[
        int, Field(strict=True, ge=1, le=256, description="a whole number from 1 to 256")
    ] = 1
    prove: Flag = False
    seconds: Seconds = 900.0
    gap: Annotated[
        float, Field(ge=0, lt=1, description="a share from 0 (search until it is closed) below 1")
    ] = 0.0
    storage: TextOrNone = None
    mapping: Annotated[
        Literal["usual", "exact"], Field(description="usual, or exact for the best designs")
    ] = "usual"


class AccuracyEntry(Entry):
    """`[accuracy]`: where the accuracy of a design comes from."""

    source: Annotated[
        Literal["auto", "measured", "sensitivity", "table"],
        Field(description="auto, measured, sensitivity or table"),
    ] = "auto"
    table: Annotated[
        dict[str, float], Field(description="a table of accuracies by scheme, as flightnn = 0.93")
    ] = Field(default_factory=dict)
    images: CountOrNone = None
    file: Annotated[str | None, Field(description="a TOML file of losses by layer and filter")] = (
        None
    )


class StudyEntry(Entry):
    """The whole study file; the tables inside are checked one by one."""

    name: Name = "study"
    board: Annotated[str, Field(min_length=1, description="a board by name, or a TOML file")] = (
        "zc706"
    )
    template: Annotated[str, Field(description="the name of a template")] = "tiled"
    network: Annotated[
        list[_Table], Field(min_length=1, description="one [[network]] block for each network")
    ]
    axes: Annotated[_Table, Field(description="a table [axes]")] = Field(default_factory=dict)
    layers: Annotated[_Table, Field(description="tables [layers.NAME]")] = Field(
        default_factory=dict
    )
    budget: Annotated[_Table, Field(description="a table [budget]")] = Field(default_factory=dict)
    objectives: Annotated[
        dict[str, str], Field(description="a table [objectives], as throughput = 'maximise'")
    ] = Field(default_factory=lambda: {"throughput": "maximise"})
    accuracy: Annotated[_Table, Field(description="a table [accuracy]")] = Field(
        default_factory=dict
    )
    search: Annotated[_Table, Field(description="a table [search]")] = Field(default_factory=dict)
