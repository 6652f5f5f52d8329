"""Who works on a case: somebody joins, and from that moment sees the child; they leave, and from
that moment they do not.

Raises: Refused (this person may not; the agency may not be told; the newcomer has no role for it),
Invalid (a part or an agency that is none, a last day gone by).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from accounts.models import User
from accounts.roles import MACHINE_ROLE, ROLES, Permission, Role
from attendance_portal.shared.errors import ErrorDetail, Refused
from cases.choices import AGENCIES, AGENCY_OF_ROLE, Agency
from cases.models import Case, CaseWorker
from cases.permissions import check_can_work, check_visible, is_lead_of
from cases.read_models.partners import (
    TOLD_ANYWAY,
    in_sentence,
    may_be_told,
    memberships_show,
    standing_part,
)
from cases.services.common import acting_role, tell, write_audit
from cases.services.typed import one_of, wrong
from cases.states import EntryKind
from schools.models import PupilGrant
from schools.permissions import has_permission
from schools.scoping import roles_of

#: Parts that are given and ended by allocation, not by whoever is on the page.
_ALLOCATED = frozenset({CaseWorker.Part.LEAD, CaseWorker.Part.COVER})
_PARTNERS = sorted(set(AGENCIES) - {Agency.FAMILY})


def check_can_add_people(user: User, case: Case, on: date) -> None:
    """Whether this person may bring others to the case: whoever leads or covers it, and those
    whose own schools show them the child. Somebody who was granted this one child may not pass
    that on (our proposal). Raises Refused."""
    check_can_work(user, case, on)
    if is_lead_of(user, case, on) or memberships_show(user, case.pupil, on):
        return
    raise Refused(
        "Only the lead worker, the school and the attendance team add people to a case. "
        f"Ask {case.lead or 'the attendance team'}.",
        code="not_the_lead",
    )


def check_can_end_part(user: User, worker: CaseWorker, on: date) -> None:
    """Whether this person may end somebody's part: anyone their own, managers every part, and
    others the parts that are not allocated. Raises Refused."""
    check_visible(user, worker.case)
    if worker.user_id == user.pk or has_permission(user, Permission.ALLOCATE_CASES):
        return
    if worker.part in _ALLOCATED and not is_lead_of(user, worker.case, on):
        raise Refused(
            "The lead worker and their cover change by allocation. Ask the team manager.",
            code="allocated",
        )
    if worker.part not in _ALLOCATED and worker.case.is_live:
        check_can_add_people(user, worker.case, on)


@transaction.atomic
def add_worker(
    *,
    case: Case,
    user: User,
    agency: str,
    part: str,
    until_on: date | None = None,
    by: User,
    on: date,
    at: datetime,
) -> CaseWorker:
    """Somebody joins the case. Where their roles alone would not show the child they are granted
    it. The same part again, while it stands, is the one that stands."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    check_can_add_people(by, case, on)
    _check_facts(agency, part, until_on, on)
    _check_role(user, agency, on)
    if not may_be_told(case.pupil, agency):
        raise not_to_be_told(agency)
    mine = CaseWorker.objects.filter(case=case, user=user, part=part, ended_at__isnull=True)
    standing = mine.filter(standing_part(on)).first()
    if standing is not None:
        return standing
    mine.update(ended_at=at)  # their last day has gone by
    worker = CaseWorker.objects.create(
        case=case,
        user=user,
        agency=agency,
        part=part,
        from_on=on,
        until_on=until_on,
        grant=_grant(case, user, on, until_on),
        given_by=by,
    )
    title = f"{AGENCIES[Agency(agency)]} joined: {user}, {in_words(part)}"
    _record(worker, "case.worker_added", title, by=by, on=on, at=at)
    return worker


@transaction.atomic
def end_worker(
    *, worker: CaseWorker, reason: str = "", by: User, on: date, at: datetime
) -> CaseWorker:
    """Somebody's part ends at this moment, and with it the grant that came with it. One that has
    ended stays as it is."""
    worker = CaseWorker.objects.select_for_update(of=("self",)).get(pk=worker.pk)
    if worker.ended_at is not None:
        return worker
    check_can_end_part(by, worker, on)
    end_parts([worker], reason=reason, by=by, on=on, at=at)
    return worker


def end_parts(
    workers: Iterable[CaseWorker], *, reason: str, by: User, on: date, at: datetime
) -> None:
    """End these parts, whoever asks: for services that have made their own check, in their
    transaction."""
    for worker in workers:
        worker.ended_at = at
        worker.save(update_fields=["ended_at"])
        if worker.grant is not None:
            PupilGrant.objects.filter(pk=worker.grant.pk, ended_at__isnull=True).update(ended_at=at)
        _leave(worker, at)
        title = f"{AGENCIES[Agency(worker.agency)]} left: {worker.user}, {in_words(worker.part)}"
        _record(worker, "case.worker_ended", title, text=reason, by=by, on=on, at=at)


def in_words(part: str) -> str:
    """'lead worker'."""
    return CaseWorker.Part(part).label.lower()


def not_to_be_told(agency: str) -> Refused:
    """Nothing says yet why this agency may be told about the child."""
    message = f"Record why {in_sentence(agency)} may be told first."
    return Refused(
        message, code="no_basis", errors=(ErrorDetail("no_basis", message, pointer="agency"),)
    )


def _check_facts(agency: str, part: str, until_on: date | None, on: date) -> None:
    one_of(agency, _PARTNERS, "Choose the agency they work for.", pointer="agency")
    one_of(part, CaseWorker.Part.values, "Choose what they are in it.", pointer="part")
    if until_on is not None and until_on < on:
        raise wrong("Give today or a later day, or leave it empty.", pointer="until_on")


def _check_role(user: User, agency: str, on: date) -> None:
    """The newcomer must hold a role that shows casework; and one of the council's or a school's,
    to come from those: nobody goes round the family's consent by another agency's name."""
    held = roles_of(user, on)
    shows = {role.value for role in Role if ROLES[role].sees_casework} | {MACHINE_ROLE}
    if not held & shows:
        raise Refused(
            f"{user} has no role that shows cases today. Ask an administrator to give one.",
            code="no_role",
        )
    speaks_for = {AGENCY_OF_ROLE[role] for role in held if role in AGENCY_OF_ROLE}
    if agency in TOLD_ANYWAY and agency not in speaks_for:
        raise Refused(
            f"{user} has no role in that agency. Choose the agency they work for.",
            code="other_agency",
        )


def _grant(case: Case, user: User, on: date, until_on: date | None) -> PupilGrant | None:
    if memberships_show(user, case.pupil, on):
        return None
    return PupilGrant.objects.create(
        user=user,
        pupil=case.pupil,
        from_on=on,
        until_on=until_on,
        why=f"Case {case.reference}",
    )


def _leave(worker: CaseWorker, at: datetime) -> None:
    """Whoever has left the case does not stand on it as lead, cover or lead practitioner."""
    fields = {
        CaseWorker.Part.LEAD: {"lead": None},
        CaseWorker.Part.COVER: {"cover": None, "cover_until": None},
        CaseWorker.Part.LEAD_PRACTITIONER: {"lead_practitioner": None},
    }
    gone = fields.get(CaseWorker.Part(worker.part))
    if gone is None:
        return
    held = {next(iter(gone)): worker.user}
    Case.objects.filter(pk=worker.case_id, **held).update(
        **gone, version=F("version") + 1, updated_at=at
    )


def _record(
    worker: CaseWorker,
    verb: str,
    title: str,
    *,
    text: str = "",
    by: User,
    on: date,
    at: datetime,
) -> None:
    case = worker.case
    by_role = acting_role(by, Permission.LEAD_CASES, on)
    tell(
        pupil=case.pupil,
        case=case,
        kind=EntryKind.CASE,
        title=title,
        text=text,
        agency=worker.agency,
        at=at,
        by=by,
        by_role=by_role,
        about=worker,
    )
    facts = {"user": worker.user_id, "agency": worker.agency, "part": worker.part}
    write_audit(verb=verb, about=worker, by=by, at=at, after={"case": case.reference, **facts})
