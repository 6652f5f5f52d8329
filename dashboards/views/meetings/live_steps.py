"""P22's own steps: start, who is here, a decision, a referral, the end. Each is a page."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import HttpResponse
from django.urls import reverse

from accounts.forms import Done, once, token_of
from accounts.roles import Permission
from attendance_portal.shared import clock, wording
from attendance_portal.shared.errors import Refused
from dashboards.read_models.meetings.head import meeting_page
from dashboards.read_models.meetings.live import LivePage
from dashboards.views.meetings.common import MeetingView
from dashboards.views.meetings.forms import MeetingFormView
from dashboards.views.meetings.live import PUPIL, expected, here, item_of, kept, people_of
from dashboards.views.meetings.live_forms import DecisionForm, EndForm, PeopleForm, ReferForm
from dashboards.views.meetings.pack import naming_of
from meetings.models import Meeting
from meetings.permissions import check_ahead, check_can_run, check_going_on, check_its_day
from meetings.services.live import (
    end_meeting,
    record_decision,
    record_who_is_here,
    refer_from_meeting,
    start_meeting,
)
from schools.models import Pupil
from schools.permissions import SignedInRequest, check_has

WITHOUT_ACTION = "severe_without_action"


class _LiveStep(MeetingFormView):
    """A form of the meeting that leads back to where it stands."""

    keeps_draft = False

    def check(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> None:
        """Whether it goes on, for those who add to it."""
        check_has(request.user, Permission.HAVE_ACTIONS)
        check_going_on(meeting)

    def back(self, request: SignedInRequest, meeting: Meeting) -> str:
        """The live page, at the same item."""
        return kept(request, reverse("meeting_live", args=[meeting.pk]))


class StartView(_LiveStep):
    """Say who is here, and begin."""

    route = "meeting_live"
    permission = Permission.RUN_MEETINGS
    title = "Start the meeting"
    button = "Start the meeting"

    def check(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> None:
        """Who runs meetings starts one that stands, on its day."""
        check_can_run(request.user, meeting)
        check_ahead(meeting)
        if not meeting.is_going_on:
            check_its_day(meeting, clock.today())

    def initial(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> dict[str, Any]:
        """Everyone who did not say that they cannot come."""
        return expected(meeting)

    def form(
        self, request: SignedInRequest, meeting: Meeting, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """The people of the meeting."""
        return PeopleForm(*data, people=people_of(meeting), **options)

    def save(self, request: SignedInRequest, meeting: Meeting, thing: Any, form: forms.Form) -> str:
        """Begin."""
        start_meeting(
            meeting=meeting,
            came=[int(pk) for pk in form.cleaned_data["came"]],
            version=form.cleaned_data["version"] or 0,
            by=request.user,
            on=clock.today(),
            at=clock.moment(),
        )
        return "The meeting has started. What you agree stands at once in its owner's list."


class HereView(_LiveStep):
    """Put right who is here while it goes on."""

    route = "meeting_live"
    permission = Permission.RUN_MEETINGS
    title = "Who is here"

    def check(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> None:
        """Who runs meetings says who is here."""
        check_can_run(request.user, meeting)
        check_going_on(meeting)

    def initial(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> dict[str, Any]:
        """Those who were said to be here."""
        came = meeting.attendances.filter(came=True)
        return {"came": [str(pk) for pk in came.values_list("pk", flat=True)]}

    def form(
        self, request: SignedInRequest, meeting: Meeting, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """The people of the meeting."""
        return PeopleForm(*data, people=people_of(meeting), **options)

    def save(self, request: SignedInRequest, meeting: Meeting, thing: Any, form: forms.Form) -> str:
        """Keep it."""
        record_who_is_here(
            meeting=meeting,
            came=[int(pk) for pk in form.cleaned_data["came"]],
            by=request.user,
            at=clock.moment(),
        )
        return "Who is here is saved."


class DecideView(_LiveStep):
    """A decision, with the figure it rests on as it is seen now."""

    route = "meeting_live"
    title = "Record a decision"
    button = "Record it"

    def form(
        self, request: SignedInRequest, meeting: Meeting, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """The decision, with the figures of the frozen pack to choose from."""
        return DecisionForm(*data, figures=_figures(here(request, meeting)[1]), **options)

    def save(self, request: SignedInRequest, meeting: Meeting, thing: Any, form: forms.Form) -> str:
        """Write it down."""
        page = here(request, meeting)[1]
        words = form.cleaned_data["figure"]
        record_decision(
            meeting=meeting,
            text=form.cleaned_data["text"],
            figure_words=words,
            figure_shown=dict(_figures(page)).get(words, ""),
            agenda_item=item_of(meeting, page),
            client_token=_token(request),
            by=request.user,
            on=clock.today(),
            at=clock.moment(),
        )
        return "The decision is written down."


class ReferView(_LiveStep):
    """Ask a service to help a child, in one step."""

    route = "meeting_live"
    title = "Refer to a service"
    button = "Send the referral"

    def check(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> None:
        """Whether it goes on, for those who refer."""
        check_has(request.user, Permission.REFER)
        check_going_on(meeting)

    def initial(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> dict[str, Any]:
        """The child that was open."""
        opened = here(request, meeting)[1].opened
        key = opened.key.partition(":") if opened else ("", "", "")
        return {"pupil": key[2]} if key[0] == PUPIL else {}

    def form(
        self, request: SignedInRequest, meeting: Meeting, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """The children named on the item."""
        naming = naming_of(request)
        pupils = here(request, meeting)[1].pupils
        return ReferForm(
            *data, pupils=[(one.public_id, naming.of(one)) for one in pupils], **options
        )

    def save(self, request: SignedInRequest, meeting: Meeting, thing: Any, form: forms.Form) -> str:
        """Send it."""
        typed = form.cleaned_data
        page = here(request, meeting)[1]
        refer_from_meeting(
            meeting=meeting,
            pupil=Pupil.objects.get(public_id=typed["pupil"]),
            to_agency=typed["to_agency"],
            service=typed["service"],
            reason=typed["reason"],
            meanwhile=typed["meanwhile"],
            agenda_item=item_of(meeting, page),
            client_token=_token(request),
            by=request.user,
            on=clock.today(),
            at=clock.moment(),
        )
        return "The referral is sent."


class EndView(MeetingView):
    """End it: each attendee is sent a summary. Asks once where a severely absent child has no
    action."""

    route = "meeting_live"
    permission = Permission.RUN_MEETINGS
    template = "dashboards/meetings/end.html"

    def get(self, request: SignedInRequest, meeting_id: int) -> HttpResponse:
        meeting = self.meeting_of(request, meeting_id)
        return self._page(request, meeting, EndForm(), "")

    def post(self, request: SignedInRequest, meeting_id: int) -> HttpResponse:
        """End it, or ask."""
        meeting = self.meeting_of(request, meeting_id)
        is_meant = bool(request.POST.get("without_action"))
        try:
            return once(request, lambda: self._end(request, meeting, is_meant=is_meant))
        except Refused as refusal:
            if refusal.code != WITHOUT_ACTION:
                raise
            form = EndForm(request.POST) if "asked" in request.POST else EndForm()
            return self._page(request, meeting, form, refusal.message)

    def _end(self, request: SignedInRequest, meeting: Meeting, *, is_meant: bool) -> Done:
        ended = end_meeting(
            meeting=meeting,
            without_action=is_meant,
            by=request.user,
            on=clock.today(),
            at=clock.moment(),
        )
        people = wording.counted(ended.people_there, "person", "people")
        after = meeting_page("meeting_after", meeting.pk)
        message = f"The meeting is over: {people} were there. The summary is on its way."
        return Done(after or reverse("meeting", args=[meeting.pk]), message)

    def _page(
        self, request: SignedInRequest, meeting: Meeting, form: forms.Form, question: str
    ) -> HttpResponse:
        check_can_run(request.user, meeting)
        context = {
            "title": "End the meeting",
            "form": form,
            "question": question,
            "is_going_on": meeting.is_going_on,
            "back": reverse("meeting_live", args=[meeting.pk]),
        }
        return self.show(request, meeting, context)


def _figures(page: LivePage) -> list[tuple[str, str]]:
    """Each figure of the pack: the filter in words, and the number as it is seen."""
    pack = page.pack
    if pack is None:
        return []
    day = wording.day(pack.as_of)
    found = [
        (f"{row.name}, the year so far to {day}", f"{row.rate}, {row.count}")
        for row in pack.figures
    ]
    found += [(f"{one.label}, on roll on {day}", one.size) for one in pack.lists.cohorts]
    return found


def _token(request: SignedInRequest) -> UUID:
    """The form's own token, or another where a form was sent by hand."""
    return token_of(request) or uuid4()
