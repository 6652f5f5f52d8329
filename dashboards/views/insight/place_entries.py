"""P18: what is known of a place is written down, and ended once it holds no more."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.forms import Done, once
from accounts.roles import Permission
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Conflict, Invalid
from dashboards.filters import DayField
from dashboards.views.cases.forms import add_errors
from interventions.choices import ENTRY_KINDS, EntryFacts, EntryKind
from interventions.models import PlaceEntry
from interventions.services.places import (
    LONGEST,
    LONGEST_REASON,
    LONGEST_TITLE,
    end_entry,
    write_entry,
)
from schools.models import Place
from schools.permissions import GuardedView, SignedInRequest


class EntryForm(forms.Form):
    """The questions of one kind."""

    title = forms.CharField(
        max_length=LONGEST_TITLE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Say what it is."},
    )
    text = forms.CharField(
        required=False,
        max_length=LONGEST,
        help_text="Name no child and no family here.",
        widget=forms.Textarea(attrs={"rows": "4"}),
    )
    views = forms.CharField(
        label="Whose views were heard, and what did they say?",
        help_text="Families, children, schools, those who work there.",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": "4"}),
        error_messages={"required": "Say whose views were heard."},
    )
    from_on = DayField(label="From", required=False)
    until_on = DayField(label="Until", required=False)

    def __init__(self, *args: Any, facts: EntryFacts, **options: Any) -> None:
        """`facts`: which questions, and their words."""
        super().__init__(*args, **options)
        self.fields["title"].label = facts.what
        self.fields["text"].label = facts.more
        if not facts.has_views:
            del self.fields["views"]
        if not facts.has_dates:
            del self.fields["from_on"], self.fields["until_on"]


class EntryAddView(GuardedView):
    """One more thing about a place."""

    permission = Permission.EDIT_PLACES

    def get(self, request: SignedInRequest, place_code: str, entry_kind: str) -> HttpResponse:
        place, facts = _asked(place_code, entry_kind)
        return _page(request, place, facts, EntryForm(facts=facts))

    def post(self, request: SignedInRequest, place_code: str, entry_kind: str) -> HttpResponse:
        """Write it down, once."""
        place, facts = _asked(place_code, entry_kind)
        form = EntryForm(request.POST, facts=facts)
        if form.is_valid():
            try:
                return once(request, lambda: _written(request, place, entry_kind, form))
            except Invalid as problem:
                add_errors(form, problem)
        return _page(request, place, facts, form)


def _asked(place_code: str, kind: str) -> tuple[Place, EntryFacts]:
    if kind not in ENTRY_KINDS:
        raise Http404
    return get_object_or_404(Place, code=place_code), ENTRY_KINDS[EntryKind(kind)]


def _written(request: SignedInRequest, place: Place, kind: str, form: EntryForm) -> Done:
    entry = write_entry(
        place=place, kind=kind, by=request.user, at=clock.moment(), **form.cleaned_data
    )
    return Done(_section(place, kind), f"Written down: {entry.title}.")


def _page(
    request: SignedInRequest, place: Place, facts: EntryFacts, form: EntryForm
) -> HttpResponse:
    context = {"form": form, "place": place, "title": facts.add, "back": _back(place)}
    return render(request, "dashboards/insight/place_entry.html", context)


def _back(place: Place) -> str:
    return reverse("place", args=[place.code])


def _section(place: Place, kind: str) -> str:
    return f"{_back(place)}#{kind}"


class EndForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label="Why does it hold no more?",
        max_length=LONGEST_REASON,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Say why it holds no more."},
    )


class EntryEndView(GuardedView):
    """Something about a place holds no more."""

    permission = Permission.EDIT_PLACES

    def get(self, request: SignedInRequest, entry_id: int) -> HttpResponse:
        return self._page(request, _entry(entry_id), EndForm())

    def post(self, request: SignedInRequest, entry_id: int) -> HttpResponse:
        """End it, once."""
        entry, form = _entry(entry_id), EndForm(request.POST)
        if form.is_valid():
            try:
                return once(request, lambda: _ended(request, entry, form))
            except Invalid as problem:
                add_errors(form, problem)
            except Conflict as problem:
                form.add_error(None, problem.message)
        return self._page(request, entry, form)

    def _page(self, request: SignedInRequest, entry: PlaceEntry, form: EndForm) -> HttpResponse:
        context = {
            "form": form,
            "place": entry.place,
            "title": f"End: {entry.title}",
            "back": _back(entry.place),
        }
        return render(request, "dashboards/insight/place_entry.html", context)


def _entry(entry_id: int) -> PlaceEntry:
    found: PlaceEntry = get_object_or_404(
        PlaceEntry.objects.select_related("place"), pk=entry_id, ended_on__isnull=True
    )
    return found


def _ended(request: SignedInRequest, entry: PlaceEntry, form: EndForm) -> Done:
    end_entry(
        entry=entry,
        reason=form.cleaned_data["reason"],
        by=request.user,
        on=clock.today(),
        at=clock.moment(),
    )
    return Done(_section(entry.place, entry.kind), f"Ended: {entry.title}.")
