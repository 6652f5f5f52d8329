"""What casework says of the children of a pack, in a few queries for all of them.

Only what the reader may see, and of contacts only those that are restricted for nobody: a frozen
pack is read by people who come later.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, TypeVar

from django.db.models import Q

from attendance_portal.shared.clock import LONDON
from cases.choices import BARRIERS, Agency
from cases.models import Barrier, Case, CaseWorker, Contact, Referral, SupportPlan
from cases.states import PlanState, ReferralState
from dashboards.read_models.meetings.pack_content import HeardBarrier, Helper, PackCasework
from schools.scoping import in_force

if TYPE_CHECKING:
    from accounts.models import User

Row = TypeVar("Row", CaseWorker, Referral, Barrier)

BARRIERS_SHOWN: Final = 3  # of a cohort: the barriers heard most
_STANDING: Final = (ReferralState.SENT, ReferralState.ACCEPTED, ReferralState.STARTED)
_WAITING: Final = (ReferralState.SENT, ReferralState.ACCEPTED)
_NOT_OTHERS: Final = frozenset({Agency.ATTENDANCE, Agency.FAMILY})


@dataclass(frozen=True)
class _Words:
    text: str
    on: date | None


class Casework:
    """Live cases of these children, by pupil id. Seven queries."""

    def __init__(self, user: User, pupils: Collection[int], *, on: date) -> None:
        cases = Case.objects.visible_to(user).live().filter(pupil__in=pupils)
        self._cases = {case.pupil_id: case for case in cases.select_related("lead")}
        mine = {"case__in": [case.pk for case in self._cases.values()]}
        plans = SupportPlan.objects.visible_to(user).filter(**mine).exclude(state=PlanState.ENDED)
        self._plans = {plan.pupil_id: plan for plan in plans}
        workers = CaseWorker.objects.visible_to(user).filter(
            in_force(on), Q(ended_at__isnull=True), user__is_active=True, **mine
        )
        self._workers = _by_case(workers.select_related("user").order_by("from_on", "pk"))
        referrals = Referral.objects.visible_to(user).filter(state__in=_STANDING, **mine)
        self._referrals = _by_case(referrals.order_by("sent_on", "pk"))
        barriers = Barrier.objects.visible_to(user).filter(eased_on__isnull=True, **mine)
        self._barriers = _by_case(barriers.order_by("pk"))
        self._heard = _heard(user, pupils)

    def of(self, pupil_id: int) -> PackCasework | None:
        """What is said of one child; None without a live case."""
        case = self._cases.get(pupil_id)
        if case is None:
            return None
        plan, said = self._plans.get(pupil_id), self._said(pupil_id)
        return PackCasework(
            reference=case.reference,
            stage=case.stage,
            lead=str(case.lead) if case.lead else "",
            plan=plan.state if plan else "",
            plan_review_on=plan.next_review_on if plan else None,
            helpers=[Helper(str(row.user), row.part, row.agency) for row in self._workers[case.pk]],
            waits=[row.service for row in self._referrals[case.pk] if row.state in _WAITING],
            barriers=[row.kind for row in self._barriers[case.pk]],
            agencies=self._agencies(case.pk),
            child_words=said.text,
            child_words_on=said.on,
            next_review_on=case.next_review_on,
        )

    def domains(self, pupil_id: int) -> set[str]:
        """Where the barriers of one child lie."""
        case = self._cases.get(pupil_id)
        rows = self._barriers[case.pk] if case else []
        return {BARRIERS[row.kind].domain.value for row in rows}

    def barriers_heard(self, pupils: Iterable[int]) -> list[HeardBarrier]:
        """The barriers on record for most of these children; equal ones in the order of the table
        of barriers."""
        cases = [self._cases[pupil] for pupil in pupils if pupil in self._cases]
        counts = Counter(row.kind for case in cases for row in self._barriers[case.pk])
        order = list(BARRIERS)
        ranked = sorted(counts.items(), key=lambda one: (-one[1], order.index(one[0])))
        return [HeardBarrier(kind, number) for kind, number in ranked[:BARRIERS_SHOWN]]

    def _agencies(self, case_id: int) -> list[str]:
        """At work with the child or asked to help, the attendance team left out."""
        found = [row.agency for row in self._workers[case_id]]
        found += [row.to_agency for row in self._referrals[case_id]]
        return [agency for agency in dict.fromkeys(found) if agency not in _NOT_OTHERS]

    def _said(self, pupil_id: int) -> _Words:
        """The child's latest words, of the plan or of a contact."""
        said = [self._heard[pupil_id]] if pupil_id in self._heard else []
        plan = self._plans.get(pupil_id)
        if plan is not None and plan.child_view.strip():
            said.append(_Words(plan.child_view, plan.child_view_on))
        return max(said, key=lambda one: one.on or date.min, default=_Words("", None))


def _by_case(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.case_id].append(row)
    return found


def _heard(user: User, pupils: Collection[int]) -> dict[int, _Words]:
    rows = Contact.objects.visible_to(user).filter(pupil__in=pupils, is_restricted=False)
    said = rows.exclude(child_words="").order_by("at", "pk")
    return {row.pupil_id: _Words(row.child_words, row.at.astimezone(LONDON).date()) for row in said}
