"""Descriptions whose fields are all as their annotations have them, told by one expression.

Hundreds of thousands of descriptions are made in a search, nearly all of them right. For each class
a function is compiled from its annotations, once, that says of a right one that it is. It may say
no of a value that is allowed (an integer of NumPy): then the rules of `fields` are asked, which
convert it, or say what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from lightsim.descriptions.rules import Number, OneOf, PowerOfTwo, Text, Whole

__all__ = ["Passing", "passing"]

Passing = Callable[[Any], bool]


class _Names:
    """Values that a compiled expression speaks of, by names of their own."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}

    def of(self, value: object) -> str:
        name = f"n{len(self.known)}"
        self.known[name] = value
        return name


def passing(fields: Mapping[str, Any]) -> Passing:
    """Of `fields`, annotations by name, the function that says whether each is as it should be."""
    names = _Names()
    tests = [f"({_test(f'd.{name}', hint, names)})" for name, hint in fields.items()]
    text = f"lambda d: {' and '.join(tests) or 'True'}"
    return eval(text, names.known)  # type: ignore[no-any-return]


def _test(value: str, hint: Any, names: _Names) -> str:
    """An expression that is true of a value only if its annotation allows it as it is."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        own = [one for one in inner[1:] if callable(one)]
        return _rule(value, own[0], names) if own else _test(value, inner[0], names)
    if hint is Any or hint is object:
        return "True"
    if hint in (int, float):
        return _rule(value, Whole() if hint is int else Number(), names)
    if hint is NoneType:
        return f"{value} is None"
    if origin in (Union, UnionType):
        return " or ".join(f"({_test(value, one, names)})" for one in inner)
    if origin is Literal:
        texts = frozenset(one for one in inner if type(one) is str)
        return f"type({value}) is str and {value} in {names.of(texts)}"
    if origin is not None and getattr(origin, "__name__", "") == "ndarray":
        return "False"
    if origin in (tuple, frozenset) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return _container(value, origin, inner, names)
    kind = origin if isinstance(origin, type) else hint
    if getattr(kind, "_is_protocol", False):  # asked by its rule alone
        return "False"
    return f"isinstance({value}, {names.of(kind)})" if isinstance(kind, type) else "True"


def _rule(value: str, rule: Any, names: _Names) -> str:
    """The same of a value that a rule guards; rules that are not ours are never passed by."""
    if type(rule) in (Whole, PowerOfTwo):
        test = f"type({value}) is int and {rule.low} <= {value} <= {rule.high}"
        power = f" and {value} > 0 and not {value} & ({value} - 1)"
        return test + (power if type(rule) is PowerOfTwo else "")
    if type(rule) is Number:
        low, high, most = names.of(rule.low), names.of(rule.high), names.of(float("inf"))
        above = f"{low} < {value}" if rule.above else f"{low} <= {value}"
        return f"type({value}) is float and {above} <= {high} and -{most} < {value} < {most}"
    if type(rule) is OneOf:
        return f"type({value}) is str and {value} in {names.of(rule.table)}()"
    if type(rule) is Text:
        return f"type({value}) is str and {value}.strip() != ''"
    return "False"


def _container(value: str, origin: Any, inner: tuple[Any, ...], names: _Names) -> str:
    kind = f"isinstance({value}, {names.of(origin)})"
    if origin is tuple and inner and inner[-1] is not Ellipsis:
        tests = [f"({_test(f'{value}[{at}]', one, names)})" for at, one in enumerate(inner)]
        return " and ".join([kind, f"len({value}) == {len(inner)}", *tests])
    if isinstance(origin, type) and issubclass(origin, Mapping):
        key, item = (_every(hint) for hint in inner)
        return f"{kind} and {names.of(key)}({value}.keys()) and {names.of(item)}({value}.values())"
    return f"{kind} and {names.of(_every(inner[0]))}({value})" if inner else kind


def _every(hint: Any) -> Passing:
    """A function that says whether all items of a container are as the annotation has them."""
    names = _Names()
    test = _test("i", hint, names)
    text = f"def every(items):\n for i in items:\n  if not ({test}): return False\n return True"
    exec(text, names.known)
    return names.known["every"]  # type: ignore[no-any-return]
