"""The `as_of` that a page may carry in its address."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import BadRequest
from django.http import HttpRequest

from attendance.selectors import check_as_of
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Invalid


def asked_as_of(request: HttpRequest) -> date | None:
    """The date asked for, None for the latest. A date nobody can stand at is a bad request."""
    asked = request.GET.get("as_of", "")
    if not asked:
        return None
    try:
        on = date.fromisoformat(asked)
    except ValueError:
        raise BadRequest("Write the date in the address as 2026-03-02.") from None
    try:
        check_as_of(on, today=clock.today())
    except Invalid as problem:
        raise BadRequest(problem.message) from None
    return on
