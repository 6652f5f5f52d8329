"""From the cohort explorer to an agenda: a group that is to be spoken about at a meeting."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from accounts.forms import Done, once
from accounts.roles import Permission
from attendance_portal.shared import clock, wording
from attendance_portal.shared.errors import Invalid
from dashboards.views.cases.forms import add_errors
from dashboards.views.slices import AS_OF, AskedSlice, asked_slice
from meetings.models import Meeting
from meetings.services.agenda import LONGEST_TITLE, add_item
from schools.permissions import GuardedView, SignedInRequest

_EVERYONE = "All pupils"


class GroupForm(forms.Form):
    """At which meeting, and under what name."""

    meeting: forms.ModelChoiceField[Meeting] = forms.ModelChoiceField(
        label="Which meeting?",
        queryset=None,
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose a meeting.",
            "invalid_choice": "Choose a meeting that has not started.",
        },
    )
    title = forms.CharField(
        label="What the agenda calls it",
        max_length=LONGEST_TITLE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Say what you want to speak about."},
    )

    def __init__(self, *args: Any, meetings: QuerySet[Meeting], **options: Any) -> None:
        """`meetings`: those that the person may prepare."""
        super().__init__(*args, **options)
        field = self.fields["meeting"]
        field.queryset = meetings  # type: ignore[attr-defined]
        field.label_from_instance = in_words  # type: ignore[attr-defined]


class AddGroupView(GuardedView):
    """`/meetings/add-group/?` and the filter bar: meetings of the schools that it names."""

    permission = Permission.PREPARE_MEETINGS

    def get(self, request: SignedInRequest) -> HttpResponse:
        asked = asked_slice(request)
        meetings = _meetings(request, asked)
        form = GroupForm(meetings=meetings, initial={"title": _name(asked)})
        return self._page(request, asked, form)

    def post(self, request: SignedInRequest) -> HttpResponse:
        """Add it once, and show the agenda."""
        asked = asked_slice(request)
        form = GroupForm(request.POST, meetings=_meetings(request, asked))
        if form.is_valid():
            try:
                return once(request, lambda: self._added(request, asked, form))
            except Invalid as problem:
                add_errors(form, problem)
        return self._page(request, asked, form)

    def _added(self, request: SignedInRequest, asked: AskedSlice, form: GroupForm) -> Done:
        meeting = form.cleaned_data["meeting"]
        add_item(
            meeting=meeting,
            title=form.cleaned_data["title"],
            query=_query(asked),
            by=request.user,
            at=clock.moment(),
        )
        return Done(reverse("meeting", args=[meeting.pk]) + "#agenda", "Added to the agenda.")

    def _page(self, request: SignedInRequest, asked: AskedSlice, form: GroupForm) -> HttpResponse:
        context = {
            "form": form,
            "who": _name(asked),
            "is_known": asked.now is not None,
            "has_meetings": form.fields["meeting"].queryset.exists(),  # type: ignore[attr-defined]
            "back": asked.now.link("explore") if asked.now else reverse("explore"),
        }
        return render(request, "dashboards/meetings/add_group.html", context)


def in_words(meeting: Meeting) -> str:
    """'Ash Primary School, Tuesday 10 March 2026'."""
    if meeting.starts_at is None:
        return f"{meeting.school}, no time chosen yet"
    return f"{meeting.school}, {wording.long_moment(meeting.starts_at)}"


def _meetings(request: SignedInRequest, asked: AskedSlice) -> QuerySet[Meeting]:
    """Meetings ahead that have not started, of the schools that the bar names; soonest first."""
    rows = Meeting.objects.with_figures_for(request.user).ahead().filter(started_at__isnull=True)
    schools = asked.now.schools if asked.now else ()
    found: QuerySet[Meeting] = (
        rows.filter(school__in=schools).select_related("school").order_by("starts_at", "pk")
    )
    return found


def _name(asked: AskedSlice) -> str:
    """The filters in words."""
    who = asked.now.who if asked.now else ""
    return (f"{who[:1].upper()}{who[1:]}" or _EVERYONE)[:LONGEST_TITLE]


def _query(asked: AskedSlice) -> str:
    """The bar as it is kept: without its day, for a meeting asks how it stands on its own."""
    address = asked.now.address if asked.now else {}
    return urlencode({name: value for name, value in address.items() if name != AS_OF})
