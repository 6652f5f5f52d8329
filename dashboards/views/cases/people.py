"""Who works with this child: everybody on the case, joining and leaving."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import Http404

from accounts.models import User
from accounts.roles import Permission
from attendance_portal.shared import clock
from cases.choices import AGENCIES, AGENCY_OF_ROLE, Agency
from cases.models import Case, CaseWorker
from cases.services.cases import update_case
from cases.services.workers import (
    add_worker,
    check_can_add_people,
    check_can_end_part,
    end_worker,
    in_words,
)
from dashboards.filters import DayField
from dashboards.read_models.cases.partners import PeoplePage, join_choices, people_page
from dashboards.views.cases.common import acting
from dashboards.views.cases.forms import CaseFormView
from schools.permissions import SignedInRequest
from schools.scoping import roles_of

BY_ROLE = ""
PARTS = (CaseWorker.Part.WORKER, CaseWorker.Part.LEAD_PRACTITIONER)


class JoinForm(forms.Form):
    """Who joins, for which agency, as what, until when."""

    person = forms.ChoiceField(
        label="Who joins?",
        help_text="From this moment they can open this child's record and case.",
        error_messages={"required": "Choose who joins."},
    )
    agency = forms.ChoiceField(
        label="Which agency do they work for?",
        choices=[
            (BY_ROLE, "The one of their role"),
            *((one.value, label) for one, label in AGENCIES.items() if one != Agency.FAMILY),
        ],
        required=False,
    )
    part = forms.ChoiceField(
        label="As what?",
        choices=[(one.value, one.label) for one in PARTS],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what they are in it."},
    )
    until_on = DayField(
        label="Last day, if it is known", required=False, help_text="Leave it empty for no end."
    )

    def __init__(self, *data: Any, people: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*data, **options)
        choices = [("", "Choose"), *people]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]


class CasePeopleView(CaseFormView):
    """Everybody on the case, who is missing, and a form to add somebody."""

    permission = Permission.SEE_CASES
    written_with = Permission.LEAD_CASES
    template = "dashboards/cases/people.html"
    title = "Who works with this child"
    button = "Add to the case"

    def check(self, request: SignedInRequest, case: Case, thing: Any) -> None:
        """The service's own check."""
        check_can_add_people(request.user, case, clock.today())

    def initial(self, request: SignedInRequest, case: Case, thing: Any) -> dict[str, Any]:
        """A worker."""
        return {"part": CaseWorker.Part.WORKER.value}

    def form(
        self, request: SignedInRequest, case: Case, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """The form, with whom one can ask."""
        people = join_choices(case, request.user, on=clock.today())
        return JoinForm(*data, people=people, **options)

    def save(self, request: SignedInRequest, case: Case, thing: Any, form: forms.Form) -> str:
        """Let them join. The lead practitioner is named on the case as well."""
        facts, on, at = form.cleaned_data, clock.today(), clock.now()
        person = User.objects.get(pk=facts["person"])
        if facts["part"] == CaseWorker.Part.LEAD_PRACTITIONER:
            changes = {"lead_practitioner": person}
            update_case(
                case=case, version=case.version, changes=changes, by=request.user, on=on, at=at
            )
            return f"{person} is the lead practitioner now."
        add_worker(
            case=case,
            user=person,
            agency=facts["agency"] or _agency_of(person, on),
            part=facts["part"],
            until_on=facts["until_on"],
            by=request.user,
            on=on,
            at=at,
        )
        return f"{person} works on the case now."

    def context(self, request: SignedInRequest, case: Case, thing: Any) -> dict[str, Any]:
        """Who is there already."""
        page: PeoplePage = people_page(case, request.user, on=clock.today())
        return {"page": page}


def _agency_of(person: User, on: date) -> str:
    """The agency of the first of somebody's roles that has one; early help for a system."""
    held = roles_of(person, on)
    found = (agency for role, agency in AGENCY_OF_ROLE.items() if role in held)
    return next(found, Agency.EARLY_HELP).value


class LeaveForm(forms.Form):
    """Why, if there is something to say."""

    reason = forms.CharField(
        label="Why does it end?",
        help_text="It stands on the timeline. You may leave this empty.",
        max_length=300,
        required=False,
    )


class CasePersonEndView(CaseFormView):
    """Somebody leaves the case at this moment."""

    permission = Permission.SEE_CASES
    template = "dashboards/cases/person_end.html"
    title = "Leave the case"
    button = "End it now"

    def thing_of(self, request: SignedInRequest, case: Case, **names: Any) -> CaseWorker:
        """The part that would end."""
        found: CaseWorker | None = (
            CaseWorker.objects.visible_to(request.user)
            .filter(pk=names["worker_id"], case=case)
            .select_related("user", "case__pupil", "case__lead")
            .first()
        )
        if found is None:
            raise Http404
        return found

    def check(self, request: SignedInRequest, case: Case, thing: CaseWorker) -> None:
        """The service's own check."""
        check_can_end_part(request.user, thing, clock.today())

    def form(
        self, request: SignedInRequest, case: Case, thing: CaseWorker, *data: Any, **options: Any
    ) -> forms.Form:
        """The form."""
        return LeaveForm(*data, **options)

    def save(
        self, request: SignedInRequest, case: Case, thing: CaseWorker, form: forms.Form
    ) -> str:
        """End it."""
        end_worker(
            worker=thing,
            reason=form.cleaned_data["reason"],
            **acting(request),
        )
        return f"{thing.user} does not work on the case any more."

    def context(self, request: SignedInRequest, case: Case, thing: CaseWorker) -> dict[str, Any]:
        """Whose part, as what."""
        return {"worker": thing, "part": in_words(thing.part), "is_over": thing.ended_at}
