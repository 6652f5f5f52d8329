"""Addresses that cannot be of any page of ours."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase


class NoNul:
    """A path with a NUL is a page that never was: the database cannot even look for one, and would
    answer with a fault wherever a word of the path is looked up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer. Raises Http404."""
        if "\0" in request.path_info:
            raise Http404
        return self.get_response(request)
