"""Rules for the fields of frozen descriptions, checked when a description is made."""

from lightsim.descriptions.fields import DescriptionError, check_fields, refuse, within
from lightsim.descriptions.rules import (
    Count,
    Fraction,
    NotNegative,
    Number,
    OneOf,
    Positive,
    PowerOfTwo,
    Text,
    Whole,
)

__all__ = [
    "Count",
    "DescriptionError",
    "Fraction",
    "NotNegative",
    "Number",
    "OneOf",
    "Positive",
    "PowerOfTwo",
    "Text",
    "Whole",
    "check_fields",
    "refuse",
    "within",
]
