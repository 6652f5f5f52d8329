"""Questions asked once while one page is read.

A page asks who is reading, and as of when figures stand, from many places. Inside `reading()` such
a question goes to the database once; outside, and so in every service and task, each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")
_known: Final[ContextVar[dict[Any, Any] | None]] = ContextVar("known", default=None)


@contextmanager
def reading() -> Iterator[None]:
    """While this lasts nothing is changed, so an answer given stays the answer."""
    before = _known.set({})
    try:
        yield
    finally:
        _known.reset(before)


def once_a_reading(ask: Callable[_Asked, _Answer]) -> Callable[_Asked, _Answer]:
    """The question, asked once of the same things inside `reading()`. Its answer is not changed."""

    @wraps(ask)
    def answer(*given: _Asked.args, **named: _Asked.kwargs) -> _Answer:
        known = _known.get()
        if known is None:
            return ask(*given, **named)
        question = (ask, given, tuple(named.items()))
        if question not in known:
            known[question] = ask(*given, **named)
        found: _Answer = known[question]
        return found

    return answer
