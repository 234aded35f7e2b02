"""The fields of a description are checked against their annotations when it is made.

Call `check_fields(self)` in `__post_init__`. The annotations of a class are read once. `int` takes
whole numbers (NumPy integers become `int`; True is refused) and `float` takes finite numbers.
`Literal` takes its choices; the items of a container are checked one by one; an array must have its
element type. For every other class the value must be an instance. `Annotated` adds a rule
(`lightsim.descriptions.rules`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NoReturn, Union, get_args, get_origin

from lightsim.descriptions.rules import Number, UnknownNameError, Whole, WrongValueError
from lightsim.errors import InputError, unknown_name

__all__ = [
    "DescriptionError",
    "check_fields",
    "hints_of",
    "read_rule",
    "refuse",
    "rules_of",
    "within",
]

Rule = Callable[[Any], Any]

_RULES: dict[type, tuple[tuple[str, Rule], ...]] = {}


class DescriptionError(InputError):
    """A field of a description has a wrong value; `where` is the class of the description."""


def check_fields(described: object) -> None:
    """Raises `DescriptionError` for the first field whose value breaks its annotation."""
    kind = type(described)
    for name, rule in rules_of(kind):
        value = getattr(described, name)
        try:
            kept = rule(value)
        except WrongValueError as wrong:
            raise _error(kind.__name__, name, value, wrong) from None
        if kept is not value:
            object.__setattr__(described, name, kept)


def refuse(described: object, name: str, value: object, accepted: str) -> NoReturn:
    """Raises `DescriptionError` for a fault that the rules of single fields do not cover."""
    raise DescriptionError(type(described).__name__, f"{name} is {value}", f"accepted: {accepted}")


@contextmanager
def within(where: str, part: str = "") -> Iterator[None]:
    """Errors of descriptions made inside this context name the place in the file `where`."""
    try:
        yield
    except DescriptionError as error:
        if error.problem.startswith("unknown"):
            place = f"{where}: {part}" if part else where
            raise InputError(place, error.problem, error.accepted) from None
        problem = f"{part} {error.problem}".strip()
        raise InputError(where, problem, error.accepted) from None


def _error(kind: str, name: str, value: object, wrong: WrongValueError) -> DescriptionError:
    if isinstance(wrong, UnknownNameError):
        told = unknown_name(f"{kind}, {name}", wrong.kind, wrong.name, wrong.known)
        return DescriptionError(told.where, told.problem, told.accepted)
    return DescriptionError(kind, f"{name} is {_spelled(value)}", f"accepted: {wrong.accepted}")


def _spelled(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:30]}...{text[-27:]}"


def rules_of(kind: type) -> tuple[tuple[str, Rule], ...]:
    """The rules of the fields of a dataclass, by the name of the field."""
    if kind not in _RULES:
        rules = ((name, read_rule(hint)) for name, hint in hints_of(kind).items())
        _RULES[kind] = tuple((name, rule) for name, rule in rules if rule is not None)
    return _RULES[kind]


def hints_of(kind: type) -> dict[str, Any]:
    """The annotations of a dataclass by field, without the fields that `__post_init__` fills."""
    spaces = [vars(sys.modules[base.__module__]) for base in reversed(kind.__mro__)]
    names = {name: value for space in spaces for name, value in space.items()}
    # Annotations are text of this project, so evaluating them is safe.
    return {
        field.name: eval(field.type, names) if isinstance(field.type, str) else field.type
        for field in fields(kind)
        if field.init
    }


def read_rule(hint: Any) -> Rule | None:
    """The rule that an annotation states; None if the annotation allows every value."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        own = [one for one in inner[1:] if callable(one)]
        return own[0] if own else read_rule(inner[0])
    if hint is Any or hint is object:
        return None
    if hint in (int, float):
        return Whole() if hint is int else Number()
    if origin in (Union, UnionType):
        return _either(inner)
    if origin is Literal:
        return _choice(inner)
    if origin in (tuple, frozenset) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return _container(origin, inner)
    if origin is not None and getattr(origin, "__name__", "") == "ndarray":
        return _array(origin, get_args(inner[1])[0])
    return _instance(origin if isinstance(origin, type) else hint)


def _instance(kind: Any) -> Rule | None:
    if not isinstance(kind, type):
        return None
    if getattr(kind, "_is_protocol", False) and not getattr(kind, "_is_runtime_protocol", False):
        # Raised when the class is read, not later when a wrong value comes.
        raise TypeError(f"{kind.__name__} needs @runtime_checkable to stand in a description")
    name = {"str": "a text", "bool": "true or false", "Callable": "a function"}.get(
        kind.__name__, f"a {kind.__name__}"
    )

    def rule(value: object) -> object:
        if not isinstance(value, kind):
            raise WrongValueError(name)
        return value

    return rule


def _choice(known: tuple[Any, ...]) -> Rule:
    def rule(value: object) -> object:
        # The types are compared too, because 1 == True. A list is not hashable, so a set is no use
        # here.
        if not any(value is one or (type(value) is type(one) and value == one) for one in known):
            raise WrongValueError(", ".join(map(str, known)))
        return value

    return rule


def _either(hints: tuple[Any, ...]) -> Rule | None:
    given = [read_rule(hint) for hint in hints if hint is not NoneType]
    rules = [rule for rule in given if rule is not None]
    if len(rules) < len(given):
        return None  # one of the alternatives allows every value
    optional = NoneType in hints

    def rule(value: object) -> object:
        if value is None and optional:
            return None
        told = []
        for one in rules:
            try:
                return one(value)
            except WrongValueError as wrong:
                told.append(wrong)
        if isinstance(told[0], UnknownNameError) and len(told) == 1:
            raise told[0]
        accepted = " or ".join(dict.fromkeys(one.accepted for one in told))
        raise WrongValueError(f"{accepted}{' or None' if optional else ''}")

    return rule


def _container(origin: Any, inner: tuple[Any, ...]) -> Rule:
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(origin, inner)
    if origin is tuple and inner and inner[-1] is not Ellipsis:
        return _row(inner)
    one = read_rule(inner[0]) if inner else None
    name = origin.__name__

    def rule(value: Any) -> Any:
        if not isinstance(value, origin):
            raise WrongValueError(f"a {name}")
        if one is None:
            return value
        kept = [_inside(one, item, f"a {name} of") for item in value]
        same = all(a is b for a, b in zip(kept, value, strict=True))
        return value if same else origin(kept)

    return rule


def _row(inner: tuple[Any, ...]) -> Rule:
    rules = [read_rule(hint) for hint in inner]

    def rule(value: Any) -> Any:
        if not isinstance(value, tuple) or len(value) != len(rules):
            raise WrongValueError(f"a tuple of {len(rules)}")
        kept = tuple(
            item if one is None else _inside(one, item, f"a tuple of {len(rules)}, each")
            for one, item in zip(rules, value, strict=True)
        )
        same = all(a is b for a, b in zip(kept, value, strict=True))
        return value if same else kept

    return rule


def _mapping(origin: Any, inner: tuple[Any, ...]) -> Rule:
    key, one = (read_rule(hint) for hint in inner)

    def rule(value: Any) -> Any:
        if not isinstance(value, origin):
            raise WrongValueError("a mapping")
        for name, item in value.items():
            if key is not None:
                _inside(key, name, "a mapping whose keys are")
            if one is not None:
                _inside(one, item, "a mapping whose values are")
        return value

    return rule


def _inside(rule: Rule, value: object, container: str) -> Any:
    try:
        return rule(value)
    except UnknownNameError:
        raise
    except WrongValueError as wrong:
        raise WrongValueError(f"{container} {wrong.accepted}") from None


def _array(kind: Any, element: Any) -> Rule:
    def rule(value: Any) -> Any:
        if not isinstance(value, kind):
            raise WrongValueError("an array of NumPy")
        if isinstance(element, type) and value.dtype != element:
            raise WrongValueError(f"an array of {element.__name__}")
        return value

    return rule
