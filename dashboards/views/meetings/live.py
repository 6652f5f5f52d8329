"""P22: the meeting while it goes on. Nothing typed here is minutes: actions stand at once."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

from django import forms
from django.http import HttpResponse
from django.urls import reverse

from accounts.forms import Done, once, token_of
from accounts.models import User
from accounts.roles import Permission
from accounts.services import log_views
from attendance.cohorts import COHORTS
from attendance.read_models.calendar import ExpectedDays
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Conflict, Invalid
from dashboards import listing
from dashboards.read_models.meetings.live import (
    COHORT,
    PUPIL,
    LivePage,
    agreed_so_far,
    live_page,
)
from dashboards.read_models.meetings.overview import group_href
from dashboards.read_models.meetings.pack_opened import Opened
from dashboards.read_models.meetings.pack_reading import INITIALS, NAMES
from dashboards.views.cases.forms import add_errors, refusal_of
from dashboards.views.meetings.common import MeetingView
from dashboards.views.meetings.live_forms import SOMEBODY_ELSE, ActionForm, PeopleForm
from dashboards.views.meetings.pack import naming_of, open_pack
from meetings.choices import About
from meetings.models import Meeting
from meetings.permissions import check_can_run, check_its_day
from meetings.read_models.invitation import people_to_ask
from meetings.services.live import Owner, Subject, add_live_action
from meetings.states import MeetingState, Response
from schools.models import Pupil
from schools.permissions import SignedInRequest, allowed, permissions_of

ITEM: Final = "item"
OPEN: Final = "open"
#: An action is due after so many school days, unless somebody says otherwise.
USUAL_SCHOOL_DAYS: Final = 10
_SCHOOL: Final = "school"


class LiveView(MeetingView):
    """One agenda item at a time, for everyone who has the school, each on a device of their own."""

    route = "meeting_live"
    template = "dashboards/meetings/live.html"

    def get(self, request: SignedInRequest, meeting_id: int) -> HttpResponse:
        meeting = self.meeting_of(request, meeting_id)
        return self._page(request, meeting)

    def post(self, request: SignedInRequest, meeting_id: int) -> HttpResponse:
        """Agree an action, and stay where one was."""
        meeting = self.meeting_of(request, meeting_id)
        found, page = here(request, meeting)
        form = self._form(request, meeting, found, page, request.POST)
        if not form.is_valid():
            return self._page(request, meeting, form)
        try:
            return once(request, lambda: _agree(request, meeting, page, form))
        except Invalid as problem:
            add_errors(form, problem)
            return self._page(request, meeting, form)
        except Conflict as conflict:
            form.add_error(None, conflict.message)
            return self._page(request, meeting, form)

    def _page(
        self, request: SignedInRequest, meeting: Meeting, form: forms.Form | None = None
    ) -> HttpResponse:
        context: dict[str, Any] = {"title": "Live", **doors(request, meeting)}
        if not meeting.is_going_on:
            return self.show(request, meeting, {**context, **_start(request, meeting)})
        found, page = here(request, meeting)
        if found is not None and "HX-Request" not in request.headers:
            _log(request, page)
        naming = naming_of(request)
        context |= {
            "page": page,
            "agenda": _agenda(request, page),
            "group_href": group_href(page.item.query, meeting.school_id) if page.item else "",
            "ways": _ways(request, page),
            "form": form or self._form(request, meeting, found, page),
            "agreed": agreed_so_far(meeting, request.user, naming, on=clock.today()),
            "agreed_href": kept(request, reverse("meeting_agreed", args=[meeting.pk])),
            "is_initials": naming.is_initials,
            "names_href": listing.address(
                request.GET, **{NAMES: None if naming.is_initials else INITIALS}
            ),
            "here": request.get_full_path(),
        }
        return self.show(request, meeting, context)

    def _form(
        self,
        request: SignedInRequest,
        meeting: Meeting,
        found: Opened | None,
        page: LivePage,
        *data: Any,
    ) -> ActionForm:
        initial = {
            "owner": str(request.user.pk),
            "due_on": usual_day(meeting).isoformat(),
            "about": page.opened.key if page.opened else _SCHOOL,
        }
        return ActionForm(
            *data,
            owners=owners(meeting, request.user),
            about=abouts(request, page),
            initial=initial,
        )


def _start(request: SignedInRequest, meeting: Meeting) -> dict[str, Any]:
    """Who is here, for whoever may start it now; else why it cannot be started."""
    if not allowed(check_can_run, request.user, meeting) or not meeting.is_ahead:
        return {}
    refusal = refusal_of(check_its_day, meeting, clock.today())
    form = PeopleForm(people=people_of(meeting), initial=expected(meeting))
    return {"start_refusal": refusal, "form": form if not refusal else None}


def people_of(meeting: Meeting) -> list[tuple[str, str]]:
    """Everyone who was asked, by number."""
    rows = meeting.attendances.filter(is_expected=True).select_related("user")
    return [(str(one.pk), f"{one.display_name}, {one.get_side_display()}") for one in rows]


def expected(meeting: Meeting) -> dict[str, Any]:
    """Who is ticked at first: everyone who did not say that they cannot come."""
    rows = meeting.attendances.filter(is_expected=True).exclude(response=Response.NOT_COMING)
    came = [str(pk) for pk in rows.values_list("pk", flat=True)]
    return {"came": came, "version": meeting.version}


class AgreedView(MeetingView):
    """What is agreed so far, by itself: pages ask it again and again, and nothing else."""

    route = "meeting_agreed"
    template = "dashboards/meetings/agreed.html"

    def get(self, request: SignedInRequest, meeting_id: int) -> HttpResponse:
        """Nothing where the asker has seen this version already."""
        meeting = self.meeting_of(request, meeting_id)
        if request.GET.get("seen") == str(meeting.version) and "HX-Request" in request.headers:
            return HttpResponse(status=204)
        context = {
            "title": "Agreed so far",
            "agreed": agreed_so_far(meeting, request.user, naming_of(request), on=clock.today()),
            "agreed_href": kept(request, request.path),
            "is_going_on": meeting.is_going_on,
        }
        return self.show(request, meeting, context)


def here(request: SignedInRequest, meeting: Meeting) -> tuple[Opened | None, LivePage]:
    """The frozen pack and the item that the address names. Figures are the frozen ones only."""
    try:
        found = open_pack(request, meeting) if meeting.packs.exists() else None
    except ValueError:  # frozen in an older form
        found = None
    asked = request.GET.get(ITEM, "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < len("1000") else 1
    opened_key = request.GET.get(OPEN, "")
    return found, live_page(meeting, found, number=number, opened_key=opened_key)


def doors(request: SignedInRequest, meeting: Meeting) -> dict[str, Any]:
    """Where one may go from here, the names of pupils hidden or shown as they are now."""
    pk = meeting.pk
    return {
        "is_held": meeting.state == MeetingState.HELD,
        "is_going_on": meeting.is_going_on,
        "is_frozen": meeting.packs.exists(),
        "may_run": Permission.RUN_MEETINGS in permissions_of(request.user),
        "start_href": reverse("meeting_start", args=[pk]),
        "freeze_href": reverse("meeting_freeze", args=[pk]),
        "people_href": kept(request, reverse("meeting_here", args=[pk])),
        "decide_href": kept(request, reverse("meeting_decide", args=[pk])),
        "refer_href": kept(request, reverse("meeting_refer", args=[pk])),
        "end_href": reverse("meeting_end", args=[pk]),
    }


def kept(request: SignedInRequest, address: str) -> str:
    """An address with the item, what is opened and how pupils are called, as they are now."""
    asked = {name: request.GET[name] for name in (ITEM, OPEN, NAMES) if request.GET.get(name)}
    return f"{address}?{urlencode(asked)}" if asked else address


def usual_day(meeting: Meeting) -> date:
    """The day that the action bar offers."""
    return ExpectedDays().after(clock.today(), USUAL_SCHOOL_DAYS, meeting.school.meeting_days)


def owners(meeting: Meeting, user: User) -> list[tuple[str, str]]:
    """Who may take an action on: those who are here first, then others who could be asked."""
    present = [
        one.user for one in meeting.attendances.select_related("user") if one.came and one.user
    ]
    others = [one.user for one in people_to_ask(meeting.school, clock.today())]
    is_here = {one.pk for one in present}
    found = {one.pk: one for one in (user, *present, *others)}
    return [
        (str(pk), f"{one}" if pk in is_here or pk == user.pk else f"{one}, asked to accept")
        for pk, one in found.items()
    ]


def abouts(request: SignedInRequest, page: LivePage) -> list[tuple[str, str]]:
    """What an action may be about here: the school, a group, a child named on this item."""
    naming = naming_of(request)
    groups = [(f"{COHORT}:{key}", cohort.label) for key, cohort in COHORTS.items()]
    children = [(f"{PUPIL}:{one.public_id}", naming.of(one)) for one in page.pupils]
    return [(_SCHOOL, "The school"), *children, *groups]


def subject_of(value: str) -> Subject:
    """What was chosen. A child out of scope is refused by the service."""
    kind, _, key = value.partition(":")
    if kind == PUPIL:
        return Subject(About.PUPIL, pupil=Pupil.objects.get(public_id=key))
    return Subject(About.COHORT, cohort=key) if kind == COHORT else Subject(About.SCHOOL)


def _agree(request: SignedInRequest, meeting: Meeting, page: LivePage, form: forms.Form) -> Done:
    typed = form.cleaned_data
    row = add_live_action(
        meeting=meeting,
        text=typed["text"],
        due_on=typed["due_on"],
        owner=_owner(typed),
        subject=subject_of(typed["about"]),
        agenda_item=item_of(meeting, page),
        client_token=token_of(request) or uuid4(),
        by=request.user,
        on=clock.today(),
        at=clock.moment(),
    )
    who = str(row.action.owner or row.action.owner_name)
    return Done(request.get_full_path(), f"Agreed. It is with {who} now.")


def _owner(typed: dict[str, Any]) -> Owner:
    if typed["owner"] == SOMEBODY_ELSE:
        return Owner(name=typed["other_name"], agency=typed["other_agency"])
    return Owner(User.objects.get(pk=typed["owner"]))


def item_of(meeting: Meeting, page: LivePage) -> Any:
    """The agenda item that is open, as a row; None without an agenda."""
    return meeting.agenda_items.filter(pk=page.item.item_id).first() if page.item else None


def _agenda(request: SignedInRequest, page: LivePage) -> list[tuple[str, str, bool]]:
    return [
        (one.title, _at(request, place), one is page.item)
        for place, one in enumerate(page.items, start=1)
    ]


def _ways(request: SignedInRequest, page: LivePage) -> dict[str, str]:
    """The item before and after, nothing at the ends; opening something on this one, closing it."""
    if page.item is None:
        return {}
    place = page.items.index(page.item) + 1
    return {
        "previous": _at(request, place - 1) if place > 1 else "",
        "next": _at(request, place + 1) if place < len(page.items) else "",
        "open": f"{_at(request, place)}&{OPEN}=",
        "closed": listing.address(request.GET, **{OPEN: None}),
    }


def _at(request: SignedInRequest, place: int) -> str:
    return listing.address(request.GET, **{ITEM: str(place), OPEN: None})


def _log(request: SignedInRequest, page: LivePage) -> None:
    """Every child named on this item was looked at, by name or by initials."""
    refs = [one.public_id for one in page.pupils]
    log_views(user=request.user, subject_refs=refs, page="meeting_live", at=clock.now())
