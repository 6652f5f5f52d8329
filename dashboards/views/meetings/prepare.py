"""P20: preparing a meeting from both sides. From its start on everything here is only read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.forms import Done, once
from accounts.roles import Permission
from attendance.cohorts import COHORTS, Cohort
from attendance_portal.shared import clock
from cases.choices import AGENCIES
from dashboards.read_models.meetings.prepare import cohort_lines, preparation
from dashboards.views.cases.forms import refusal_of
from dashboards.views.meetings.common import MeetingView, log_about
from dashboards.views.meetings.forms import MeetingFormView
from meetings.choices import TASKS, Side
from meetings.models import Meeting
from meetings.permissions import check_can_prepare, side_of
from meetings.read_models.preparation import places_of
from meetings.services.preparation import (
    LONGEST_NOTE,
    MOST_PLACES,
    offer_places,
    remove_places,
    tick_task,
    write_tried,
)
from schools.permissions import SignedInRequest, check_has


class PrepareView(MeetingView):
    """The task list of each side, and what has been brought so far. It counts children; those whom
    last time's actions are about it names, and that is written down."""

    permission = Permission.PREPARE_MEETINGS
    route = "meeting_prepare"
    template = "dashboards/meetings/prepare.html"

    def get(self, request: SignedInRequest, meeting_id: int) -> HttpResponse:
        meeting = self.meeting_of(request, meeting_id)
        refusal = refusal_of(check_can_prepare, request.user, meeting)
        page = preparation(meeting, request.user, on=clock.today(), refusal=refusal)
        log_about(request, page.last)
        return self.show(request, meeting, {"page": page, "title": "Prepare"})

    def post(self, request: SignedInRequest, meeting_id: int) -> HttpResponse:
        """Tick a task of one's own side, or take the tick away."""
        meeting = self.meeting_of(request, meeting_id)
        return once(request, lambda: self._tick(request, meeting))

    def _tick(self, request: SignedInRequest, meeting: Meeting) -> Done:
        is_done = request.POST.get("is_done") == "yes"
        task = request.POST.get("task", "")
        if task not in TASKS.get(side_of(request.user), {}):
            raise Http404
        tick_task(meeting=meeting, task=task, is_done=is_done, by=request.user, at=clock.moment())
        said = "Marked done." if is_done else "Marked not done yet."
        return Done(reverse("meeting_prepare", args=[meeting.pk]) + "#tasks", said)


class PreparationFormView(MeetingFormView):
    """A form of the preparation: refused once the meeting has started."""

    permission = Permission.PREPARE_MEETINGS
    route = "meeting_prepare"
    part = ""

    def check(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> None:
        """The service's own check."""
        check_can_prepare(request.user, meeting)

    def back(self, request: SignedInRequest, meeting: Meeting) -> str:
        """The preparation, at the part that the form is about."""
        return reverse("meeting_prepare", args=[meeting.pk]) + self.part


class TriedForm(forms.Form):
    """What was tried for one group."""

    tried = forms.CharField(
        label="What have you tried, what helped?",
        help_text="For the group as a whole. Name no child.",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": "6"}),
        error_messages={"required": "Say what you tried."},
    )


class TriedView(PreparationFormView):
    """'What have you tried, what helped?' for one named group."""

    template = "dashboards/meetings/tried.html"
    title = "What have you tried, what helped?"
    part = "#tried"

    def thing_of(self, request: SignedInRequest, meeting: Meeting, **names: Any) -> Cohort:
        """The named group. Raises Http404 for what is none."""
        cohort = COHORTS.get(names["cohort"])
        if cohort is None:
            raise Http404
        return cohort

    def initial(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> dict[str, Any]:
        """What was written before."""
        note = meeting.cohort_notes.filter(cohort=thing.key).first()
        return {"tried": note.tried if note is not None else ""}

    def form(
        self, request: SignedInRequest, meeting: Meeting, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """One question."""
        return TriedForm(*data, **options)

    def context(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> dict[str, Any]:
        """The group, and how many are in it."""
        lines = cohort_lines(meeting, request.user, on=clock.today(), may_write=False)
        line = next(one for one in lines if one.key == thing.key)
        return {"cohort": thing, "line": line, "title": f"{self.title} {thing.label}"}

    def save(self, request: SignedInRequest, meeting: Meeting, thing: Any, form: forms.Form) -> str:
        """Keep it; a later text takes its place."""
        write_tried(
            meeting=meeting,
            cohort=thing.key,
            tried=form.cleaned_data["tried"],
            by=request.user,
            at=clock.moment(),
        )
        return f"Saved: {thing.label}."


class OfferForm(forms.Form):
    """Support that has places now."""

    what = forms.CharField(
        label="What is the support?",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Say what the support is."},
    )
    agency = forms.ChoiceField(label="Who gives it?", choices=list(AGENCIES.items()))
    places = forms.IntegerField(
        label="How many places does it have now?",
        min_value=0,
        max_value=MOST_PLACES,
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "off",
                "classes": "govuk-input--width-5",
            }
        ),
        error_messages={
            "required": "Enter a number.",
            "invalid": "Enter a whole number.",
            "min_value": f"Give a number from 0 to {MOST_PLACES}.",
            "max_value": f"Give a number from 0 to {MOST_PLACES}.",
        },
    )


class OffersView(PreparationFormView):
    """What the council brings: write down support with places, or take it off."""

    template = "dashboards/meetings/offers.html"
    title = "Support with places now"
    button = "Add"
    keeps_draft = False

    def check(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> None:
        """The service's own checks: the council brings it."""
        check_has(request.user, Permission.BOOK_MEETINGS)
        check_can_prepare(request.user, meeting)

    def post(self, request: SignedInRequest, meeting_id: int, **names: Any) -> HttpResponse:
        """Add, or take off the row whose button was pressed."""
        if "remove" not in request.POST:
            return super().post(request, meeting_id, **names)
        meeting = self.meeting_of(request, meeting_id)
        return once(request, lambda: self._removed(request, meeting))

    def _removed(self, request: SignedInRequest, meeting: Meeting) -> Done:
        key = request.POST["remove"]
        row = get_object_or_404(meeting.places_offered.standing(), pk=key if key.isdecimal() else 0)
        remove_places(offered=row, by=request.user, at=clock.moment())
        return Done(request.path, f"Taken off: {row.what}.")

    def form(
        self, request: SignedInRequest, meeting: Meeting, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """Three questions."""
        return OfferForm(*data, **options)

    def context(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> dict[str, Any]:
        """What is written down already."""
        return {
            "places": places_of(meeting),
            "is_council": side_of(request.user) is Side.LA,
        }

    def save(self, request: SignedInRequest, meeting: Meeting, thing: Any, form: forms.Form) -> str:
        """Write it down."""
        row = offer_places(meeting=meeting, by=request.user, at=clock.moment(), **form.cleaned_data)
        return f"Added: {row.what}."
