"""When the records cannot be reached: a page that says so, and not a fault of the portal's own."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

RETRY_AFTER = "60"  # seconds


class Unavailable:
    """Turns a database that does not answer into a 503 with a plain page, which asks it nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """A page for the one kind of fault that passes by itself."""
        if not isinstance(problem, OperationalError | InterfaceError) or _is_api(request):
            return None
        structlog.get_logger(__name__).error("records_unavailable", kind=type(problem).__name__)
        page = render_to_string("503.html")
        return HttpResponse(page, status=503, headers={"Retry-After": RETRY_AFTER})


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
