"""The borough."""

from __future__ import annotations

from django import forms
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render

from accounts.models import User
from accounts.roles import Permission
from attendance_portal.shared import clock
from dashboards import listing
from dashboards.charts import Chart
from dashboards.filters import DateInput
from dashboards.read_models.borough import BoroughPage, View, borough_page, phases_of
from dashboards.read_models.borough_tables import COLUMNS, DEFAULT_SORT, PROTECTED_COLUMNS
from dashboards.read_models.cases.stuck import stuck_cases
from dashboards.read_models.standing import Standing, standing
from dashboards.views.dates import asked_as_of
from dashboards.views.exports import export_of
from schools.permissions import GuardedView, SignedInRequest, has_permission

_PROTECTED = "protected"


class BoroughFilter(forms.Form):
    """Which phase, and as of when, by the API's names."""

    phase = forms.ChoiceField(label="Phase", required=False)  # its choices: those in scope
    as_of = forms.DateField(label="As of", required=False, widget=DateInput())

    def __init__(self, *args: object, user: User, **options: object) -> None:
        """Offers the phases of the schools that this person sees."""
        super().__init__(*args, **options)  # type: ignore[arg-type]
        choices = [("", "All phases"), *phases_of(user)]
        self.fields["phase"] = forms.ChoiceField(label="Phase", required=False, choices=choices)

    def chosen_phase(self) -> str:
        """The phase asked for; one that none of the schools has is a bad request."""
        if self.errors.get("phase"):
            raise BadRequest("Choose one of the phases on the borough's page.")
        phase: str = self.cleaned_data.get("phase", "")
        return phase


class BoroughView(GuardedView):
    """P14: four figures, three charts, by phase and by school, as of any date."""

    permission = Permission.SEE_BOROUGH

    def get(self, request: SignedInRequest) -> HttpResponse:
        asked = asked_as_of(request)
        form = BoroughFilter(request.GET, user=request.user)
        phase = form.chosen_phase()
        latest = listing.address(request.GET, as_of=None)
        where = standing(asked, user=request.user, latest_href=latest)
        is_protected = request.GET.get(_PROTECTED) == "1"
        columns = PROTECTED_COLUMNS if is_protected else COLUMNS
        sort = listing.chosen_sort(request.GET, columns, DEFAULT_SORT)
        page = page_of(request.user, where, phase, sort, is_protected=is_protected)
        context = {
            "page": page,
            "standing": where,
            "headers": listing.headers(columns, request.GET, sort),
            "form": form,
            "clear": request.path if phase or asked else "",
            "is_protected": is_protected,
            "stuck": stuck_of(request.user, where, phase, is_protected=is_protected),
            "export_href": export_of(request.user, where.as_of, phase=phase),
            "other_view": listing.address(
                request.GET, **{_PROTECTED: None if is_protected else "1"}
            ),
        }
        return render(request, "dashboards/borough.html", context)


def stuck_of(user: User, where: Standing, phase: str, *, is_protected: bool) -> Chart | None:
    """F13: cases as they stand today, so only beside the latest figures, and never protected."""
    if is_protected or not where.is_latest or not has_permission(user, Permission.SEE_CASES):
        return None
    return stuck_cases(user, clock.today(), phase=phase)


def page_of(
    user: User, where: Standing, phase: str, sort: str, *, is_protected: bool
) -> BoroughPage | None:
    """The borough as of where the page stands; None before the first figures."""
    if where.as_of is None:
        return None
    view = View(where.as_of, sort, phase, has_lists=where.is_latest, is_protected=is_protected)
    return borough_page(user, view)
