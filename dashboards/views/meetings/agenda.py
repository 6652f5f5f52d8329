"""The agenda of one meeting: add, order, take off and share; and the council's templates."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.forms import Done, once
from accounts.roles import Permission
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Invalid
from dashboards.read_models.meetings.overview import agenda_of, overview
from dashboards.views.cases.common import back_to
from dashboards.views.cases.forms import add_errors
from dashboards.views.meetings.common import MeetingView, acting
from meetings.choices import BLOCKS, Block
from meetings.models import AgendaItem, Meeting
from meetings.permissions import check_can_prepare
from meetings.services.agenda import (
    LONGEST_TITLE,
    add_item,
    move_item,
    remove_item,
    share_agenda,
)
from schools.permissions import SignedInRequest

#: What the buttons of an item say of where it goes.
STEPS: Final = {"up": -1, "down": 1}


class ItemForm(forms.Form):
    """One more thing to speak about."""

    title = forms.CharField(
        label="Add to the agenda",
        max_length=LONGEST_TITLE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Say what you want to speak about."},
    )
    block = forms.ChoiceField(
        label="Part of the pack it opens",
        choices=list(BLOCKS.items()),
        initial=Block.NOTHING.value,
        required=False,
    )


class AgendaView(MeetingView):
    """What is sent from the agenda on the meeting's page; each press is done once."""

    permission = Permission.PREPARE_MEETINGS
    route = "meeting"
    template = "dashboards/meetings/overview.html"

    def post(self, request: SignedInRequest, meeting_id: int) -> HttpResponse:
        meeting = self.meeting_of(request, meeting_id)
        if request.POST.get("do") == "add":
            return self._add(request, meeting)
        return once(request, lambda: self._act(request, meeting))

    def _add(self, request: SignedInRequest, meeting: Meeting) -> HttpResponse:
        form = ItemForm(request.POST)
        if form.is_valid():
            try:
                return once(request, lambda: self._added(request, meeting, form))
            except Invalid as problem:
                add_errors(form, problem)
        check_can_prepare(request.user, meeting)
        page = overview(meeting, request.user)
        return self.show(request, meeting, {"page": page, "title": "Overview", "form": form})

    def _added(self, request: SignedInRequest, meeting: Meeting, form: ItemForm) -> Done:
        facts = form.cleaned_data
        add_item(
            meeting=meeting,
            title=facts["title"],
            block=facts["block"] or Block.NOTHING.value,
            by=request.user,
            at=clock.moment(),
        )
        return Done(_agenda(meeting), "Added to the agenda.")

    def _act(self, request: SignedInRequest, meeting: Meeting) -> Done:
        do = request.POST.get("do", "")
        if do == "share":
            share_agenda(meeting=meeting, **acting(request))
            back = back_to(request, _agenda(meeting))
            return Done(back, "The agenda is shared with the school.")
        item = _item(meeting, request.POST.get("item", ""))
        who: dict[str, Any] = {"by": request.user, "at": clock.moment()}
        if do == "remove":
            remove_item(item=item, **who)
            return Done(_agenda(meeting), f"Taken off the agenda: {item.title}.")
        if do not in STEPS:
            raise Http404
        order = [one.pk for one in agenda_of(meeting, request.user).items]
        place = order.index(item.pk) + 1 + STEPS[do]
        move_item(item=item, position=place, **who)
        return Done(_agenda(meeting), f"Moved: {item.title}.")


def _item(meeting: Meeting, key: str) -> AgendaItem:
    rows = AgendaItem.objects.standing().filter(meeting=meeting)
    return get_object_or_404(rows, pk=key if key.isdecimal() else 0)


def _agenda(meeting: Meeting) -> str:
    return reverse("meeting", args=[meeting.pk]) + "#agenda"
