"""`/m/{token}/`: a school chooses a time by the link in a mail, without signing in.

The page shows a school, times and a place; no child, no figure. Opening it changes nothing, so mail
programs that look at links choose nothing; only the button does.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

from django import forms
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from attendance_portal.shared import clock
from attendance_portal.shared.errors import Conflict, Invalid
from dashboards.views.cases.forms import add_errors
from dashboards.views.help import PublicView
from meetings.read_models.invitation import Invitation, invitation_of
from meetings.services.booking import confirm_by_token, what_stands
from meetings.services.calendars import REQUEST, calendar_file
from meetings.services.mails import standing_people
from meetings.states import MeetingState

#: How often one address may press the button in so many seconds.
MOST_PRESSES: Final = 20
WINDOW: Final = 300


class ConfirmForm(forms.Form):
    """Which time, and who chooses it."""

    slot = forms.ChoiceField(
        label="Which time suits you?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose a time.",
            "invalid_choice": "Choose one of these times.",
        },
    )
    name = forms.CharField(
        label="Your name",
        required=False,
        max_length=150,
        help_text="So that the attendance team knows who chose.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def __init__(self, *args: Any, found: Invitation, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["slot"].choices = [(str(one.slot_id), one.words) for one in found.slots]  # type: ignore[attr-defined]


class ByLinkView(PublicView):
    """A page behind the token of a mail. No search engine keeps it, and no address passes it on."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """As any public page, for nobody but the reader."""
        response = super().dispatch(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        # Not "no-referrer": browsers then hide where the form came from, and it would be refused.
        response["Referrer-Policy"] = "same-origin"
        return response

    def invitation(self, token: str) -> Invitation:
        """The meeting of this link. Raises Http404 for a link that never was one."""
        found = invitation_of(token, clock.moment())
        if found is None:
            raise Http404
        return found


class ConfirmView(ByLinkView):
    """Choose a time; a link of an older mail says what stands."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:  # type: ignore[override]
        found = self.invitation(token)
        only = {"slot": str(found.slots[0].slot_id)} if len(found.slots) == 1 else {}
        return self._page(request, found, ConfirmForm(found=found, initial=only))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Choose it. Pressed twice it is chosen once."""
        if _is_too_often(token):
            return render(request, "429.html", status=429)
        found = self.invitation(token)
        form = ConfirmForm(request.POST, found=found)
        if found.slots and not form.is_valid():
            return self._page(request, found, form)
        slot = request.POST.get("slot", "")
        try:
            confirm_by_token(
                token=token,
                slot_id=int(slot) if slot.isdecimal() and len(slot) < 10 else 0,
                name=request.POST.get("name", "").strip(),
                on=clock.today(),
                at=clock.moment(),
            )
        except Invalid as problem:
            add_errors(form, problem)
            return self._page(request, found, form)
        except Conflict as stands:
            return self._page(
                request, self.invitation(token), form, problem=stands.message, status=409
            )
        return redirect("meeting_confirm", token=token)

    def _page(
        self,
        request: HttpRequest,
        found: Invitation,
        form: ConfirmForm,
        *,
        problem: str = "",
        status: int = 200,
    ) -> HttpResponse:
        meeting = found.meeting
        is_booked = meeting.state == MeetingState.BOOKED
        token = meeting.confirm_token
        context = {
            "found": found,
            "form": form,
            "problem": problem,
            "stands": what_stands(meeting),
            "rows": _rows(found),
            "calendar": reverse("meeting_calendar", args=[token]) if is_booked else "",
        }
        return render(request, "dashboards/meetings/confirm.html", context, status=status)


class CalendarView(ByLinkView):
    """The calendar file of a meeting that is booked."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:  # type: ignore[override]
        meeting = self.invitation(token).meeting
        if meeting.state != MeetingState.BOOKED:
            raise Http404
        content = calendar_file(meeting, standing_people(meeting), method=REQUEST)
        response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="meeting.ics"'
        return response


def _rows(found: Invitation) -> list[tuple[str, str]]:
    rows = [
        ("School", found.school),
        ("When", found.booked_for),
        ("How long", f"{found.minutes} minutes"),
        ("Where", found.place),
        ("Online", found.link),
        ("Attendance team", found.contact),
    ]
    return [(key, value) for key, value in rows if value]


def _is_too_often(token: str) -> bool:
    """Whether the button of this link was pressed more often than a person would."""
    key = f"meeting-link-{hashlib.sha256(token.encode()).hexdigest()}"
    cache.add(key, 0, timeout=WINDOW)
    try:
        return bool(cache.incr(key) > MOST_PRESSES)
    except ValueError:  # it ran out between the two
        return False
