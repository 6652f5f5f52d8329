"""P18: wards and localities, by home or by school."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.roles import Permission
from attendance_portal.shared import clock
from dashboards import listing
from dashboards.read_models.insight import places
from dashboards.read_models.insight.entries import entry_sections
from dashboards.read_models.insight.place import PlacePage, place_page
from dashboards.views.slices import AskedSlice, asked_slice
from schools.models import Place
from schools.permissions import GuardedView, SignedInRequest

_PLACE: Final = "place"
_PLACE_BY: Final = "place_by"


class PlacesView(GuardedView):
    """Every ward with a child of the slice: a map, ranked dots and a table."""

    permission = Permission.SEE_BOROUGH

    def get(self, request: SignedInRequest) -> HttpResponse:
        asked = _asked(request)
        sort = listing.chosen_sort(request.GET, places.COLUMNS, places.DEFAULT_SORT)
        context = {
            **asked.context,
            "page": page_of(asked, is_protected=asked.is_protected),
            "headers": listing.headers(places.COLUMNS, request.GET, sort),
        }
        return render(request, "dashboards/insight/places.html", context)


class PlaceView(GuardedView):
    """One place. Another one chosen in the bar leads to its own page."""

    permission = Permission.SEE_BOROUGH

    def get(self, request: SignedInRequest, place_code: str) -> HttpResponse:
        place = get_object_or_404(Place.objects.select_related("part_of"), code=place_code)
        if _PLACE in request.GET:
            asked_for = request.GET[_PLACE].replace("\0", "")
            other = Place.objects.filter(code=asked_for).first() or place
            kept = listing.address(request.GET, **{_PLACE: None})
            return redirect(f"{reverse('place', args=[other.code])}{kept}")
        asked = _asked(request)
        page = place_of(asked, place, is_protected=asked.is_protected)
        context = {**asked.context, "page": page, "place": place}
        if not asked.is_protected:
            context["entries"] = entry_sections(place, request.user, on=clock.today())
        return render(request, "dashboards/insight/place.html", context)


def page_of(asked: AskedSlice, *, is_protected: bool) -> places.PlacesPage | None:
    """The places of an address; None before the first run, and where a filter is not right."""
    if asked.now is None:
        return None
    view = places.View(
        by=_by(asked),
        sort=listing.chosen_sort(asked.request.GET, places.COLUMNS, places.DEFAULT_SORT),
        marks_to=asked.standing.marks_to,
        wider=_wider(asked, is_protected),
    )
    return places.places_page(replace(asked.now, is_protected=is_protected), view)


def place_of(asked: AskedSlice, place: Place, *, is_protected: bool) -> PlacePage | None:
    """One place of an address; None before the first run, and where a filter is not right."""
    if asked.now is None:
        return None
    now = replace(asked.now, is_protected=is_protected)
    return place_page(now, place, _by(asked), _wider(asked, is_protected))


def _wider(asked: AskedSlice, is_protected: bool) -> list[int]:
    return [count for _, count in asked.without_each()] if is_protected else []


def _asked(request: SignedInRequest) -> AskedSlice:
    """The slice, its bar asking with radios whether children live or go to school there."""
    asked = asked_slice(request)
    field: Any = asked.form.fields[_PLACE_BY]
    field.widget = forms.RadioSelect({"classes": "govuk-radios--small"}, field.choices)
    shown = asked.form.data.copy()
    shown.setdefault(_PLACE_BY, _by(asked))  # what is shown is chosen in the bar too
    asked.form.data = shown
    return asked


def _by(asked: AskedSlice) -> str:
    if asked.form.is_valid() and asked.form.cleaned_data.get(_PLACE_BY) == places.SCHOOL:
        return places.SCHOOL
    return places.HOME
