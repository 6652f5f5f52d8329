"""P17: our figures beside similar schools and published ones."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from accounts.roles import Permission
from attendance_portal.shared import clock, wording
from dashboards import listing
from dashboards.filters import FILTER_BAR, RecordFilter, names_in_words
from dashboards.frame import NavigationItem
from dashboards.read_models.benchmark import (
    EVERYONE,
    MEASURES,
    Measure,
    Question,
    benchmark_page,
)
from dashboards.read_models.better import better_block
from dashboards.read_models.standing import Standing, standing
from dashboards.views.chips import filter_chips
from dashboards.views.dates import asked_as_of
from dashboards.views.slices import AS_OF, PROTECTED
from schools.models import Enrolment, School
from schools.permissions import GuardedView, SignedInRequest, permissions_of
from schools.scoping import access_of

#: The filter bar less those of pupils and of periods: published figures are of whole schools, and
#: stand at the year so far or at a whole year.
_BAR: Final = ("as_of", "phase", "school", "trust", "place")
_MEASURE: Final = "measure"
_DEFAULT: Final = "persistent"


@dataclass(frozen=True)
class _Asked:
    """What the address asks: whose figures, as of when, and in which view."""

    request: SignedInRequest
    standing: Standing
    form: Any
    schools: list[School]
    measure: Measure

    @property
    def is_protected(self) -> bool:
        return self.request.GET.get(PROTECTED) == "1"

    @property
    def who(self) -> str:
        """'the borough', 'your 8 schools', the one school's name, or the filters in words."""
        if len(self.schools) == 1:
            return self.schools[0].name
        named = _names(self.form) if self.form.is_valid() else ""
        if named:
            return named
        if access_of(self.request.user).everything:
            return EVERYONE
        return f"your {wording.counted(len(self.schools), 'school')}"


class BenchmarkView(GuardedView):
    """Compared fairly: by phase, on the published basis, beside last year and similar schools."""

    permission = Permission.SEE_SCHOOLS

    def get(self, request: SignedInRequest) -> HttpResponse:
        asked = asked_benchmark(request)
        as_of = asked.standing.as_of
        context: dict[str, Any] = {
            "standing": asked.standing,
            "filter_form": asked.form,
            "chips": filter_chips(asked.form, request.GET),
            "clear": request.path,
            "kept": _kept(asked),
            "is_protected": asked.is_protected,
            "other_view": listing.address(
                request.GET, **{PROTECTED: None if asked.is_protected else "1"}
            ),
            "measures": _measures(request, asked.measure),
            "who": asked.who,
            "count": wording.counted(len(asked.schools), "school"),
        }
        if as_of is not None and asked.schools:
            question = question_of(asked, as_of, is_protected=asked.is_protected)
            context["page"] = benchmark_page(question)
            context["better"] = _better(asked, as_of)
        return render(request, "dashboards/benchmark.html", context)


def asked_benchmark(request: SignedInRequest) -> _Asked:
    """The schools, day and measure of an address."""
    where = standing(
        asked_as_of(request),
        user=request.user,
        latest_href=listing.address(request.GET, **{AS_OF: None}),
    )
    names = set(RecordFilter.base_filters)
    form = RecordFilter(
        _of_bar(request.GET),
        Enrolment.objects.none(),
        request=request,
        on=clock.today(),
        without=frozenset(names - set(_BAR)),
    ).form
    measure = MEASURES.get(request.GET.get(_MEASURE, ""), MEASURES[_DEFAULT])
    return _Asked(request, where, form, _schools(request, form), measure)


def question_of(asked: _Asked, as_of: date, *, is_protected: bool) -> Question:
    """What the read model is asked."""
    may_open = Permission.SEE_PUPILS in permissions_of(asked.request.user)
    on = asked.form.cleaned_data if asked.form.is_valid() else {}
    address = {name: asked.request.GET[name] for name in FILTER_BAR if on.get(name)}
    if "place" in address:
        address["place_by"] = "school"
    return Question(
        as_of=as_of,
        schools=asked.schools,
        who=asked.who,
        measure=asked.measure,
        address=address,
        has_lists=may_open and not is_protected,
        is_protected=is_protected,
        others=_others(asked) if is_protected else (),
    )


def _others(asked: _Asked) -> list[School]:
    """The open schools in scope that the bar leaves out."""
    schools = School.objects.visible_to(asked.request.user).filter(status="open")
    return list(schools.exclude(pk__in=[school.pk for school in asked.schools]))


def _names(form: Any) -> str:
    """The bar in words; a place is that of the schools here."""
    shown = copy(form)
    shown.cleaned_data = {**form.cleaned_data, "place_by": "school"}
    return names_in_words(shown)


def _of_bar(query: QueryDict) -> QueryDict:
    """The address as far as the bar of this page goes."""
    kept = QueryDict(mutable=True)
    for name in _BAR:
        if name in query:
            kept[name] = query.get(name, "")
    return kept


def _schools(request: SignedInRequest, form: Any) -> list[School]:
    """The open schools in scope that the bar names; none while it is filled in wrong."""
    if not form.is_valid():
        return []
    on = form.cleaned_data
    schools = School.objects.visible_to(request.user).filter(status="open").alphabetical()
    if on.get("school"):
        schools = schools.filter(pk=on["school"].pk)
    if on.get("trust"):
        schools = schools.filter(trust=on["trust"])
    if on.get("phase"):
        schools = schools.filter(phase=on["phase"])
    if on.get("place"):
        place = on["place"]
        schools = schools.filter(ward__in=[place.pk, *place.wards.values_list("pk", flat=True)])
    return list(schools)


def _better(asked: _Asked, as_of: date) -> Any:
    """For the council only, of the whole borough, and never in a view for others."""
    sees_borough = Permission.SEE_BOROUGH in permissions_of(asked.request.user)
    if asked.is_protected or not sees_borough:
        return None
    return better_block(asked.request.user, as_of)


def _kept(asked: _Asked) -> list[tuple[str, str]]:
    kept = [(_MEASURE, asked.measure.key)] if asked.measure.key != _DEFAULT else []
    return [*kept, (PROTECTED, "1")] if asked.is_protected else kept


def _measures(request: SignedInRequest, chosen: Measure) -> list[NavigationItem]:
    return [
        NavigationItem(
            measure.label,
            listing.address(request.GET, **{_MEASURE: key if key != _DEFAULT else None}),
            measure is chosen,
        )
        for key, measure in MEASURES.items()
    ]
