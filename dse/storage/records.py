"""A record as an Optuna trial, and back; a trial that does not belong to the study is refused."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, get_args

from dse.space.axes import Choice
from dse.space.points import Space
from dse.storage.entries import DamageError
from dse.storage.record import Record, State, chosen_by
from dse.study.measures import MEASURES
from lightsim.hardware.device import Resources

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

__all__ = ["NUMBER", "Form"]

NUMBER = "design"
_STATES: tuple[State, ...] = get_args(State)
_KEYS = {"state", "measures", "over", "cycles", "reason"}
_CONSTRAINT = "constraints:"
_MEASURES = {row.key for row in MEASURES.values()} | {"choosing_accuracy", "loss"}
_ALWAYS = ("throughput_images_per_s", "latency_s", "dram_bytes_per_s", *Resources.names())
# The value of a trial that has none. It does not matter: samplers look at the constraints first.
_WORST = 1e30


@dataclass(frozen=True, eq=False)
class Form:
    """The form of every trial of a study.

    `objectives` are the keys of the objectives with their signs: value times sign is to be
    minimised. If k is free, `filters` is the number of filters by layer.
    """

    space: Space
    networks: tuple[str, ...]
    objectives: Mapping[str, int]
    filters: Mapping[str, int]

    def axes(self) -> dict[str, tuple[Choice, ...]]:
        """The axes with more than one choice."""
        every = self.space.axes
        return {name: every[name] for name in self.space.names if len(every[name]) > 1}

    def distributions(self) -> dict[str, BaseDistribution]:
        """The axes with more than one choice, as Optuna's distributions."""
        return {name: _distribution(axis) for name, axis in self.axes().items()}

    def values(self, record: Record) -> list[float]:
        """The values of a record for the sampler, one for each objective."""
        told = chosen_by(record.values)
        return [
            told.get(key, _WORST if sign > 0 else -_WORST) for key, sign in self.objectives.items()
        ]

    def attributes(self, record: Record) -> dict[str, object]:
        """A record as JSON-able data."""
        return {
            NUMBER: record.number,
            "state": record.state,
            "measures": dict(record.values),
            "over": dict(record.over),
            "cycles": dict(record.cycles),
            "reason": record.reason,
            "k": dict(record.k),
        }

    def constraints(self, record: Record) -> dict[str, float] | None:
        """The constraints of a record for the sampler, by budget. A record keeps a budget if its
        number is not above 0."""
        if record.state == "infeasible" and not record.over:
            return {"design": 1.0}
        return dict(record.over) or None

    def record(self, trial: FrozenTrial) -> Record:
        """The record of a trial. Raises `DamageError` for a trial without this study's form."""
        record = self._told(trial.user_attrs)
        point, known = self.space.point(record.number), self.axes()
        for name, choice in trial.params.items():
            if name not in known:
                raise DamageError(f"params has the axis '{name}', which the study does not choose")
            if choice != point[name]:
                raise DamageError(
                    f"{name} is {choice!r}, and design {record.number} has {point[name]!r}"
                )
            if trial.distributions[name] != _distribution(known[name]):
                raise DamageError(f"distribution of {name} is not that of the study")
        if record.state != "failed" and trial.values != self.values(record):
            raise DamageError(f"values are {trial.values}, and measures say {self.values(record)}")
        told = trial.system_attrs.items()
        limits = {key: value for key, value in told if key.startswith(_CONSTRAINT)}
        own = {} if record.state == "failed" else self.constraints(record) or {}
        if limits != {f"{_CONSTRAINT}{name}": value for name, value in own.items()}:
            raise DamageError("constraints are not those of over")
        return record

    def _told(self, told: Mapping[str, Any]) -> Record:
        missing = sorted(_KEYS - set(told))
        if missing:
            raise DamageError(f"key '{missing[0]}' is missing")
        number, state, reason = told[NUMBER], told["state"], told["reason"]
        if not _is_whole(number) or number >= self.space.size:
            raise DamageError(
                f"design is {ascii(number)[:40]}; accepted: a whole number below {self.space.size}"
            )
        if state not in _STATES:
            raise DamageError(f"state is {ascii(state)[:40]}; accepted: {', '.join(_STATES)}")
        if reason is not None and not isinstance(reason, str):
            raise DamageError(f"reason is {ascii(reason)[:40]}; accepted: a text, or null")
        values = _numbers(told["measures"], "measures", _MEASURES)
        over = _numbers(told["over"], "over", {*MEASURES, NUMBER})
        cycles = _numbers(told["cycles"], "cycles", set(self.networks))
        if not all(_is_whole(count) and count for count in cycles.values()):
            raise DamageError("cycles are no whole numbers from 1")
        digits = told.get("k", {})
        if not isinstance(digits, dict) or not all(
            self._are_digits(name, own) for name, own in digits.items()
        ):
            raise DamageError("k is no table of a digit for each filter")
        if state == "complete":
            self._check_complete(chosen_by(values), cycles, digits)
        return Record(number, state, values, over, cycles, reason, digits)

    def _check_complete(
        self, values: Mapping[str, float], cycles: Mapping[str, int], digits: Mapping[str, str]
    ) -> None:
        """Check that a complete record has all values, cycles and digits of the study."""
        missing = sorted({*_ALWAYS, *self.objectives} - set(values))
        if missing:
            raise DamageError(f"measures lack {missing[0]}")
        if set(cycles) != set(self.networks):
            raise DamageError("cycles lack a network")
        if set(digits) != set(self.filters):
            raise DamageError("k lacks a layer")

    def _are_digits(self, layer: str, digits: object) -> bool:
        right = isinstance(digits, str) and re.fullmatch("[0-2]*", digits)
        return bool(right) and self.filters.get(layer) == len(str(digits))


def _distribution(choices: tuple[Choice, ...]) -> BaseDistribution:
    """The distribution of an axis: a range for whole numbers at equal distances, otherwise a list
    of choices without order."""
    from optuna.distributions import CategoricalDistribution, IntDistribution

    whole = [choice for choice in choices if isinstance(choice, int)]
    if len(whole) == len(choices):
        apart = {b - a for a, b in pairwise(whole)}
        if len(apart) == 1 and (step := apart.pop()) > 0:
            return IntDistribution(whole[0], whole[-1], step=step)
    return CategoricalDistribution(choices)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _numbers(table: object, name: str, known: set[str]) -> dict[str, Any]:
    """A table of numbers whose keys are `known`."""
    if not isinstance(table, dict):
        raise DamageError(f"{name} is {ascii(table)[:40]}; accepted: a table of numbers")
    for key, value in table.items():
        if key not in known:
            raise DamageError(f"{name} has the unknown key {ascii(key)[:40]}")
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            raise DamageError(f"{name} {key} is {ascii(value)[:40]}; accepted: a number")
    return table
