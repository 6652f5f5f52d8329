"""No action needed now: a flag is answered with a reason and a day to look again."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.encoding import iri_to_uri

from accounts.forms import Done, once
from accounts.roles import Permission
from accounts.services import log_view
from accounts.services.submissions import LONGEST_ADDRESS
from attendance.models import Flag
from attendance.read_models.calendar import ExpectedDays
from attendance.rules.answers import look_again_problem
from attendance.rules.why import why_sentence
from attendance.services.answers import LONGEST_REASON, answer_flag, check_can_answer
from attendance.states import FlagKind
from attendance_portal.shared import clock, wording
from attendance_portal.shared.errors import Invalid, Refused
from cases.flags import check_no_case_answers
from dashboards.addresses import route_at
from dashboards.read_models.flag import visible_flag
from schools.choices import year_group_label
from schools.permissions import GuardedView, SignedInRequest

OFFERED_SCHOOL_DAYS = (5, 10, 20)
ANOTHER_DAY = "another"


class AnswerForm(forms.Form):
    """Why nothing is needed now, and when to look again."""

    reason = forms.CharField(
        label="Why is no action needed now?",
        help_text="For example: back in school since Monday, plan agreed with the family.",
        max_length=LONGEST_REASON,
        widget=forms.Textarea,
        error_messages={"required": "Say why no action is needed now."},
    )
    when = forms.ChoiceField(
        label="When should we look again?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose when to look again."},
    )
    another_day = forms.DateField(
        label="Another day",
        help_text="Only if you chose another day. Within 13 weeks.",
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "classes": "govuk-input--width-10"}),
        error_messages={"invalid": "Write the day as 2026-03-24."},
    )

    def __init__(self, *args: Any, today: date, offered: list[tuple[str, str]]) -> None:
        super().__init__(*args)
        self._today = today
        self.fields["when"].choices = [*offered, (ANOTHER_DAY, "Another day")]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Another day must be given, and be one that can be kept."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("when") == ANOTHER_DAY and "another_day" not in self.errors:
            on = found.get("another_day")
            problem = look_again_problem(on, self._today) if on else "Enter the day to look again."
            if problem:
                self.add_error("another_day", problem)
        return found

    @property
    def look_again_on(self) -> date:
        """The day chosen."""
        chosen: str = self.cleaned_data["when"]
        if chosen == ANOTHER_DAY:
            another: date = self.cleaned_data["another_day"]
            return another
        return date.fromisoformat(chosen)


class AnswerView(GuardedView):
    """Answer a flag, then go back to where the person came from."""

    permission = Permission.ANSWER_FLAGS

    def get(self, request: SignedInRequest, flag_id: int) -> HttpResponse:
        flag = _flag(request, flag_id)
        refusal = ""
        try:
            check_can_answer(request.user, flag, on=clock.today())
            check_no_case_answers(flag)
        except Refused as problem:
            refusal = problem.message
        return self._page(request, flag, self._form(flag), refusal=refusal)

    def post(self, request: SignedInRequest, flag_id: int) -> HttpResponse:
        flag = _flag(request, flag_id)
        form = self._form(flag, request.POST)
        check_no_case_answers(flag)
        if not form.is_valid():
            check_can_answer(request.user, flag, on=clock.today())
            return self._page(request, flag, form)
        try:
            return once(request, lambda: self._answer(request, flag, form))
        except Invalid as problem:
            form.add_error(None, problem.message)
            return self._page(request, flag, form)

    def _answer(self, request: SignedInRequest, flag: Flag, form: AnswerForm) -> Done:
        answer_flag(
            flag=flag,
            reason=form.cleaned_data["reason"],
            look_again_on=form.look_again_on,
            by=request.user,
            on=clock.today(),
            at=clock.now(),
        )
        return Done(_back(request), _done(flag, form.look_again_on))

    def _form(self, flag: Flag, *data: Any) -> AnswerForm:
        days, today = ExpectedDays(), clock.today()
        meeting_days = flag.school.meeting_days
        offered = [
            (number, days.after(today, number, meeting_days)) for number in OFFERED_SCHOOL_DAYS
        ]
        choices = [
            (on.isoformat(), f"In {number} school days, {wording.short_day(on)}")
            for number, on in offered
        ]
        return AnswerForm(*data, today=today, offered=choices)

    def _page(
        self, request: SignedInRequest, flag: Flag, form: AnswerForm, *, refusal: str = ""
    ) -> HttpResponse:
        pupil = flag.enrolment.pupil
        log_view(
            user=request.user, subject_ref=str(pupil.public_id), page="flag_answer", at=clock.now()
        )
        year_group = flag.enrolment.year_group
        context = {
            "flag": flag,
            "pupil": pupil,
            "year_group": year_group_label(year_group),
            "sentence": why_sentence(FlagKind(flag.kind), flag.evidence),
            "form": form,
            "refusal": refusal,
            "back": _back(request),
        }
        return render(request, "dashboards/flag_answer.html", context)


def _flag(request: SignedInRequest, flag_id: int) -> Flag:
    flag = visible_flag(flag_id, request.user)
    if flag is None:
        raise Http404
    return flag


def _back(request: SignedInRequest) -> str:
    """Where the person came from, inside the portal; Today otherwise."""
    asked = iri_to_uri(request.POST.get("next") or request.GET.get("next") or "")
    is_page = bool(route_at(asked.partition("?")[0].partition("#")[0]))
    return asked if is_page and len(asked) <= LONGEST_ADDRESS else reverse("worklist")


def _done(flag: Flag, on: date) -> str:
    return f"Answered: {flag.enrolment.pupil}. We look again on {wording.day_of_week(on)}."
