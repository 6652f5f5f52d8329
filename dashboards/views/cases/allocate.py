"""Who leads a case, who covers, and in whose queue it waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms

from accounts.models import User
from accounts.roles import Permission
from attendance_portal.shared import clock
from cases.choices import AGENCIES, choices_of
from cases.models import Case
from cases.permissions import check_can_work, check_leads
from cases.read_models.people import people_for
from cases.services.cases import allocate_case, check_can_staff, set_cover, set_team
from dashboards.filters import DayField
from dashboards.views.cases.common import acting
from dashboards.views.cases.forms import CaseFormView
from schools.permissions import SignedInRequest, allowed, has_permission

NOBODY = ("", "Nobody")


@dataclass(frozen=True)
class _May:
    """What the reader may decide: who leads (or only themselves), and cover and queue.

    `is_led`: somebody leads the case now, and nobody is no longer an answer."""

    give: bool
    take: bool
    cover: bool
    is_led: bool


class AllocateForm(forms.Form):
    """Only the questions that the reader decides."""

    lead = forms.ChoiceField(label="Who leads?", required=False)
    cover = forms.ChoiceField(
        label="Who covers for the lead?",
        help_text="They see the case and decide about it as the lead does.",
        required=False,
    )
    cover_until = DayField(
        label="Last day of cover", help_text="Leave this empty for no end.", required=False
    )
    team = forms.ChoiceField(
        label="Whose queue is it in while nobody leads?", choices=choices_of(AGENCIES)
    )

    def __init__(
        self, *data: Any, may: _May, user: User, people: list[tuple[str, str]], **options: Any
    ) -> None:
        super().__init__(*data, **options)
        mine = (str(user.pk), f"Me, {user}")
        asked = people if may.give else [mine]
        self.fields["lead"].choices = [*([] if may.is_led else [NOBODY]), *asked]  # type: ignore[attr-defined]
        self.fields["cover"].choices = [NOBODY, *people]  # type: ignore[attr-defined]
        if not (may.give or may.take):
            del self.fields["lead"]
        if not may.cover:
            for name in ("cover", "cover_until", "team"):
                del self.fields[name]


class AllocateView(CaseFormView):
    """Give a case to somebody, take one that nobody leads, or have it covered."""

    permission = Permission.LEAD_CASES
    title = "Who leads and covers"

    def check(self, request: SignedInRequest, case: Case, thing: Any) -> None:
        """The service's own check."""
        check_can_staff(request.user, case, clock.today())

    def initial(self, request: SignedInRequest, case: Case, thing: Any) -> dict[str, Any]:
        """As it is now."""
        return {
            "lead": case.lead_id or "",
            "cover": case.cover_id or "",
            "cover_until": case.cover_until,
            "team": case.team,
        }

    def form(
        self, request: SignedInRequest, case: Case, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """Those who work on the case or could, and whoever leads or covers now."""
        people = dict(people_for(case, request.user, on=clock.today()))
        for now in (case.lead, case.cover):
            if now is not None:
                people.setdefault(str(now.pk), str(now))
        may = _may(request.user, case)
        return AllocateForm(
            *data, may=may, user=request.user, people=list(people.items()), **options
        )

    def save(self, request: SignedInRequest, case: Case, thing: Any, form: forms.Form) -> str:
        """Each thing that is another now, by its own service."""
        self.check(request, case, thing)
        facts = form.cleaned_data
        said = []
        if "cover" in facts and _differs(facts, case):
            cover = _person(facts["cover"])
            until = facts["cover_until"] if cover else None
            set_cover(case=case, cover=cover, until_on=until, **acting(request))
            said.append(f"{cover} covers." if cover else "Nobody covers now.")
        if facts.get("team", case.team) != case.team:
            set_team(case=case, team=facts["team"], **acting(request))
            said.append("The queue is another now.")
        lead = _person(facts.get("lead", ""))
        if lead is not None and lead.pk != case.lead_id:
            allocate_case(case=case, lead=lead, **acting(request))
            said.append(f"{lead} leads the case.")
        return " ".join(said) or "Nothing had changed."


def _may(user: User, case: Case) -> _May:
    on = clock.today()
    may_work = allowed(check_can_work, user, case, on)
    return _May(
        give=may_work and has_permission(user, Permission.ALLOCATE_CASES),
        take=may_work and case.lead_id is None,
        cover=may_work and allowed(check_leads, user, case, on),
        is_led=case.lead_id is not None,
    )


def _differs(facts: dict[str, Any], case: Case) -> bool:
    now = (str(case.cover_id or ""), case.cover_until)
    return (facts["cover"], facts["cover_until"] if facts["cover"] else None) != now


def _person(key: str) -> User | None:
    return User.objects.get(pk=key) if key else None
