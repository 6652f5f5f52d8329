"""P23: after a meeting: what came of it, what worked, and what one thinks of it for oneself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.forms import Done, once
from accounts.roles import Permission
from attendance.selectors import figures_date
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Refused
from cases.choices import BARRIERS
from dashboards import listing
from dashboards.read_models.meetings.after import Standpoint, after
from dashboards.read_models.meetings.practice import (
    network_notes,
    notes_of,
    practice_lines,
    reflections_of,
)
from dashboards.read_models.standing import standing
from dashboards.views.meetings.common import MeetingView, log_children
from dashboards.views.meetings.forms import MeetingFormView
from meetings.models import Meeting, Reflection
from meetings.permissions import check_sees_all
from meetings.services.after import (
    LONGEST,
    give_leave,
    share_reflection,
    write_practice_note,
    write_reflection,
)
from schools.permissions import GuardedView, SignedInRequest, allowed, check_has


class AfterView(MeetingView):
    """What was agreed and what became of it. Names children: each reading is written down."""

    route = "meeting_after"
    template = "dashboards/meetings/after.html"

    def get(self, request: SignedInRequest, meeting_id: int) -> HttpResponse:
        meeting = self.meeting_of(request, meeting_id)
        user, on = request.user, clock.today()
        page = after(Standpoint(meeting, user, figures_date(), on))
        log_children(request, page.children_read)
        context = {
            "title": "After",
            "page": page,
            "standing": standing(None, user=user, latest_href=request.path),
            "notes": notes_of(meeting, user),
            "reflections": reflections_of(meeting, user),
            "may_write_practice": allowed(check_has, user, Permission.PREPARE_MEETINGS),
        }
        return self.show(request, meeting, context)


class ReflectionForm(forms.Form):
    """What one thinks."""

    text = forms.CharField(
        label="What went well, what did not, what will you do another way?",
        help_text="Only you read it, and no file takes it out. You may share it afterwards.",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": "6"}),
        error_messages={"required": "Write what you think."},
    )


class ReflectionView(MeetingFormView):
    """A private reflection; on its page the writer may share it, or take that back."""

    needs_figures = False
    route = "meeting_after"
    title = "Your own reflection"
    template = "dashboards/meetings/reflection.html"

    def post(self, request: SignedInRequest, meeting_id: int, **names: Any) -> HttpResponse:
        """Keep it, or decide who reads it."""
        if "share" not in request.POST:
            return super().post(request, meeting_id, **names)
        meeting = self.meeting_of(request, meeting_id)
        return once(request, lambda: self._shared(request, meeting))

    def _shared(self, request: SignedInRequest, meeting: Meeting) -> Done:
        own = get_object_or_404(Reflection, meeting=meeting, by=request.user)
        is_shared = request.POST["share"] == "yes"
        share_reflection(reflection=own, is_shared=is_shared, by=request.user, at=clock.moment())
        said = "Those who see the meeting can read it now." if is_shared else "Only you read it."
        return Done(self.back(request, meeting), said)

    def back(self, request: SignedInRequest, meeting: Meeting) -> str:
        """What came of the meeting, or the meeting itself for those who see no more."""
        has_all = allowed(check_sees_all, request.user, meeting)
        return reverse("meeting_after" if has_all else "meeting", args=[meeting.pk])

    def initial(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> dict[str, Any]:
        """What was written before."""
        own = meeting.reflections.filter(by=request.user).first()
        return {"text": own.text if own is not None else ""}

    def form(
        self, request: SignedInRequest, meeting: Meeting, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """One question."""
        return ReflectionForm(*data, **options)

    def context(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> dict[str, Any]:
        """Whether it is written, and shared."""
        return {"own": meeting.reflections.filter(by=request.user).first()}

    def save(self, request: SignedInRequest, meeting: Meeting, thing: Any, form: forms.Form) -> str:
        """Keep it for the writer alone."""
        write_reflection(
            meeting=meeting, text=form.cleaned_data["text"], by=request.user, at=clock.moment()
        )
        return "Saved, for you alone."


class PracticeForm(forms.Form):
    """What worked."""

    barrier = forms.ChoiceField(
        label="What did it help with?",
        choices=[(key, kind.label) for key, kind in BARRIERS.items()],
    )
    title = forms.CharField(
        label="What would you call it?",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Give it a title."},
    )
    text = forms.CharField(
        label="What did you do, and how do you know that it helped?",
        help_text="Name no child. Other schools read it once the school gives leave.",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": "6"}),
        error_messages={"required": "Say what worked."},
    )


class PracticeWriteView(MeetingFormView):
    """Write down what worked."""

    permission = Permission.PREPARE_MEETINGS
    route = "meeting_after"
    title = "Practice worth sharing"

    def check(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> None:
        """There must have been a meeting to speak of it."""
        if meeting.started_at is None:
            raise Refused("The meeting has not started. Start it first.", code="not_started")

    def form(
        self, request: SignedInRequest, meeting: Meeting, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """Three questions."""
        return PracticeForm(*data, **options)

    def back(self, request: SignedInRequest, meeting: Meeting) -> str:
        """What came of the meeting."""
        return reverse("meeting_after", args=[meeting.pk]) + "#practice"

    def save(self, request: SignedInRequest, meeting: Meeting, thing: Any, form: forms.Form) -> str:
        """Write it down."""
        self.check(request, meeting, thing)
        write_practice_note(
            meeting=meeting, by=request.user, at=clock.moment(), **form.cleaned_data
        )
        return "Saved. Other schools read it once the school gives leave."


class LeaveView(MeetingView):
    """The button by which a school lets others read a note, or takes that back."""

    permission = Permission.PREPARE_MEETINGS

    def post(self, request: SignedInRequest, meeting_id: int) -> HttpResponse:
        meeting = self.meeting_of(request, meeting_id)
        return once(request, lambda: self._done(request, meeting))

    def _done(self, request: SignedInRequest, meeting: Meeting) -> Done:
        key, is_given = request.POST.get("note", ""), request.POST.get("leave") == "yes"
        note = get_object_or_404(meeting.practice_notes, pk=key if key.isdecimal() else 0)
        give_leave(note=note, is_given=is_given, by=request.user, at=clock.moment())
        said = "Other schools can read it now." if is_given else "Other schools no longer read it."
        return Done(reverse("meeting_after", args=[meeting.pk]) + "#practice", said)


class BarrierForm(forms.Form):
    """What it helped with."""

    barrier = forms.ChoiceField(
        label="What it helped with",
        required=False,
        choices=[("", "Anything"), *((key, kind.label) for key, kind in BARRIERS.items())],
    )


class PracticeView(GuardedView):
    """What worked at schools that let others read it, newest first."""

    permission = Permission.SEE_MEETINGS

    def get(self, request: SignedInRequest) -> HttpResponse:
        form = BarrierForm(request.GET)
        chosen = form.cleaned_data["barrier"] if form.is_valid() else ""
        rows = network_notes(chosen if form.is_valid() else None)
        page = Paginator(rows, listing.PER_PAGE).get_page(request.GET.get(listing.PAGE))
        chips = []
        if chosen:
            label = f"What it helped with: {BARRIERS[chosen].label}"
            chips = [listing.Chip(label, listing.address(request.GET, barrier=None))]
        context = {
            "form": form,
            "chips": chips,
            "clear": request.path,
            "count": page.paginator.count,
            "notes": practice_lines(page),
            "pages": listing.page_links(page, request.GET),
        }
        return render(request, "dashboards/meetings/practice.html", context)
