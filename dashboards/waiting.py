"""A past day of a large authority takes seconds to work out: the worker does it, and the page says
so meanwhile. Whoever reads a few schools, or a day that is known, never waits.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from attendance.models import SchoolYear
from attendance.read_models.figures import is_worked_out
from attendance.selectors import figures_date, last_import_until
from dashboards.patience import is_coming
from dashboards.tasks import work_out_day
from schools.permissions import SignedInRequest
from schools.rules.calendar import academic_year
from schools.scoping import access_of

#: How long the worker is given, in seconds, before the page works the day out by itself.
PATIENCE: Final = 30
#: The part of the waiting page that asks again.
ASKS_AGAIN: Final = "day-progress"


class BeingWorkedOut(Exception):
    """The figures of a day are not known yet, and are being worked out."""

    def __init__(self, day: date) -> None:
        super().__init__(day.isoformat())
        self.day = day


def wait_for(request: SignedInRequest, day: date | None) -> None:
    """Raises BeingWorkedOut where a page of the whole of a large authority would take seconds.

    Tells the worker the first time. Where it does not come, or cannot be told, the page does it.
    """
    if day is None or request.method != "GET" or not access_of(request.user).everything:
        return
    if day == figures_date() or is_worked_out(day) or not _is_large():
        return

    def tell() -> None:
        work_out_day.apply_async((day.isoformat(),), retry=False)

    if is_coming(f"day:{day.isoformat()}:{last_import_until(day)}", tell, patience=PATIENCE):
        raise BeingWorkedOut(day)


def _is_large() -> bool:
    """By the enrolments that the figures count."""
    on = figures_date()
    years = SchoolYear.objects.filter(academic_year=academic_year(on)) if on else None
    found = years.aggregate(number=Sum("enrolments"))["number"] if years is not None else 0
    return (found or 0) >= settings.WAIT_FROM_ENROLMENTS


class Waiting:
    """Answers with a page that asks again every five seconds until the day is known."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer; where the waiting page asked again and the day is known, the page anew."""
        response = self.get_response(request)
        if response.status_code != 202 and _asks_again(request):
            return HttpResponseClientRefresh()
        return response

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """The waiting page."""
        if not isinstance(problem, BeingWorkedOut):
            return None
        if getattr(request, "htmx", None) and not _asks_again(request):
            return HttpResponseClientRedirect(request.get_full_path())
        context = {"day": problem.day, "href": request.get_full_path(), "asks_again": ASKS_AGAIN}
        return render(request, "dashboards/waiting.html", context, status=202)


def _asks_again(request: HttpRequest) -> bool:
    details = getattr(request, "htmx", None)
    return details is not None and details.target == ASKS_AGAIN
