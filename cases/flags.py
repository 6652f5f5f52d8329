"""How casework answers flags: the one definition, for every list and count of unanswered flags.

A decision to look again on a day (`attendance`) answers a flag; so does a live case of the child, a
standing plan, and a contact since the flag last asked. Attendance knows nothing of cases, so both
meet here (ADR 0013). Counts ask whether there is an answer and nothing of it; what a person is told
of an answer is scoped to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accounts.roles import ROLE_CHOICES
from attendance.models import Flag, FlagAnswer
from attendance.querysets import FlagQuerySet
from attendance.read_models import answers as decisions
from attendance.read_models.calendar import ExpectedDays
from attendance.states import Tag
from attendance_portal.shared import wording
from attendance_portal.shared.errors import Refused
from cases.models import Case, Contact, StageChange, SupportPlan
from cases.read_models.contacts import LastContact, last_contacts
from cases.rules.flag_answers import contact_answers
from cases.states import CONTACTED, IN_A_CASE, PlanState

if TYPE_CHECKING:
    from accounts.models import User

_ROLES = dict(ROLE_CHOICES)
_CHILD = "enrolment__pupil_id"


def answered_by_casework() -> Q:
    """The condition that casework answers a flag, for querysets of flags."""
    child = OuterRef(_CHILD)
    decided_later = FlagAnswer.objects.filter(
        flag=OuterRef(OuterRef("pk")), is_latest=True, look_again_on__gt=OuterRef("at__date")
    )
    contacts = Contact.objects.filter(
        ~Exists(decided_later), pupil=child, at__date__gte=OuterRef("opened_on")
    )
    return (
        Q(Exists(Case.objects.live().filter(pupil=child)))
        | Q(Exists(SupportPlan.objects.exclude(state=PlanState.ENDED).filter(pupil=child)))
        | Q(Exists(contacts))
    )


def unanswered(flags: FlagQuerySet, *, on: date) -> FlagQuerySet:
    """Those that neither a decision nor casework answers on that day."""
    return flags.unanswered(on).filter(~answered_by_casework())


def long_unanswered(flags: QuerySet[Flag], *, today: date, days: ExpectedDays) -> QuerySet[Flag]:
    """Those that nothing has answered for 5 school days. A case or plan that ended starts the
    count again on that day."""
    return decisions.long_unanswered(
        flags.filter(~answered_by_casework()), today=today, days=days, asks_again=_ended_after
    )


def starting_stock(flags: QuerySet[Flag]) -> QuerySet[Flag]:
    """Those of the first run that nothing has ever answered."""
    return decisions.starting_stock(flags.filter(~answered_by_casework()))


def _ended_after(day: date) -> Q:
    child = OuterRef(_CHILD)
    return Q(Exists(Case.objects.filter(pupil=child, closed_on__gt=day))) | Q(
        Exists(SupportPlan.objects.filter(pupil=child, ended_on__gt=day))
    )


@dataclass(frozen=True)
class CaseworkAnswer:
    """How casework answers a flag: its tag, and by which role and when. `reference`: of the case
    that the child is in."""

    tag: Tag
    said: str
    reference: str = ""


@dataclass(frozen=True)
class Casework:
    """Casework with the children of some flags, as one person may know it; by the child's id."""

    cases: Mapping[int, CaseworkAnswer]
    contacts: Mapping[int, LastContact]

    def answer_to(self, flag: Flag, decision: FlagAnswer | None) -> CaseworkAnswer | None:
        """How casework answers this flag; None where it does not. `decision`: its latest one."""
        child = flag.enrolment.pupil_id
        if child in self.cases:
            return self.cases[child]
        contact = self.contacts.get(child)
        if contact is None or not contact_answers(
            contact.on,
            opened_on=flag.opened_on,
            look_again_on=decision.look_again_on if decision else None,
        ):
            return None
        return CaseworkAnswer(CONTACTED, f"{contact.role}, {wording.moment(contact.at)}")


def casework_of(user: User, pupil_ids: Iterable[int]) -> Casework:
    """What these children's casework says to this person: four queries, however many children."""
    children = set(pupil_ids)
    if not children:
        return Casework({}, {})
    return Casework(
        cases=_in_a_plan(user, children) | _in_a_case(user, children),
        contacts=last_contacts(children, user),
    )


def _in_a_case(user: User, children: set[int]) -> dict[int, CaseworkAnswer]:
    opened = StageChange.objects.filter(case=OuterRef("pk")).order_by("pk").values("by_role")[:1]
    rows = Case.objects.visible_to(user).live().filter(pupil__in=children)
    return {
        pupil: CaseworkAnswer(IN_A_CASE, _since(role, on, reference), reference)
        for pupil, reference, on, role in rows.values_list(
            "pupil_id", "reference", "opened_on", Subquery(opened)
        )
    }


def _in_a_plan(user: User, children: set[int]) -> dict[int, CaseworkAnswer]:
    """A plan that stands although its case has closed."""
    rows = SupportPlan.objects.visible_to(user).exclude(state=PlanState.ENDED)
    found = rows.filter(pupil__in=children).values_list("pupil_id", "started_on")
    return {
        pupil: CaseworkAnswer(IN_A_CASE, f"Support plan, {wording.day(on)}") for pupil, on in found
    }


def _since(role: str | None, on: date, reference: str) -> str:
    who = _ROLES.get(role or "", "")
    return ", ".join(filter(None, (reference, who, wording.day(on))))


def check_no_case_answers(flag: Flag) -> None:
    """Whether a dated decision still makes sense. Raises Refused where the child is in a case: when
    to look again is the case's next review, set in one place."""
    case = Case.objects.live().filter(pupil=flag.enrolment.pupil_id).first()
    if case is not None:
        raise Refused(
            f"This pupil has an open case, {case.reference}. Its next review says when to look "
            "again, so set that.",
            code="in_a_case",
        )
