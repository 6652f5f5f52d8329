"""How a school sees its own work: read beside last time's, written and shared by the school."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.urls import reverse

from accounts.forms import Done, once
from accounts.roles import Permission
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Invalid, Refused
from dashboards.read_models.meetings.own_view import own_view_page
from dashboards.views.meetings.common import MeetingView
from dashboards.views.meetings.prepare import PreparationFormView
from meetings.choices import EXPECTATIONS, OWN_VIEW, Side
from meetings.models import Meeting
from meetings.permissions import check_can_prepare, side_of
from meetings.read_models.own_view import OwnView, own_view
from meetings.services.own_view import LONGEST, Scored, save_own_view, share_own_view
from meetings.states import SCORES
from schools.permissions import SignedInRequest

_NOTE: Final = "note_"


def check_writes(request: SignedInRequest, meeting: Meeting) -> None:
    """Whether this person writes the school's own view of this meeting's term now."""
    check_can_prepare(request.user, meeting)
    if side_of(request.user) is not Side.SCHOOL:
        raise Refused("The school writes its own view.", code="not_the_school")


class OwnViewView(MeetingView):
    """Each expectation now and last time, what moved, and what to speak about next."""

    permission = Permission.PREPARE_MEETINGS
    route = "meeting_prepare"
    template = "dashboards/meetings/own_view.html"

    def get(self, request: SignedInRequest, meeting_id: int) -> HttpResponse:
        return self._page(request, self.meeting_of(request, meeting_id))

    def post(self, request: SignedInRequest, meeting_id: int) -> HttpResponse:
        """Share it with the attendance team."""
        meeting = self.meeting_of(request, meeting_id)
        check_writes(request, meeting)
        try:
            return once(request, lambda: self._shared(request, meeting))
        except Invalid as problem:
            said = problem.errors[0].message if problem.errors else problem.message
            return self._page(request, meeting, problem=said)

    def _shared(self, request: SignedInRequest, meeting: Meeting) -> Done:
        view = _of(request, meeting).view
        if view is None:
            raise Refused("Nothing is written yet. Write it first.", code="nothing_written")
        share_own_view(view=view, by=request.user, at=clock.moment())
        return Done(request.path, "Shared with the attendance team.")

    def _page(
        self, request: SignedInRequest, meeting: Meeting, *, problem: str = ""
    ) -> HttpResponse:
        page = own_view_page(_of(request, meeting), meeting, request.user)
        context = {"title": "The school's own view", "page": page, "problem": problem}
        return self.show(request, meeting, context)


class OwnViewForm(forms.Form):
    """A score and a note for each expectation, and four questions. All may be left for later."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for key, one in EXPECTATIONS.items():
            self.fields[key] = forms.TypedChoiceField(
                label=one.label,
                help_text=one.sentence,
                choices=[(str(int(score)), words) for score, words in SCORES.items()],
                coerce=int,
                required=False,
                empty_value=None,
                widget=forms.RadioSelect,
            )
            self.fields[_NOTE + key] = forms.CharField(
                label=f"{one.label}: how do you know?",
                required=False,
                max_length=300,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )
        for key, question in OWN_VIEW.items():
            self.fields[key] = forms.CharField(
                label=question,
                required=False,
                max_length=LONGEST,
                widget=forms.Textarea(attrs={"rows": "4"}),
            )

    @property
    def scores(self) -> dict[str, Scored]:
        """What was scored."""
        facts = self.cleaned_data
        return {
            key: Scored(facts[key], facts[_NOTE + key])
            for key in EXPECTATIONS
            if facts[key] is not None
        }

    @property
    def texts(self) -> dict[str, str]:
        """The four answers."""
        return {key: self.cleaned_data[key] for key in OWN_VIEW}


class WriteView(PreparationFormView):
    """The school writes it, in as many goes as it takes."""

    title = "Write the school's own view"
    template = "dashboards/meetings/own_view_form.html"

    def check(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> None:
        """The service's own check."""
        check_writes(request, meeting)

    def back(self, request: SignedInRequest, meeting: Meeting) -> str:
        """Where it is read."""
        return reverse("meeting_own_view", args=[meeting.pk])

    def initial(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> dict[str, Any]:
        """What was written before."""
        found = _of(request, meeting)
        written: dict[str, Any] = {one.key: one.text for one in found.answers}
        for row in found.scores:
            written[row.expectation.key] = str(row.score or "")
            written[_NOTE + row.expectation.key] = row.note
        return {**written, "version": found.version}

    def form(
        self, request: SignedInRequest, meeting: Meeting, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """The expectations of the guidance, and four questions."""
        return OwnViewForm(*data, **options)

    def save(self, request: SignedInRequest, meeting: Meeting, thing: Any, form: forms.Form) -> str:
        """Keep what was written so far."""
        assert isinstance(form, OwnViewForm)  # noqa: S101 - for the type checker
        save_own_view(
            school=meeting.school,
            academic_year=meeting.academic_year,
            term=meeting.term,
            texts=form.texts,
            scores=form.scores,
            version=form.cleaned_data["version"],
            by=request.user,
            at=clock.moment(),
        )
        return "Saved. The attendance team reads it once you share it."


def _of(request: SignedInRequest, meeting: Meeting) -> OwnView:
    return own_view(
        request.user, meeting.school, academic_year=meeting.academic_year, term=meeting.term
    )
