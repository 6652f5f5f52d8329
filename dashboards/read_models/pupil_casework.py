"""What casework says on a child's record, to whoever reads cases and sees the whole child.

Where the reader does not, each of these is empty: nothing of a case follows a child to the school
they have left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.urls import reverse

from accounts.roles import Permission
from attendance.states import Tag
from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from cases.choices import AGENCIES, HOLDS, Agency, HoldKind
from cases.models import Case, CaseWorker, Contact, Hold, Referral, SupportPlan
from cases.read_models.contacts import last_contact, standing_claim
from cases.read_models.plan_facts import tag_of
from cases.states import (
    LIVE,
    STAGES,
    CaseStatus,
    PlanState,
    ReferralState,
    Stage,
    case_tag,
    referral_tag,
)
from dashboards.parts import ContextualDate, due_date
from dashboards.read_models.pupil import Record
from schools.models import Pupil
from schools.scoping import in_force


@dataclass(frozen=True)
class Said:
    """What the child says, in their words, and when they said it."""

    words: str
    on: date | None


@dataclass(frozen=True)
class CaseLine:
    """The case in one line: where it is, who leads, and when it is looked at next."""

    reference: str
    href: str
    tag: Tag
    stage: str
    lead: str
    closed: str
    review: ContextualDate | None


@dataclass(frozen=True)
class PlanLine:
    """How far the support plan is."""

    href: str
    tag: Tag
    review_on: date | None


@dataclass(frozen=True)
class WaitLine:
    """A service the child waits for."""

    service: str
    agency: str
    tag: Tag
    waiting: str
    meanwhile: str


@dataclass(frozen=True)
class CaseworkSummary:
    """Casework of the first sub-page. `says` None: nobody has written down what the child says.

    `open_href`, `log_href`: what the reader may do next; empty where they may not.
    """

    forename: str
    says: Said | None = None
    case: CaseLine | None = None
    plan: PlanLine | None = None
    waits: list[WaitLine] = field(default_factory=list)
    open_href: str = ""
    log_href: str = ""


def casework_summary(record: Record) -> CaseworkSummary | None:
    """Seven queries at most; None for readers without casework, or without this child's."""
    if not record.may(Permission.SEE_CASES):
        return None
    case, plan = record.case, record.plan
    if case is None and not _works_with(record):
        return None  # whether there is a case is not theirs to know
    may_open = (case is None or not case.is_live) and record.may(Permission.OPEN_CASES)
    may_log = record.may(Permission.LOG_CONTACTS)
    public_id = record.pupil.public_id
    return CaseworkSummary(
        forename=record.pupil.forename,
        says=_says(record, plan),
        case=_case_line(case, record.on) if case else None,
        plan=_plan_line(plan, record) if plan else None,
        waits=list(_waits(record)),
        open_href=f"{reverse('case_open')}?pupil={public_id}" if may_open else "",
        log_href=f"{reverse('contact_log')}?pupil={public_id}" if may_log else "",
    )


def _works_with(record: Record) -> bool:
    mine = Pupil.objects.worked_with_by(record.user)
    return mine.filter(pk=record.pupil.pk).exists()


def _says(record: Record, plan: SupportPlan | None) -> Said | None:
    """The latest words: of the plan, or of a contact that the reader may read."""
    rows = Contact.objects.visible_to(record.user).filter(pupil=record.pupil)
    heard = rows.exclude(child_words="").order_by("-at", "-pk").first()
    said = []
    if plan is not None and plan.child_view.strip():
        said.append(Said(plan.child_view, plan.child_view_on))
    if heard is not None:
        said.append(Said(heard.child_words, heard.at.astimezone(LONDON).date()))
    return max(said, key=lambda one: one.on or date.min, default=None)


def _case_line(case: Case, on: date) -> CaseLine:
    review = case.next_review_on if case.is_live else None
    return CaseLine(
        reference=case.reference,
        href=reverse("case", args=[case.reference]),
        tag=case_tag(case.status, case.paused_until),
        stage=STAGES[Stage(case.stage)].place,
        lead=str(case.lead) if case.lead else "",
        closed=wording.day(case.closed_on) if case.closed_on else "",
        review=due_date(review, today=on) if review else None,
    )


def _plan_line(plan: SupportPlan, record: Record) -> PlanLine:
    return PlanLine(
        href=reverse("pupil_plan", args=[record.pupil.public_id]),
        tag=tag_of(plan, on=record.on),
        review_on=plan.next_review_on if plan.state == PlanState.AGREED else None,
    )


def _waits(record: Record) -> Iterator[WaitLine]:
    """Services asked for that have not begun, the longest wait first."""
    rows = Referral.objects.visible_to(record.user).filter(
        case__pupil=record.pupil,
        case__status__in=LIVE,
        state__in=(ReferralState.SENT, ReferralState.ACCEPTED),
    )
    for row in rows.order_by("sent_on", "pk"):
        days = max((record.on - row.sent_on).days, 0)
        yield WaitLine(
            service=row.service,
            agency=AGENCIES[Agency(row.to_agency)],
            tag=referral_tag(row.state, waiting_days=days),
            waiting=f"asked for on {wording.day(row.sent_on)}, {wording.counted(days, 'day')} ago",
            meanwhile=row.meanwhile,
        )


# Above every sub-page.


def identity_rows(record: Record) -> list[tuple[str, str]]:
    """Who leads, and an adult whom the child trusts."""
    case = record.case
    if case is None or case.status == CaseStatus.CLOSED:
        return []
    rows = [
        ("Lead worker", str(case.lead) if case.lead else "Nobody yet"),
        ("Trusted adult", case.trusted_adult),
    ]
    return [(key, value) for key, value in rows if value]


def before_contact(record: Record) -> list[str]:
    """What to know before anyone rings: a hold, who rings now, the preferred way, the last time."""
    if not record.may(Permission.SEE_CASES):
        return []
    case = record.case
    claim = standing_claim(record.pupil, record.at, record.user) if record.at else None
    last = last_contact(record.pupil, record.user)
    said = [
        *_holds(record),
        claim.sentence if claim else "",
        _preferred(case) if case and case.is_live else "",
        last.sentence(record.on) if last else "",
    ]
    return [sentence for sentence in said if sentence]


def _preferred(case: Case) -> str:
    way = case.preferred_contact.strip().rstrip(".")
    return f"Preferred way: {way}." if way else ""


def _holds(record: Record) -> Iterator[str]:
    rows = Hold.objects.visible_to(record.user).filter(pupil=record.pupil, ended_at__isnull=True)
    for hold in rows:
        reason = HOLDS[HoldKind(hold.kind)].lower()
        until = wording.day(hold.review_on)
        is_late = hold.review_on < record.on
        reviewed = f"Its review was due on {until}." if is_late else f"It is reviewed on {until}."
        yield f"On hold: {reason}. Nothing is sent and nothing steps up. {reviewed}"


# The family.


@dataclass(frozen=True)
class Worker:
    """Somebody's part in the case of the child."""

    user_id: int
    name: str
    role: str
    organisation: str
    since: str
    email: str


def workers_of(record: Record) -> list[Worker]:
    """Who works on the live case today, in the order in which they came."""
    case = record.case
    if case is None or not case.is_live:
        return []
    rows = CaseWorker.objects.visible_to(record.user).filter(
        in_force(record.on), Q(ended_at__isnull=True), case=case, user__is_active=True
    )
    return [_worker(row) for row in rows.select_related("user").order_by("from_on", "pk")]


def _worker(row: CaseWorker) -> Worker:
    return Worker(
        user_id=row.user_id,
        name=str(row.user),
        role=f"{row.get_part_display()}, {AGENCIES[Agency(row.agency)]}",
        organisation=row.user.organisation,
        since=wording.day(row.from_on),
        email=row.user.email,
    )
