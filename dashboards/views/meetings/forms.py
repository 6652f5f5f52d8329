"""A form about one meeting as a page: refused with its reason, saved once, nothing typed lost."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from django import forms
from django.http import HttpResponse
from django.urls import reverse

from accounts.forms import Done, as_initial, draft_here, once
from attendance_portal.shared.errors import Conflict, Invalid
from dashboards.views.cases.common import back_to
from dashboards.views.cases.forms import add_errors, refusal_of
from dashboards.views.meetings.common import MeetingView
from meetings.models import Meeting
from schools.permissions import SignedInRequest


class MeetingFormView(MeetingView, ABC):
    """One form about a meeting, or about one thing of it (`thing_of`).

    `check` is the very check of the service: what it refuses stands as text instead of the form.
    """

    template: ClassVar[str] = "dashboards/meetings/form.html"
    title: ClassVar[str]
    button: ClassVar[str] = "Save"
    #: Whether long text is typed, so that a draft of it is worth keeping.
    keeps_draft: ClassVar[bool] = True

    def get(self, request: SignedInRequest, meeting_id: int, **names: Any) -> HttpResponse:
        """The form, with the draft that was kept."""
        meeting = self.meeting_of(request, meeting_id)
        thing = self.thing_of(request, meeting, **names)
        initial = {**self.initial(request, meeting, thing), **as_initial(draft_here(request))}
        return self.page(
            request, meeting, thing, self.form(request, meeting, thing, initial=initial)
        )

    def post(self, request: SignedInRequest, meeting_id: int, **names: Any) -> HttpResponse:
        """Save it once, and go back."""
        meeting = self.meeting_of(request, meeting_id)
        thing = self.thing_of(request, meeting, **names)
        form = self.form(request, meeting, thing, request.POST)
        if not form.is_valid():
            self.check(request, meeting, thing)
            return self.page(request, meeting, thing, form)
        try:
            return once(request, lambda: self._done(request, meeting, thing, form))
        except Invalid as problem:
            add_errors(form, problem)
            return self.page(request, meeting, thing, form)
        except Conflict as conflict:
            form.add_error(None, conflict.message)
            return self.page(request, meeting, thing, form, status=409)

    def thing_of(self, request: SignedInRequest, meeting: Meeting, **names: Any) -> Any:
        """What of the meeting the form is about, in scope. Raises Http404."""
        return None

    def check(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> None:
        """Raises Refused where the service would."""

    def initial(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> dict[str, Any]:
        """What stands in the form at first."""
        return {}

    @abstractmethod
    def form(
        self, request: SignedInRequest, meeting: Meeting, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """The form."""

    @abstractmethod
    def save(self, request: SignedInRequest, meeting: Meeting, thing: Any, form: forms.Form) -> str:
        """Do it; what is said when it is done."""

    def context(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> dict[str, Any]:
        """What the template needs beside the form."""
        return {}

    def back(self, request: SignedInRequest, meeting: Meeting) -> str:
        """Where the person came from, inside the portal; the meeting otherwise."""
        return back_to(request, reverse("meeting", args=[meeting.pk]))

    def page(
        self,
        request: SignedInRequest,
        meeting: Meeting,
        thing: Any,
        form: forms.Form,
        *,
        status: int = 200,
    ) -> HttpResponse:
        """The form as it stands, or why it cannot be filled in now."""
        context = {
            "form": form,
            "title": self.title,
            "button": self.button,
            "refusal": refusal_of(self.check, request, meeting, thing),
            "back": self.back(request, meeting),
            "draft": draft_here(request),
            "keeps_draft": self.keeps_draft,
            **self.context(request, meeting, thing),
        }
        return self.show(request, meeting, context, status=status)

    def _done(
        self, request: SignedInRequest, meeting: Meeting, thing: Any, form: forms.Form
    ) -> Done:
        message = self.save(request, meeting, thing, form)
        return Done(self.back(request, meeting), message)
