"""A recipe: all settings of a training, from a TOML file or a few options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from lightsim.descriptions import Count, Positive, Text, check_fields
from lightsim.errors import InputError, unknown_name
from lightsim.hardware.reading import read_table
from lightsim.hardware.scheme_file import scheme_name
from lightsim.network import load_network
from lightsim.network.checking import checked
from lightsim.network.layer import Network
from lightsim.numerics.formats.family import NAMED
from lightsim.numerics.formats.scheme import PER_FILTER, SCHEMES, SchemeName
from lightsim.training.recipes.altered import Activations, altered
from lightsim.training.recipes.entries import (
    AugmentationEntry,
    DataEntry,
    HardwareEntry,
    OptimiserEntry,
    RecipeEntry,
    ScheduleEntry,
)
from lightsim.training.recipes.option_tables import options_from
from lightsim.training.recipes.options import DistributionOptions, FlightnnOptions, ModelOptions
from lightsim.training.recipes.shipped import recipe_names, shipped_recipe
from lightsim.training.recipes.variants import with_variant

__all__ = [
    "FLOAT",
    "Recipe",
    "load_recipe",
    "named_recipe",
    "new_recipe",
    "parse_recipe",
    "schemes_to_train",
]

FLOAT = "float32"
"""The scheme name for training without rounding."""

# These options come from the tables [flightnn], [distribution] and [hardware] of the file.
_NOT_IN_MODEL = ("flightnn", "distribution")
_NOT_IN_FLIGHTNN = ("term_weights",)


class TrainedScheme(SchemeName):
    """The rule of a field that names a scheme, or float."""

    def __call__(self, value: object) -> str:
        """The name, if there is such a scheme."""
        return FLOAT if value == FLOAT else super().__call__(value)


@dataclass(frozen=True, slots=True)
class Recipe:
    """All settings of a training, with no default left open.

    Every seed trains `float_epochs` epochs in float, then `epochs` epochs under `scheme`. `start`
    is the run directory of a float training, which replaces the float epochs. With 0 epochs under
    the scheme the network is quantised after training. `options` are the options of the model;
    `hardware` weighs the second terms of its filters.
    """

    name: Annotated[str, Text()]
    network_name: Annotated[str, Text()]
    activations: Activations | None
    activation_bits: int | None
    width: float
    network: Network
    scheme: Annotated[str, TrainedScheme()]
    epochs: Count
    float_epochs: Count
    batch: Positive
    seeds: tuple[Count, ...]
    start: str | None
    device: Literal["auto", "cpu", "cuda"]
    threads: Count
    data: DataEntry
    augmentation: AugmentationEntry
    optimiser: OptimiserEntry
    schedule: ScheduleEntry
    options: ModelOptions
    hardware: HardwareEntry | None

    def __post_init__(self) -> None:
        check_fields(self)


def schemes_to_train() -> tuple[str, ...]:
    """The plain names that `scheme` may have."""
    return (*SCHEMES, *(name for name in NAMED if name not in {*SCHEMES}), FLOAT)


def named_recipe(
    name: str, options: Mapping[str, Any] | None = None, variant: str | None = None
) -> Recipe:
    """The recipe called `name`: a TOML file, a recipe that comes with LightSim, or a network.

    A network (a name or a file) gives the recipe of `new_recipe`. Raises the errors of
    `load_recipe` and `new_recipe`.
    """
    if name.endswith(".toml"):
        table = read_table(Path(name))
        if "layer" not in table and "input" not in table:
            return load_recipe(Path(name), options, variant)
    own = shipped_recipe(name)
    if own is not None:
        return parse_recipe({"name": name, **own}, f"recipe '{name}'", options, variant)
    if variant is not None:
        problem = f"'{variant}' of the recipe for short"
        raise InputError("variant", problem, f"recipes with variants: {', '.join(recipe_names())}")
    return new_recipe(name, options)


def load_recipe(
    path: Path, options: Mapping[str, Any] | None = None, variant: str | None = None
) -> Recipe:
    """The recipe of a TOML file; `options` replace its keys, and `variant` names one of its
    variants.

    Raises `InputError` for a file or option that cannot be accepted.
    """
    return parse_recipe(read_table(path), str(path), options, variant)


def new_recipe(network: str, options: Mapping[str, Any] | None = None) -> Recipe:
    """The recipe of the short form: only a network, with defaults for everything else.

    A network is first trained in float, except under `binary`.
    """
    given = dict(options or {})
    table: dict[str, Any] = {"network": network, "augmentation": {"shift": 1, "share": 0.5}}
    table |= _for_short(scheme_name(str(given.get("scheme", PER_FILTER.name))))
    if "start" in given:
        table.pop("float_epochs", None)
    return parse_recipe(table, "train", given)


_FLOAT_EPOCHS = 40


# Binary networks are trained without a float stage and take longer. With these strengths
# digits-small keeps filters with one and with two terms; the strengths were compared on training
# images that were set apart.
def _for_short(name: str) -> dict[str, Any]:
    if name == FLOAT:
        return {}
    row = SCHEMES.get(name)  # the check of the recipe refuses an unknown name
    if row is not None and row.is_sign:
        return {"epochs": 150}
    table: dict[str, Any] = {"float_epochs": _FLOAT_EPOCHS}
    if row is not None and row.k_per_filter:
        table["flightnn"] = {"strengths": [0.0, 0.005]}
    return table


def parse_recipe(
    table: Mapping[str, Any],
    where: str,
    options: Mapping[str, Any] | None = None,
    variant: str | None = None,
) -> Recipe:
    """The recipe of a file's content; errors call the file `where`.

    `options` replace keys of the file, and errors call the options by their names. Raises
    `InputError` for a key or value that cannot be accepted.
    """
    for key, value in (options or {}).items():
        checked(RecipeEntry, {"network": "-", key: value}, key)
    table = with_variant(table, where, variant, (options or {}).get("scheme"))
    entry = checked(RecipeEntry, dict(table) | dict(options or {}), where)
    named = "scheme" if "scheme" in (options or {}) else f"{where}: scheme"
    if entry.scheme != FLOAT:
        if scheme_name(entry.scheme) not in SCHEMES:
            raise unknown_name(named, "scheme", entry.scheme, schemes_to_train())
        entry = entry.model_copy(update={"scheme": SCHEMES[scheme_name(entry.scheme)].name})
    network = altered(
        load_network(entry.network), entry.activations, entry.width, where, entry.activation_bits
    )
    recipe = Recipe(
        name=entry.name or f"{network.name}-{entry.scheme}",
        network_name=entry.network,
        activations=entry.activations,
        activation_bits=entry.activation_bits,
        width=entry.width,
        network=network,
        scheme=entry.scheme,
        epochs=entry.epochs,
        float_epochs=entry.float_epochs,
        batch=entry.batch,
        seeds=tuple(entry.seeds),
        start=entry.start,
        device=entry.device,
        threads=entry.threads,
        data=checked(DataEntry, _data(entry.data), f"{where}, [data]"),
        augmentation=checked(AugmentationEntry, entry.augmentation, f"{where}, [augmentation]"),
        optimiser=checked(OptimiserEntry, entry.optimiser, f"{where}, [optimiser]"),
        schedule=checked(ScheduleEntry, entry.schedule, f"{where}, [schedule]"),
        options=_options(entry, where),
        hardware=_hardware(entry, where),
    )
    _check(recipe, where)
    return recipe


def _data(own: Mapping[str, Any] | str) -> Mapping[str, Any]:
    """The table `[data]`, also for the short form `data = "mnist"`."""
    return {"source": own} if isinstance(own, str) else own


def _options(entry: RecipeEntry, where: str) -> ModelOptions:
    model = options_from(ModelOptions, entry.model, f"{where}, [model]", without=_NOT_IN_MODEL)
    flightnn = options_from(
        FlightnnOptions, entry.flightnn, f"{where}, [flightnn]", without=_NOT_IN_FLIGHTNN
    )
    if entry.distribution is None:
        return replace(model, flightnn=flightnn)
    name = f"{where}, [distribution]"
    distribution = options_from(DistributionOptions, entry.distribution, name)
    return replace(model, flightnn=flightnn, distribution=distribution)


def _hardware(entry: RecipeEntry, where: str) -> HardwareEntry | None:
    if entry.hardware is None:
        return None
    return checked(HardwareEntry, entry.hardware, f"{where}, [hardware]")


def _check(recipe: Recipe, where: str) -> None:
    """Raises `InputError` for keys that contradict each other."""
    seeds = recipe.seeds
    if len(set(seeds)) < len(seeds):
        raise InputError(f"{where}: seeds", "names a seed twice", "accepted: each once")
    if recipe.start is not None and recipe.float_epochs:
        problem = f"is {recipe.float_epochs} beside start = '{recipe.start}'"
        raise InputError(f"{where}: float_epochs", problem, "accepted: one of the two")
    if recipe.scheme == FLOAT and recipe.float_epochs:
        problem = f"is {recipe.float_epochs} under scheme '{FLOAT}'"
        raise InputError(f"{where}: float_epochs", problem, "accepted: epochs alone")
    if recipe.hardware is not None and recipe.scheme != PER_FILTER.name:
        problem = f"is given under scheme '{recipe.scheme}'"
        raise InputError(f"{where}, [hardware]", problem, f"accepted: scheme = '{PER_FILTER.name}'")
    if not (recipe.epochs or recipe.float_epochs or recipe.start):
        accepted = "accepted: 1 or more, or start = 'DIR', the directory of a float training"
        raise InputError(f"{where}: epochs", "is 0, and nothing to start from", accepted)
    outputs = recipe.network.outputs
    if len(outputs) > 1:
        problem = f"'{recipe.network.name}' has {len(outputs)} outputs: {', '.join(outputs)}"
        raise InputError(f"{where}: network", problem, "accepted: a network with one, its classes")
    try:
        recipe.options.check(recipe.network)
    except InputError as error:
        raise InputError(f"{where}: {error.where}", error.problem, error.accepted) from None
