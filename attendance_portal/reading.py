"""A page that is only read asks the same question of the database once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from attendance_portal.shared.once import reading

_READS: Final = ("GET", "HEAD")


class Reading:
    """Lets answers stand for the length of one GET; a request that may change things asks anew."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer."""
        if request.method not in _READS:
            return self.get_response(request)
        with reading():
            return self.get_response(request)
