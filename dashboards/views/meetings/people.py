"""Who comes to a meeting: ask one more, let one off, say whether one comes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.forms import Done, once
from accounts.roles import Permission
from attendance_portal.shared import clock
from dashboards.views.meetings.common import MeetingView, acting
from dashboards.views.meetings.forms import MeetingFormView
from meetings.choices import SIDES, Side
from meetings.models import Meeting
from meetings.permissions import check_ahead, check_can_book
from meetings.read_models.invitation import Candidate, people_to_ask
from meetings.services.people import Guest, answer_invitation, invite, uninvite
from schools.permissions import SignedInRequest


class InviteForm(forms.Form):
    """Somebody with a login, or a name and an address."""

    person = forms.ChoiceField(label="Somebody with a login", required=False)
    name = forms.CharField(
        label="Or somebody else: name",
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.CharField(
        label="Their e-mail address",
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )
    side = forms.ChoiceField(
        label="For whom do they come?",
        choices=list(SIDES.items()),
        initial=Side.SCHOOL.value,
        widget=forms.RadioSelect,
    )
    decides = forms.MultipleChoiceField(
        label="Can they decide?",
        required=False,
        choices=[("yes", "They can decide for the school")],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, candidates: list[Candidate], **options: Any) -> None:
        super().__init__(*args, **options)
        self.candidates = {str(one.user.pk): one for one in candidates}
        choices = [("", "Nobody of these"), *((k, c.label) for k, c in self.candidates.items())]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]

    @property
    def guest(self) -> Guest:
        """Whoever was chosen, else whoever was written in."""
        facts = self.cleaned_data
        chosen = self.candidates.get(facts["person"])
        if chosen is not None:
            return Guest(chosen.side, chosen.user, is_decision_maker=chosen.is_decision_maker)
        decides = bool(facts["decides"])
        return Guest(
            facts["side"], name=facts["name"], email=facts["email"], is_decision_maker=decides
        )


class InviteView(MeetingFormView):
    """Ask one more person to come."""

    permission = Permission.BOOK_MEETINGS
    route = "meeting"
    title = "Ask somebody else to come"
    button = "Ask them"
    keeps_draft = False

    def check(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> None:
        """The checks of the service."""
        check_can_book(request.user, meeting.school)
        check_ahead(meeting)

    def form(
        self, request: SignedInRequest, meeting: Meeting, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """Those of the school and the team who are not asked yet, or a name."""
        asked = meeting.attendances.filter(is_expected=True).values_list("user_id", flat=True)
        known = set(asked)
        people = people_to_ask(meeting.school, clock.today())
        return InviteForm(
            *data, candidates=[one for one in people if one.user.pk not in known], **options
        )

    def save(self, request: SignedInRequest, meeting: Meeting, thing: Any, form: forms.Form) -> str:
        """Ask them, by mail."""
        assert isinstance(form, InviteForm)  # noqa: S101 - for the type checker
        row = invite(meeting=meeting, guest=form.guest, **acting(request))
        return f"{row.display_name} is asked to come."


class UninviteView(MeetingView):
    """The button beside a person on the meeting's page."""

    permission = Permission.BOOK_MEETINGS

    def post(self, request: SignedInRequest, meeting_id: int) -> HttpResponse:
        meeting = self.meeting_of(request, meeting_id)
        return once(request, lambda: self._done(request, meeting))

    def _done(self, request: SignedInRequest, meeting: Meeting) -> Done:
        key = request.POST.get("person", "")
        row = get_object_or_404(meeting.attendances, pk=key if key.isdecimal() else 0)
        uninvite(attendance=row, **acting(request))
        return Done(_people(meeting), f"{row.display_name} need not come.")


class AnswerView(MeetingView):
    """Whether one comes: the two buttons on the meeting's page."""

    needs_figures = False

    def post(self, request: SignedInRequest, meeting_id: int) -> HttpResponse:
        meeting = self.meeting_of(request, meeting_id)
        return once(request, lambda: self._done(request, meeting))

    def _done(self, request: SignedInRequest, meeting: Meeting) -> Done:
        answer = request.POST.get("answer", "")
        if answer not in ("yes", "no"):
            raise Http404
        is_coming = answer == "yes"
        answer_invitation(meeting=meeting, is_coming=is_coming, by=request.user, at=clock.moment())
        said = "You said that you are coming." if is_coming else "You said that you cannot come."
        return Done(_people(meeting), said)


def _people(meeting: Meeting) -> str:
    return reverse("meeting", args=[meeting.pk]) + "#people"
