"""Who works with a child, on what basis, and what other agencies were asked: questions of pages,
services and gates. Each answers for one case or child unless it says otherwise."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.db.models.functions import Coalesce

from accounts.models import User
from cases.choices import AGENCIES, Agency
from cases.models import Case, CaseWorker, Consent, Referral
from cases.states import ReferralState
from schools.models import Enrolment, Pupil
from schools.scoping import casework_access_of, grant_in_force

#: Attendance is their duty by law: they are told without asking the family first (DP-01, DP-08).
TOLD_ANYWAY = frozenset({Agency.ATTENDANCE, Agency.SCHOOL})

#: A referral in one of these has an outcome that whoever asked should hear.
OVER = (ReferralState.DECLINED, ReferralState.ENDED)


def in_sentence(agency: str) -> str:
    """An agency inside a sentence: 'early help', 'SEND team'."""
    label = AGENCIES[Agency(agency)]
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def standing_consent(pupil: Pupil, agency: str) -> Consent | None:
    """Why this agency may be told about the child now; None where nothing stands."""
    return Consent.objects.filter(pupil=pupil, agency=agency, withdrawn_at__isnull=True).first()


def may_be_told(pupil: Pupil, agency: str) -> bool:
    """Whether an agency may be told about the child: by its duty, or on a recorded basis."""
    return agency in TOLD_ANYWAY or standing_consent(pupil, agency) is not None


def standing_part(on: date) -> Q:
    """The condition that somebody's part in a case has not ended by a day."""
    return Q(ended_at__isnull=True) & (Q(until_on__isnull=True) | Q(until_on__gte=on))


def workers_of(case: Case, on: date) -> list[CaseWorker]:
    """Who works on the case on a day, in the order in which they came."""
    rows = CaseWorker.objects.filter(standing_part(on), case=case).select_related("user")
    return list(rows.order_by("from_on", "pk"))


def memberships_show(user: User, pupil: Pupil, on: date) -> bool:
    """Whether the person's roles alone show casework of this child, without a grant."""
    access = casework_access_of(user, on)
    if access.everything or not access.urns:
        return access.everything
    on_roll = Q(ends_on__isnull=True) | Q(ends_on__gte=on)
    return Enrolment.objects.filter(
        on_roll, pupil=pupil, school_id__in=access.urns, awaiting_confirmation=False
    ).exists()


def sees_casework_of(user: User, pupil: Pupil, on: date) -> bool:
    """Whether the person sees casework of this child, by a role or by a grant."""
    if memberships_show(user, pupil, on):
        return True
    granted = user.pupil_grants.filter(grant_in_force(on), pupil=pupil)
    return casework_access_of(user, on).sees_pupils and granted.exists()


def outcomes_to_tell(user: User, *, on: date) -> list[Referral]:
    """Referrals that are over and whose outcome nobody has told to whoever asked, of the cases
    this person leads or covers; longest over first."""
    mine = Case.objects.visible_to(user).led_by(user, on)
    over = Referral.objects.filter(
        case__in=mine.values("pk"), state__in=OVER, told_on__isnull=True
    ).select_related("case__pupil", "case__school")
    return list(over.order_by(Coalesce("ended_on", "answered_on"), "pk"))
