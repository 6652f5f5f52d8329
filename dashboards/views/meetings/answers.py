"""Whether somebody stands by an action that a meeting agreed without them."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.forms import Done, as_initial, draft_here, once
from accounts.roles import Permission
from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from attendance_portal.shared.errors import Invalid
from dashboards.views.cases.common import back_to, log_reading
from dashboards.views.cases.forms import add_errors, refusal_of
from dashboards.views.meetings.common import acting
from meetings.models import MeetingAction
from meetings.services.live import answer_action, check_can_answer
from schools.permissions import GuardedView, SignedInRequest

ACCEPT: Final = "yes"
DECLINE: Final = "no"


class AnswerForm(forms.Form):
    """Yes, or no and why."""

    answer = forms.ChoiceField(
        label="Do you accept it?",
        choices=[(ACCEPT, "Yes, it is with me"), (DECLINE, "No, it goes back to whoever asked")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether you accept it."},
    )
    reason = forms.CharField(
        label="If not, why?",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": "3"}),
    )


class AnswerView(GuardedView):
    """One action that was asked of somebody who was not there."""

    permission = Permission.HAVE_ACTIONS

    def get(self, request: SignedInRequest, row_id: int) -> HttpResponse:
        row = self._row(request, row_id)
        return self._page(request, row, AnswerForm(initial=as_initial(draft_here(request))))

    def post(self, request: SignedInRequest, row_id: int) -> HttpResponse:
        """Answer once."""
        row, form = self._row(request, row_id), AnswerForm(request.POST)
        if not form.is_valid():
            check_can_answer(request.user, row)
            return self._page(request, row, form)
        try:
            return once(request, lambda: self._done(request, row, form))
        except Invalid as problem:
            add_errors(form, problem)
            return self._page(request, row, form)

    def _row(self, request: SignedInRequest, row_id: int) -> MeetingAction:
        """The action, in scope; the reading of a child's name is logged. Raises Http404."""
        rows = MeetingAction.objects.visible_to(request.user)
        found: MeetingAction | None = (
            rows.select_related("action__pupil", "action__owner", "meeting__school", "by")
            .filter(pk=row_id)
            .first()
        )
        if found is None:
            raise Http404
        if found.action.pupil is not None:
            log_reading(request, found.action.pupil)
        return found

    def _done(self, request: SignedInRequest, row: MeetingAction, form: AnswerForm) -> Done:
        is_accepted = form.cleaned_data["answer"] == ACCEPT
        reason = form.cleaned_data["reason"]
        answer_action(row=row, is_accepted=is_accepted, reason=reason, **acting(request))
        said = "Accepted." if is_accepted else "Given back, with your reason."
        return Done(self._back(request), said)

    def _back(self, request: SignedInRequest) -> str:
        return back_to(request, reverse("action_list"))

    def _page(self, request: SignedInRequest, row: MeetingAction, form: AnswerForm) -> HttpResponse:
        context: dict[str, Any] = {
            "form": form,
            "rows": _rows(row),
            "refusal": refusal_of(check_can_answer, request.user, row),
            "back": self._back(request),
            "draft": draft_here(request),
        }
        return render(request, "dashboards/meetings/answer.html", context)


def _rows(row: MeetingAction) -> list[tuple[str, str]]:
    action = row.action
    agreed_on = row.at.astimezone(LONDON).date()
    return [
        ("What", action.text),
        ("About", str(action.pupil or row.meeting.school)),
        ("By when", wording.day_of_week(action.due_on)),
        ("Asked by", f"{row.by or 'The meeting'}, {wording.day(agreed_on)}"),
    ]
