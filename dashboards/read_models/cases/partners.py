"""Offers, referrals, consents and people of one case, in words, scoped to the reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse

from accounts.models import User as Person
from accounts.roles import MACHINE_ROLE, ROLES, Permission, Role
from attendance.read_models.calendar import ExpectedDays
from attendance.states import Tag
from attendance_portal.shared import wording
from cases.choices import AGENCIES, BASES, Agency, Basis
from cases.models import Case, CaseWorker, Consent, Offer, Referral, SupervisionNote
from cases.read_models.partners import standing_part, workers_of
from cases.read_models.people import people_for
from cases.rules.waits import ReferralDays, asks_for_meanwhile, total_wait, waited_days
from cases.services.workers import check_can_end_part
from cases.states import OFFER_ANSWERS, OfferAnswer, ReferralState, referral_tag
from dashboards.charts import Chart, ReferralBar, ReferralFacts, waiting_for_help
from schools.models import Membership
from schools.permissions import allowed, has_permission
from schools.scoping import membership_in_force

if TYPE_CHECKING:
    from accounts.models import User

#: Roles of people outside the school and the attendance team who help families.
_HELPS = Role.EARLY_HELP_WORKER


@dataclass(frozen=True)
class OfferLine:
    """One offer: what, by whom and when, the answer and what came of it. `href`: to answer it."""

    what: str
    offered: str
    answer: str
    result: str
    is_waiting: bool
    href: str


@dataclass(frozen=True)
class ReferralLine:
    """One referral: how it stands, how long the child has waited, what it needs from us."""

    service: str
    agency: str
    tag: Tag
    waited: str
    asks: str
    href: str


@dataclass(frozen=True)
class PersonLine:
    """Somebody who works on the case; `may_end`: whether the reader may end their part."""

    name: str
    agency: str
    part: str
    since: str
    until: str
    reach: str
    worker_id: int
    may_end: bool


@dataclass(frozen=True)
class ConsentLine:
    """Why one agency may be told, or might until when. `href`: to withdraw it."""

    agency: str
    basis: str
    purpose: str
    withdrawn: str
    href: str


@dataclass(frozen=True)
class PartnerBlock:
    """What the case page says of partners."""

    offers: list[OfferLine]
    referrals: list[ReferralLine]
    waited: str
    chart: Chart | None
    people: list[PersonLine]
    missing: list[str]
    consents: list[ConsentLine]
    may_refer: bool
    notes: int
    sees_notes: bool


def partner_block(case: Case, user: User, *, on: date) -> PartnerBlock:
    """The block of the case page. Six queries, whatever the case holds."""
    may_refer = has_permission(user, Permission.REFER)
    referrals = list(Referral.objects.visible_to(user).filter(case=case))
    people = people_lines(case, user, on=on)
    sees_notes = may_read_notes(case, user)
    notes = SupervisionNote.objects.visible_to(user).filter(case=case)
    return PartnerBlock(
        offers=[_offer(one, case, may_refer) for one in _offers(case, user)],
        referrals=_referrals(referrals, case, on),
        waited=_waited(referrals, on),
        chart=waits_chart(case, referrals, on=on),
        people=people,
        missing=missing_people(case),
        consents=consent_lines(case, user, may_refer=may_refer),
        may_refer=may_refer and case.is_live,
        notes=notes.count() if sees_notes else 0,
        sees_notes=sees_notes,
    )


def _offers(case: Case, user: User) -> Iterable[Offer]:
    rows: Iterable[Offer] = Offer.objects.visible_to(user).filter(case=case)
    return rows


def _offer(offer: Offer, case: Case, may_refer: bool) -> OfferLine:
    return OfferLine(
        what=offer.what,
        offered=_offered(offer),
        answer=_answered(offer),
        result=offer.result,
        is_waiting=offer.answer == OfferAnswer.WAITING,
        href=reverse("offer", args=[case.reference, offer.pk]) if may_refer else "",
    )


def _offered(offer: Offer) -> str:
    """'3 Mar 2026 by School. To: the mother'."""
    to = f". To: {offer.offered_to}" if offer.offered_to else ""
    return f"{wording.day(offer.offered_on)} by {AGENCIES[Agency(offer.agency)]}{to}"


def _answered(offer: Offer) -> str:
    label = OFFER_ANSWERS[OfferAnswer(offer.answer)]
    return f"{label}, {wording.day(offer.answered_on)}" if offer.answered_on else label


def offer_facts(offer: Offer) -> list[tuple[str, str]]:
    """An offer as a list of what and who."""
    role = ROLES[Role(offer.by_role)].label if offer.by_role in set(Role) else ""
    rows = [("Offered", offer.what), ("When and by whom", _offered(offer))]
    rows += [("Written down by", f"{offer.offered_by}, {role}")] if role else []
    return [*rows, ("Answer", _answered(offer))]


def days_of(referral: Referral) -> ReferralDays:
    """A referral as its days."""
    is_no = referral.state == ReferralState.DECLINED
    return ReferralDays(
        sent_on=referral.sent_on,
        declined_on=referral.answered_on if is_no else None,
        accepted_on=None if is_no else referral.answered_on,
        started_on=referral.started_on,
        ended_on=referral.ended_on,
        told_on=referral.told_on,
    )


def _referrals(referrals: list[Referral], case: Case, on: date) -> list[ReferralLine]:
    days = ExpectedDays()
    return [_referral(one, case, on, days) for one in referrals]


def _referral(referral: Referral, case: Case, on: date, days: ExpectedDays) -> ReferralLine:
    facts = days_of(referral)
    return ReferralLine(
        service=referral.service,
        agency=AGENCIES[Agency(referral.to_agency)],
        tag=tag_of(referral, on),
        waited=waited_words(facts, on),
        asks=what_it_asks(referral, facts, case, on, days),
        href=reverse("referral", args=[case.reference, referral.pk]),
    )


def tag_of(referral: Referral, on: date) -> Tag:
    """Its tag, with the days waited where help has not begun."""
    facts = days_of(referral)
    waiting = waited_days(facts, on) if facts.is_waiting else 0
    is_told = referral.told_on is not None
    return referral_tag(referral.state, waiting_days=waiting, is_told=is_told)


def waited_words(days: ReferralDays, on: date) -> str:
    """'Waiting 31 days so far' or 'Waited 31 days'."""
    verb, so_far = ("Waiting", " so far") if days.is_waiting else ("Waited", "")
    return f"{verb} {wording.counted(waited_days(days, on), 'day')}{so_far}"


def what_it_asks(
    referral: Referral, facts: ReferralDays, case: Case, on: date, days: ExpectedDays
) -> str:
    """What we owe: the outcome told, or something meanwhile (SUP-04); nothing else."""
    if referral.state in (ReferralState.ENDED, ReferralState.DECLINED):
        return "" if referral.told_on else "Tell whoever asked what came of it."
    if referral.meanwhile or not facts.is_waiting:
        return ""
    school_days = days.between(referral.sent_on, on, case.school.meeting_days)
    is_long = asks_for_meanwhile(facts, school_days)
    return "Six school weeks or more. What helps meanwhile?" if is_long else ""


def _waited(referrals: list[Referral], on: date) -> str:
    """All waits in one sentence; empty without referrals."""
    if not referrals:
        return ""
    declined = sum(one.state == ReferralState.DECLINED for one in referrals)
    total = wording.counted(total_wait(map(days_of, referrals), on), "day")
    asked = wording.counted(len(referrals), "referral")
    no = f", {declined} declined" if declined else ""
    return f"{asked}{no}. The child has waited {total} in all."


def waits_chart(case: Case, referrals: list[Referral], *, on: date) -> Chart | None:
    """F15 of one case; None without referrals."""
    bars = [
        ReferralBar(
            service=one.service,
            agency=AGENCIES[Agency(one.to_agency)],
            days=days_of(one),
            href=reverse("referral", args=[case.reference, one.pk]),
        )
        for one in sorted(referrals, key=lambda one: (one.sent_on, one.pk))
    ]
    return waiting_for_help(ReferralFacts(case.reference, on, bars))


def people_lines(case: Case, user: User, *, on: date) -> list[PersonLine]:
    """Who works on the case now. How to reach them: for those who reach families too."""
    rows = CaseWorker.objects.visible_to(user).filter(standing_part(on), case=case)
    shows_reach = has_permission(user, Permission.SEE_CONTACTS)
    return [
        PersonLine(
            name=str(one.user),
            agency=AGENCIES[Agency(one.agency)],
            part=CaseWorker.Part(one.part).label,
            since=wording.day(one.from_on),
            until=wording.day(one.until_on) if one.until_on else "",
            reach=one.user.email if shows_reach and not one.user.is_machine else "",
            worker_id=one.pk,
            may_end=allowed(check_can_end_part, user, one, on),
        )
        for one in rows.select_related("user", "case__lead").order_by("from_on", "pk")
    ]


@dataclass(frozen=True)
class PeoplePage:
    """Everybody on the case, whom the child has not got, and why agencies may be told."""

    people: list[PersonLine]
    missing: list[str]
    trusted_adult: str
    consents: list[ConsentLine]
    may_refer: bool

    @property
    def ends(self) -> bool:
        """Whether the reader may end the part of anybody."""
        return any(one.may_end for one in self.people)


def people_page(case: Case, user: User, *, on: date) -> PeoplePage:
    """The page of people."""
    may_refer = has_permission(user, Permission.REFER)
    return PeoplePage(
        people=people_lines(case, user, on=on),
        missing=missing_people(case),
        trusted_adult=case.trusted_adult,
        consents=consent_lines(case, user, may_refer=may_refer),
        may_refer=may_refer,
    )


def join_choices(case: Case, user: User, *, on: date) -> list[tuple[str, str]]:
    """Who may join: the people of the school and the attendance team, helpers of other agencies,
    and their systems."""
    systems = Person.objects.filter(
        membership_in_force(on, "memberships__"),
        memberships__role=MACHINE_ROLE,
        memberships__scope=Membership.Scope.NOBODY,
        is_machine=True,
        is_active=True,
    )
    found = dict(people_for(case, user, on=on))
    for key, words in helper_choices(on):
        found.setdefault(key, words)
    for system in systems.order_by("name", "pk").distinct():
        found.setdefault(str(system.pk), f"{system}, a system")
    return list(found.items())


def missing_people(case: Case) -> list[str]:
    """Whom the child has not got: shown, never hidden (mission map, section 3)."""
    missing = []
    if case.lead_id is None:
        missing.append("Nobody leads this case yet.")
    if case.lead_practitioner_id is None:
        missing.append("No lead practitioner is named.")
    if not case.trusted_adult:
        missing.append("No adult whom the child trusts is named.")
    return missing


def consent_lines(case: Case, user: User, *, may_refer: bool) -> list[ConsentLine]:
    """Why agencies may be told, what stands first."""
    rows = list(Consent.objects.visible_to(user).filter(pupil=case.pupil_id))
    rows.sort(key=lambda one: (one.withdrawn_at is not None, -one.given_on.toordinal(), -one.pk))
    return [_consent(one, case, may_refer) for one in rows]


def _consent(consent: Consent, case: Case, may_refer: bool) -> ConsentLine:
    withdrawn = ""
    if consent.withdrawn_at is not None:
        withdrawn = f"Until {wording.moment(consent.withdrawn_at)}: {consent.withdraw_reason}"
    stands = may_refer and not withdrawn
    return ConsentLine(
        agency=AGENCIES[Agency(consent.agency)],
        basis=_basis(consent),
        purpose=consent.purpose,
        withdrawn=withdrawn,
        href=reverse("consent_withdraw", args=[case.reference, consent.pk]) if stands else "",
    )


def _basis(consent: Consent) -> str:
    """'The family agreed: the mother, 3 Mar 2026'."""
    who_or_why = consent.given_by or consent.reason
    return f"{BASES[Basis(consent.basis)]}: {who_or_why}, {wording.day(consent.given_on)}"


def basis_choices(case: Case, agencies: Iterable[Agency]) -> list[tuple[str, str]]:
    """Agencies to choose from, each with why it may be told, or that nothing says so yet."""
    standing = dict(
        Consent.objects.filter(pupil=case.pupil_id, withdrawn_at__isnull=True).values_list(
            "agency", "basis"
        )
    )

    def words(agency: Agency) -> str:
        if agency not in standing:
            return f"{AGENCIES[agency]} (nothing recorded yet)"
        basis = BASES[Basis(standing[agency])]
        return f"{AGENCIES[agency]} ({basis[:1].lower()}{basis[1:]})"

    return [(agency.value, words(agency)) for agency in agencies]


def helper_choices(on: date) -> list[tuple[str, str]]:
    """People who help families outside the school and the attendance team."""
    return [(str(one.pk), _named(one)) for one in _helpers(on)]


def helper_of(chosen: str, on: date) -> Person | None:
    """One of them; None for nobody."""
    return next((one for one in _helpers(on) if str(one.pk) == chosen), None)


def _helpers(on: date) -> list[Person]:
    held = Membership.objects.filter(membership_in_force(on), role=_HELPS, user__is_active=True)
    people = Person.objects.filter(pk__in=held.values("user"), is_machine=False)
    return list(people.order_by("name", "pk"))


def _named(person: Person) -> str:
    return f"{person}, {person.organisation}" if person.organisation else str(person)


def may_read_notes(case: Case, user: User) -> bool:
    """Whether supervision notes of this case are anything to this person: they supervise, lead
    the case, or read every restricted note."""
    reads = (Permission.SUPERVISE, Permission.SEE_RESTRICTED)
    return case.lead_id == user.pk or any(has_permission(user, one) for one in reads)


def supervised_choices(case: Case, on: date) -> list[tuple[str, str]]:
    """With whom a case can be talked over: whoever works on it now."""
    people = {str(one.user_id): str(one.user) for one in workers_of(case, on)}
    if case.lead is not None:
        people.setdefault(str(case.lead_id), str(case.lead))
    return list(people.items())


@dataclass(frozen=True)
class ReferralPage:
    """One referral: its facts in order, how long it took, what it asks of us."""

    service: str
    agency: str
    tag: Tag
    rows: list[tuple[str, str]]
    asks: str


def referral_page(referral: Referral, *, on: date) -> ReferralPage:
    """The page of one referral."""
    facts = days_of(referral)
    case = referral.case
    return ReferralPage(
        service=referral.service,
        agency=AGENCIES[Agency(referral.to_agency)],
        tag=tag_of(referral, on),
        rows=_referral_rows(referral, facts, on),
        asks=what_it_asks(referral, facts, case, on, ExpectedDays()),
    )


def _referral_rows(referral: Referral, facts: ReferralDays, on: date) -> list[tuple[str, str]]:
    answered = "Declined" if facts.declined_on else "Accepted"
    days = [
        ("Sent", referral.sent_on),
        (answered, referral.answered_on),
        ("Help began", referral.started_on),
        ("Ended", referral.ended_on),
        ("Outcome told", referral.told_on),
    ]
    role = ROLES[Role(referral.by_role)].label if referral.by_role in set(Role) else ""
    words = [
        ("Asked by", ", ".join(part for part in (str(referral.sent_by or ""), role) if part)),
        ("May be told, because", _basis(referral.consent) if referral.consent else ""),
        ("Why help is needed", referral.reason),
        ("Meanwhile", referral.meanwhile),
        ("Why it was declined", referral.decline_reason),
        ("What came of it", referral.outcome),
        ("Wait", waited_words(facts, on)),
    ]
    shown = [(name, wording.day(day)) for name, day in days if day is not None]
    return shown + [(name, text) for name, text in words if text]
