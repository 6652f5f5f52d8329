"""Schools: the list, and the pages of one school (P13)."""

from __future__ import annotations

from typing import Any, get_args

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.roles import Permission
from attendance_portal.shared import clock, wording
from dashboards import listing
from dashboards.frame import NavigationItem
from dashboards.read_models import school_list as lists
from dashboards.read_models.cases.school_steps import steps_block
from dashboards.read_models.explore.movement import movement_block
from dashboards.read_models.groups import Measure
from dashboards.read_models.meetings.of_school import next_step
from dashboards.read_models.reasons_panel import panel_of_schools
from dashboards.read_models.registers_page import registers_page
from dashboards.read_models.school_casework import without_plan
from dashboards.read_models.school_page import (
    MEASURES,
    cohort_lines,
    groups_chart,
    overview,
    school_head,
)
from dashboards.read_models.slices import Slice, sums
from dashboards.read_models.standing import Standing, standing
from dashboards.school_filters import SchoolsForm
from dashboards.views.dates import asked_as_of
from dashboards.views.exports import export_of
from dashboards.views.slices import AskedSlice, Only, asked_slice
from schools.models import School
from schools.permissions import (
    GuardedView,
    SignedInRequest,
    has_permission,
    permissions_of,
)

_MEASURE = "measure"
#: The page of a school that is only for those who prepare meetings with it.
MEETINGS = "school_meetings"
#: The pages of one school, in the order of their links: what each is called, and its route.
SUB_PAGES = (
    ("Overview", "school"),
    ("Pupils", "school_pupils"),
    ("Cohorts", "school_cohorts"),
    ("Registers", "school_registers"),
    ("Meetings", MEETINGS),
)


class SchoolListView(GuardedView):
    """The open schools in scope, A to Z. Someone with one school is led straight to it."""

    permission = Permission.SEE_SCHOOLS

    def get(self, request: SignedInRequest) -> HttpResponse:
        mine = School.objects.visible_to(request.user).filter(status="open")
        only = list(mine.values_list("pk", flat=True)[:2])
        if len(only) == 1 and not request.GET:
            return redirect("school", urn=only[0])
        where = standing(asked_as_of(request), user=request.user, latest_href=request.path)
        form = SchoolsForm(request.GET, schools=mine)
        sort = listing.chosen_sort(request.GET, lists.COLUMNS, lists.DEFAULT_SORT)
        lines = lines_of(request, form.applied_to(mine), where)
        context = {
            "standing": where,
            "lines": lines,
            "form": form,
            "chips": form.chips(request),
            "clear": request.path,
            "headers": listing.headers(lists.COLUMNS, request.GET, sort),
            "kept": [(listing.SORT, sort)] if sort != lists.DEFAULT_SORT else [],
        }
        return render(request, "dashboards/school_list.html", context)


def lines_of(
    request: SignedInRequest, schools: QuerySet[School], where: Standing
) -> list[lists.SchoolLine]:
    """These schools as the page shows them; none before the first figures."""
    if where.as_of is None:
        return []
    return lists.school_lines(
        schools,
        request.user,
        as_of=where.as_of,
        on=clock.today(),
        sort=listing.chosen_sort(request.GET, lists.COLUMNS, lists.DEFAULT_SORT),
        has_lists=where.is_latest,
    )


class SchoolView(GuardedView):
    """The head that the pages of one school share; another school is a page that never was."""

    permission = Permission.SEE_SCHOOLS
    route = "school"
    template = "dashboards/school.html"

    def get(self, request: SignedInRequest, urn: int) -> HttpResponse:
        schools = School.objects.visible_to(request.user).select_related(
            "trust", "attendance_champion"
        )
        school = get_object_or_404(schools, pk=urn)
        asked = asked_slice(request, only=Only.school(school))
        where = asked.standing
        head = school_head(school, request.user, as_of=where.as_of, on=clock.today())
        context: dict[str, Any] = {
            "head": head,
            **asked.context,
            "title": _title(school, self.route),
            "pages": [
                NavigationItem(text, reverse(name, args=[school.pk]), name == self.route)
                for text, name in SUB_PAGES
                if name != MEETINGS or has_permission(request.user, Permission.PREPARE_MEETINGS)
            ],
        }
        if asked.now is not None and where.as_of is not None:
            context["export_href"] = export_of(request.user, where.as_of, school=school.pk)
            context |= self.content(request, school, asked, asked.now)
        return render(request, self.template, context)

    def content(
        self, request: SignedInRequest, school: School, asked: AskedSlice, now: Slice
    ) -> dict[str, Any]:
        """What stands below the head, once there are figures."""
        page = overview(school, now, asked.then)
        may_upload = Permission.UPLOAD_REGISTERS in permissions_of(request.user)
        steps = steps_block(school, request.user)
        plans = None
        if asked.standing.is_latest and now.is_of_whole_schools:
            plans = without_plan(school, request.user, as_of=now.as_of, on=clock.today())
        counted = wording.counted(sums(now).enrolments, "enrolment")
        return {
            "period": now.period,
            "counted": counted,
            "page": page,
            "may_upload": may_upload,
            "steps": steps,
            "plans": plans,
            "movement": movement_block(now),
            "tsm": next_step(school, request.user, at=clock.moment()),
        }


class SchoolPupilsView(SchoolView):
    """The school's pupils by named cohort, each a link to its list."""

    route = "school_pupils"
    template = "dashboards/school_pupils.html"

    def content(
        self, request: SignedInRequest, school: School, asked: AskedSlice, now: Slice
    ) -> dict[str, Any]:
        lines = cohort_lines(now) if asked.standing.is_latest else []
        everyone = lists.pupils_of(school.pk, on_roll="true")
        return {"cohorts": lines, "everyone": everyone}


class SchoolCohortsView(SchoolView):
    """Groups of the school's pupils beside everyone else there."""

    route = "school_cohorts"
    template = "dashboards/school_cohorts.html"

    def content(
        self, request: SignedInRequest, school: School, asked: AskedSlice, now: Slice
    ) -> dict[str, Any]:
        measure = measure_asked(request)
        chart = groups_chart(school, request.user, as_of=now.as_of, measure=measure)
        measures = [
            NavigationItem(label, listing.address(request.GET, measure=key), key == measure)
            for key, label in MEASURES.items()
        ]
        return {"chart": chart, "measures": measures}


def _title(school: School, route: str) -> str:
    """The page's own name, told apart from the school's other pages."""
    if route == SUB_PAGES[0][1]:
        return school.name
    return f"{school.name}: {next(text for text, name in SUB_PAGES if name == route).lower()}"


def measure_asked(request: SignedInRequest) -> Measure:
    """What groups are compared by; persistent absence unless another is asked for."""
    asked = request.GET.get(_MEASURE, "")
    known: dict[str, Measure] = {key: key for key in get_args(Measure)}
    return known.get(asked, "persistent")


class SchoolRegistersView(SchoolView):
    """What came of the school's registers, and what to ask about."""

    route = "school_registers"
    template = "dashboards/school_registers.html"

    def content(
        self, request: SignedInRequest, school: School, asked: AskedSlice, now: Slice
    ) -> dict[str, Any]:
        page = registers_page(school, request.user, as_of=now.as_of, on=clock.today())
        may_upload = Permission.UPLOAD_REGISTERS in permissions_of(request.user)
        reasons = panel_of_schools([school.pk], as_of=now.as_of)
        return {"page": page, "may_upload": may_upload, "reasons": reasons}
