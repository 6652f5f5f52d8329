"""P12, my actions: the list, and what becomes of one. Adding one to a case."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.forms import Done, as_initial, draft_here, once
from accounts.models import User
from accounts.roles import Permission
from attendance.read_models.calendar import ExpectedDays
from attendance_portal.shared import clock, wording
from attendance_portal.shared.errors import Invalid, Refused
from cases.choices import AGENCIES, Agency, choices_of
from cases.models import Action, Case
from cases.permissions import check_can_work
from cases.read_models.people import colleagues_of, leads_for, people_for
from cases.rules.deadlines import OFFERED_SCHOOL_DAYS, due_problem, in_school_days
from cases.selectors import main_school
from cases.services import action_rights, actions
from cases.services.actions import LONGEST_TEXT
from cases.states import Origin
from dashboards import listing
from dashboards.filters import DayField
from dashboards.read_models.cases.actions import ActionLine, action_line, my_actions
from dashboards.views.cases.common import Acting, CaseView, acting, back_to, log_reading
from dashboards.views.chips import filter_chips
from meetings.read_models.agreed import asked_to_accept
from schools.permissions import GuardedView, SignedInRequest

ANOTHER_DAY = "another"
NO_LOGIN = "no_login"


def _line_field(label: str, missing: str, *, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=LONGEST_TEXT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": missing},
    )


class AgencyForm(forms.Form):
    """The one filter of the list."""

    agency = forms.ChoiceField(
        label="Agency", choices=[("", "Any"), *choices_of(AGENCIES)], required=False
    )


class ActionListView(GuardedView):
    """Every promise I made, by when it falls due."""

    permission = Permission.HAVE_ACTIONS

    def get(self, request: SignedInRequest) -> HttpResponse:
        """The list; an agency that is none is not asked for."""
        form = AgencyForm(request.GET)
        agency = form.cleaned_data["agency"] if form.is_valid() else ""
        mine = my_actions(
            request.user,
            on=clock.today(),
            agency=agency,
            page=request.GET.get(listing.PAGE, "1"),
        )
        context = {
            "mine": mine,
            "asked": asked_to_accept(request.user, clock.today()),
            "pages": listing.page_links(mine.page, request.GET),
            "filter_form": form,
            "chips": filter_chips(form, request.GET),
            "clear": request.path,
            "back": request.get_full_path(),
        }
        return render(request, "dashboards/cases/action_list.html", context)


class ActionView(GuardedView, ABC):
    """What is done with one action: a page with a form, then back to where the person came from."""

    permission = Permission.HAVE_ACTIONS
    title: str
    button: str
    #: Whether something is typed here that may be kept as a draft.
    keeps_draft = False

    def get(self, request: SignedInRequest, action_id: int) -> HttpResponse:
        """The form, or why not."""
        action = _action(request, action_id)
        return self._page(request, action, self.form_of(request, action))

    def post(self, request: SignedInRequest, action_id: int) -> HttpResponse:
        """Do it."""
        action = _action(request, action_id)
        form = self.form_of(request, action, request.POST)
        if not form.is_valid():
            return self._page(request, action, form)
        try:
            return once(request, lambda: self._done(request, action, form))
        except Invalid as problem:
            form.add_error(None, problem.message)
            return self._page(request, action, form)

    def _done(self, request: SignedInRequest, action: Action, form: Any) -> Done:
        facts = acting(request)
        return Done(_back(request), self.do(action, form.cleaned_data, facts))

    @abstractmethod
    def form_of(self, request: SignedInRequest, action: Action, *data: Any) -> forms.Form:
        """The form of this page, filled from what was sent."""

    @abstractmethod
    def check(self, user: User, action: Action) -> None:
        """The very check that the service makes. Raises Refused."""

    @abstractmethod
    def do(self, action: Action, typed: dict[str, Any], facts: Acting) -> str:
        """Call the service; what to say when it is done."""

    def _page(self, request: SignedInRequest, action: Action, form: forms.Form) -> HttpResponse:
        refusal = ""
        try:
            self.check(request.user, action)
        except Refused as problem:
            refusal = problem.message
        draft = draft_here(request) if self.keeps_draft else None
        if not form.is_bound:
            form.initial = as_initial(draft)
        line = action_line(action, request.user, on=clock.today())
        if action.pupil is not None and line.about_href:
            log_reading(request, action.pupil)
        context = {
            "title": self.title,
            "button": self.button,
            "line": line,
            "rows": _facts(line),
            "form": form,
            "refusal": refusal,
            "others": self._others(line),
            "keeps_draft": self.keeps_draft,
            "draft": draft,
            "back": _back(request),
        }
        return render(request, "dashboards/cases/action.html", context)

    def _others(self, line: ActionLine) -> list[tuple[str, str]]:
        """What else can be done with it."""
        found = []
        if line.may_end:
            found += [
                ("Mark done", reverse("action_done", args=[line.pk])),
                ("Give it to somebody else", reverse("action_reassign", args=[line.pk])),
                ("It will not be done", reverse("action_drop", args=[line.pk])),
            ]
        if line.may_ask:
            found.append(("Ask to take it over", reverse("action_ask", args=[line.pk])))
        return [(text, href) for text, href in found if text != self.title]


class DoneForm(forms.Form):
    """What happened, in a line."""

    outcome = _line_field(
        "What happened?",
        "Say what happened.",
        hint="One line. For example: the bus pass came on Monday.",
    )


class ActionDoneView(ActionView):
    """Mark done."""

    title = "Mark done"
    button = "Mark done"
    keeps_draft = True

    def form_of(self, request: SignedInRequest, action: Action, *data: Any) -> forms.Form:
        return DoneForm(*data)

    def check(self, user: User, action: Action) -> None:
        action_rights.check_can_end(user, action, on=clock.today())

    def do(self, action: Action, typed: dict[str, Any], facts: Acting) -> str:
        actions.complete_action(action=action, outcome=typed["outcome"], **facts)
        return f"Done: {action.text}"


class DropForm(forms.Form):
    """Why not."""

    reason = _line_field("Why will it not be done?", "Say why it is dropped.", hint="One line.")


class ActionDropView(ActionView):
    """It will not be done."""

    title = "It will not be done"
    button = "Drop the action"
    keeps_draft = True

    def form_of(self, request: SignedInRequest, action: Action, *data: Any) -> forms.Form:
        return DropForm(*data)

    def check(self, user: User, action: Action) -> None:
        action_rights.check_can_end(user, action, on=clock.today())

    def do(self, action: Action, typed: dict[str, Any], facts: Acting) -> str:
        actions.drop_action(action=action, reason=typed["reason"], **facts)
        return f"Dropped: {action.text}"


class ReassignForm(forms.Form):
    """Who has it from now on."""

    owner = forms.ChoiceField(
        label="Who will do it?", error_messages={"required": "Choose who will do it."}
    )

    def __init__(self, *data: Any, choices: list[tuple[str, str]]) -> None:
        super().__init__(*data)
        self.fields["owner"].choices = [("", "Choose"), *choices]  # type: ignore[attr-defined]


class ActionReassignView(ActionView):
    """Give it to somebody else."""

    title = "Give it to somebody else"
    button = "Give the action"

    def form_of(self, request: SignedInRequest, action: Action, *data: Any) -> forms.Form:
        people = _people(action, request.user)
        return ReassignForm(
            *data, choices=[one for one in people if one[0] != str(action.owner_id)]
        )

    def check(self, user: User, action: Action) -> None:
        action_rights.check_can_hand_on(user, action, on=clock.today())

    def do(self, action: Action, typed: dict[str, Any], facts: Acting) -> str:
        owner = User.objects.get(pk=typed["owner"])
        actions.reassign_action(action=action, owner=owner, **facts)
        return f"Now with {owner}: {action.text}"


class AskForm(forms.Form):
    """Nothing to fill in: the button asks."""


class AnswerForm(forms.Form):
    """Yes or no to whoever asked."""

    answer = forms.ChoiceField(
        label="Your answer",
        choices=[("yes", "Yes, it is theirs now"), ("no", "No, it stays as it is")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose yes or no."},
    )


class ActionAskView(ActionView):
    """Ask to take it over; or, for whoever has it, answer somebody who asked."""

    title = "Ask to take it over"
    button = "Ask"

    def form_of(self, request: SignedInRequest, action: Action, *data: Any) -> forms.Form:
        if _is_asked(request.user, action):
            self.title, self.button = f"{action.asked_over_by} asks to take it over", "Answer"
            return AnswerForm(*data)
        return AskForm(*data)

    def check(self, user: User, action: Action) -> None:
        if _is_asked(user, action):
            action_rights.check_can_answer(user, action, on=clock.today())
        else:
            action_rights.check_can_ask(user, action)

    def do(self, action: Action, typed: dict[str, Any], facts: Acting) -> str:
        if "answer" not in typed:
            actions.ask_over(action=action, **facts)
            return f"Asked. {action.owner} sees it in their actions."
        is_agreed = typed["answer"] == "yes"
        actions.answer_over(action=action, is_agreed=is_agreed, **facts)
        whose = f"{action.asked_over_by if is_agreed else action.owner} has it now"
        return f"{whose}: {action.text}"


def _is_asked(user: User, action: Action) -> bool:
    """Somebody asked, and this is whom they asked, or whoever decides about the case."""
    return (
        action.asked_over_by_id is not None
        and action.asked_over_by_id != user.pk
        and action_rights.may_end(user, action, clock.today())
    )


class AddForm(forms.Form):
    """What, who and by when."""

    text = _line_field(
        "What will be done?", "Say what will be done.", hint="One thing that one person can do."
    )
    owner = forms.ChoiceField(
        label="Who will do it?", error_messages={"required": "Choose who will do it."}
    )
    owner_name = forms.CharField(
        label="Their name, if they have no login here",
        help_text="For example: Mum, or the name of a worker elsewhere.",
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    agency = forms.ChoiceField(
        label="Whom do they work for, if they have no login here",
        choices=choices_of(AGENCIES),
        initial=Agency.FAMILY.value,
        required=False,
    )
    when = forms.ChoiceField(
        label="By when?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose by when."},
    )
    another_day = DayField(
        label="Another day", help_text="Only if you chose another day.", required=False
    )

    def __init__(
        self, *data: Any, today: date, people: list[tuple[str, str]], days: list[tuple[str, str]]
    ) -> None:
        super().__init__(*data)
        self._today = today
        self.fields["owner"].choices = [  # type: ignore[attr-defined]
            ("", "Choose"),
            *people,
            (NO_LOGIN, "Somebody without a login here"),
        ]
        self.fields["when"].choices = [*days, (ANOTHER_DAY, "Another day")]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Somebody without a login has a name; another day can be kept."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("owner") == NO_LOGIN and not found.get("owner_name", "").strip():
            self.add_error("owner_name", "Write their name.")
        if found.get("when") == ANOTHER_DAY and "another_day" not in self.errors:
            on = found.get("another_day")
            problem = due_problem(on, self._today) if on else "Enter the day it is due."
            if problem:
                self.add_error("another_day", problem)
        return found

    @property
    def due_on(self) -> date:
        """The day chosen."""
        chosen: str = self.cleaned_data["when"]
        if chosen == ANOTHER_DAY:
            another: date = self.cleaned_data["another_day"]
            return another
        return date.fromisoformat(chosen)


class CaseActionAddView(CaseView):
    """Agree something about a case."""

    permission = Permission.LEAD_CASES

    def get(self, request: SignedInRequest, reference: str) -> HttpResponse:
        """The form."""
        case = self.case_of(request, reference)
        return self._page(request, case, self._form(request, case))

    def post(self, request: SignedInRequest, reference: str) -> HttpResponse:
        """Write the promise down."""
        case = self.case_of(request, reference)
        form = self._form(request, case, request.POST)
        if not form.is_valid():
            return self._page(request, case, form)
        try:
            return once(request, lambda: self._added(request, case, form))
        except Invalid as problem:
            form.add_error(None, problem.message)
            return self._page(request, case, form)

    def _added(self, request: SignedInRequest, case: Case, form: AddForm) -> Done:
        typed = form.cleaned_data
        has_login = typed["owner"] != NO_LOGIN
        agency = typed["agency"] or Agency.FAMILY.value
        if has_login:
            people = {str(one.user_id): one for one in colleagues_of(case, request.user)}
            agency = people[typed["owner"]].agency
        action = actions.add_action(
            text=typed["text"],
            due_on=form.due_on,
            origin=Origin.CASE,
            origin_label=f"Case {case.reference}",
            agency=agency,
            owner=User.objects.get(pk=typed["owner"]) if has_login else None,
            owner_name="" if has_login else typed["owner_name"],
            case=case,
            **acting(request),
        )
        return Done(self.back(request, case), f"Agreed: {action.text}")

    def _form(self, request: SignedInRequest, case: Case, *data: Any) -> AddForm:
        today, days = clock.today(), ExpectedDays()
        offered = [
            (number, days.after(today, number, case.school.meeting_days))
            for number in OFFERED_SCHOOL_DAYS
        ]
        return AddForm(
            *data,
            today=today,
            people=people_for(case, request.user, on=today),
            days=[
                (on.isoformat(), f"{in_school_days(number)}, {wording.short_day(on)}")
                for number, on in offered
            ],
        )

    def _page(self, request: SignedInRequest, case: Case, form: AddForm) -> HttpResponse:
        refusal = ""
        try:
            check_can_work(request.user, case, clock.today())
        except Refused as problem:
            refusal = problem.message
        draft = draft_here(request)
        if not form.is_bound:
            form.initial = as_initial(draft)
        context = {
            "case": case,
            "pupil": case.pupil,
            "form": form,
            "refusal": refusal,
            "back": self.back(request, case),
            "draft": draft,
        }
        return render(request, "dashboards/cases/action_add.html", context)


def _action(request: SignedInRequest, action_id: int) -> Action:
    found: Action | None = (
        Action.objects.visible_to(request.user)
        .filter(pk=action_id)
        .select_related("pupil", "school", "case__school", "owner", "asked_over_by")
        .first()
    )
    if found is None:
        raise Http404
    return found


def _people(action: Action, user: User) -> list[tuple[str, str]]:
    """Whom it can be given to: the people of its case, or of the school it is about.

    Whoever no longer sees the case does not see who works on it: they give it back to its writer.
    """
    today = clock.today()
    if action.case is not None:
        if not Case.objects.visible_to(user).filter(pk=action.case_id).exists():
            return [(str(action.by_id), str(action.by))] if action.by is not None else []
        return people_for(action.case, user, on=today)
    school = action.school
    if school is None and action.pupil is not None:
        school = main_school(action.pupil, today)
    return leads_for(school, user, on=today) if school is not None else []


def _back(request: SignedInRequest) -> str:
    return back_to(request, reverse("action_list"))


def _facts(line: ActionLine) -> list[tuple[str, str]]:
    """The summary list of one action."""
    rows = [
        ("About", line.about),
        ("Agreed at", f"{line.agreed_at}, {line.agreed_on}"),
        ("Who", f"{line.who}, {line.agency}"),
    ]
    return [(key, value) for key, value in rows if value]
