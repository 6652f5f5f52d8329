"""Frozen dataclasses as plain JSON, and back again: what a pack is kept as. Pure.

A date is kept as ISO, a decimal as its digits, any series as a list; each field comes back as the
kind its dataclass names. What was kept by an older shape of a class is never guessed at: a field
that is missing or unknown is an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def as_json(value: Any) -> Any:
    """A dataclass of dates, decimals, texts, numbers, series and more dataclasses as JSON."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: as_json(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, str | int | bool | NoneType):
        return value
    if isinstance(value, Sequence):
        return [as_json(one) for one in value]
    raise TypeError(f"{type(value).__name__} is not kept as JSON.")


def from_json(kind: type[T], data: Any) -> T:
    """The dataclass again. Raises ValueError where the data are of another shape."""
    hints: dict[str, Any] = _hints(kind)  # type: ignore[arg-type]  # a class has a hash
    if not isinstance(data, dict) or set(data) != set(hints):
        raise ValueError(f"This is no {kind.__name__}.")
    return kind(**{name: _read(hint, data[name]) for name, hint in hints.items()})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {each.name: hints[each.name] for each in fields(kind)}


def _read(hint: Any, value: Any) -> Any:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return None if value is None else _read(_other_than_none(hint), value)
    if origin is tuple:
        return _pair(get_args(hint), value)
    if origin is not None:
        (of,) = get_args(hint)
        return [_read(of, one) for one in value]
    if is_dataclass(hint):
        return from_json(hint, value)  # type: ignore[arg-type]  # a class, never an instance
    if hint is date:
        return date.fromisoformat(value)
    return hint(value) if hint is Decimal else value


def _other_than_none(hint: Any) -> Any:
    (other,) = (one for one in get_args(hint) if one is not NoneType)
    return other


def _pair(hints: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    return tuple(_read(hint, one) for hint, one in zip(hints, value, strict=True))
