"""The people of the demo: one login a role, and something true for each to do.

Everybody is made, and everything is done, by the services that the pages use. Each person's
`finds` is what they find on the morning after the marks end; a test holds every one of them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.models import ChainCheckRecord, User
from accounts.roles import ROLES, Role
from accounts.services import create_person, log_view, seal_audit
from accounts.services.audit import check_chain
from accounts.services.people import person_with
from attendance.borough.fixtures import SCHOOLS, upn_of
from attendance.models import Flag
from attendance.services.answers import answer_flag
from dashboards.management.demo_cases import EARLY_HELP_CHILDREN, Team, make_cases
from dashboards.management.demo_meeting_words import LEADS
from dashboards.management.demo_meetings import Hosts, make_meetings
from dashboards.management.demo_places import write_down_places
from schools.models import Membership, Patch, Place, Pupil, PupilGrant, School, Trust
from schools.scoping import membership_in_force
from schools.services.people import give_access

EAST, WEST = "East patch", "West patch"
EAST_SHARE = 3  # the east is one school in so many, and the schools with a known story
TRUST = "90002"  # several schools in a borough of any size
CHILD_OF_THE_PANEL = "stopped"
IN_OFFICE_DAYS = 200  # since when they have had access: before the first of the demo's cases
ENDS_IN_DAYS = 10
GRANT_DAYS = 90
#: The borough's wards in four localities: a grouping for the demo, no council's own.
WARDS = "E050124"  # how the codes of the borough's own wards begin
LOCALITIES = {
    "East Cleveland": ("Brotton", "Lockwood", "Loftus", "Skelton East", "Skelton West"),
    "Greater Eston": ("Eston", "Grangetown", "Normanby", "Ormesby", "South Bank", "Teesville"),
    "Guisborough and the coast": (
        "Belmont", "Guisborough", "Hutton", "Longbeck", "Saltburn", "St Germain's",
    ),
    "Redcar": (
        "Coatham", "Dormanstown", "Kirkleatham", "Newcomen", "West Dyke", "Wheatlands", "Zetland",
    ),
}  # fmt: skip
FLAGS_ANSWERED = 60
LOOK_AGAIN_DAYS = 7
COUNCIL = "The council"


@dataclass(frozen=True)
class Login:
    """One person of the demo. `finds`: what is true for them to do."""

    role: str
    email: str
    password: str
    sees: str
    finds: str


@dataclass(frozen=True)
class _Person:
    """`address` is what stands before the @; `scope` are the further arguments of give_access."""

    address: str
    name: str
    role: Role
    organisation: str
    scope: dict[str, Any]
    sees: str
    finds: str = ""
    days_left: int | None = None
    is_in_use: bool = True

    @property
    def email(self) -> str:
        return f"{self.address}@portal.example"


@transaction.atomic
def settle_people(*, until: date, today: date, home: Path, at: datetime) -> list[Login]:
    """Make whoever is missing, give what is missing, and tell the logins."""
    word = password(home)
    people = _people()
    _localities()
    found = {person.address: _settle(person, word, until, at) for person in people}
    _grant(found["panel.member"], (CHILD_OF_THE_PANEL,), until, "On a panel's agenda")
    make_cases(
        Team(
            east=found["attendance.officer"],
            west=found["attendance.officer.west"],
            manager=found["team.manager"],
            early_help=found["early.help.worker"],
            school=found["school.lead"],
        ),
        today=today,
    )
    make_meetings(_hosts(found, word, until, at), until=until, today=today)
    write_down_places(by=found["team.manager"], on=today)
    if not ChainCheckRecord.objects.exists():
        _a_day_of_work(found, until, today, at)
    seal_audit()
    return [
        Login(person.role.value, person.email, word, person.sees, person.finds)
        for person in people
        if person.finds
    ]


def password(home: Path) -> str:
    """One password for all demo people, made on this machine and kept beside its data."""
    kept = home / "demo_password"
    if not kept.exists():
        home.mkdir(parents=True, exist_ok=True)
        kept.write_text(secrets.token_urlsafe(12))
        kept.chmod(0o600)
    return kept.read_text().strip()


def _people() -> list[_Person]:
    school = School.objects.get(pk=SCHOOLS["three_days_behind"])
    trust = Trust.objects.get(uid=TRUST)
    east, west = _patches()
    whole, granted = "the whole borough", "only children granted"
    return [
        _Person(
            "attendance.officer", "Amina Hughes", Role.ATTENDANCE_OFFICER, COUNCIL,
            {"patch": east}, EAST,
            "new flags since yesterday, cases at every stage, a school whose marks stopped, and a "
            "school without a meeting this term",
        ),
        _Person(
            "team.manager", "Graham Osei", Role.TEAM_MANAGER, COUNCIL, {}, whole,
            "cases that nobody leads, one to decide on, flags that nobody has answered, and which "
            "schools have met this term",
        ),
        _Person(
            "school.lead", "Ruth Kaplan", Role.SCHOOL_LEAD, school.name, {"schools": [school]},
            school.name,
            "marks three school days behind, reasons owed, two cases of its own, and a meeting on "
            "Thursday to prepare",
        ),
        _Person(
            "early.help.worker", "Dev Chandra", Role.EARLY_HELP_WORKER, COUNCIL, {}, granted,
            "three families, each with a plan",
        ),
        _Person(
            "panel.member", "Moira Quill", Role.PANEL_MEMBER, "Health", {}, granted,
            "the one child of the agenda",
        ),
        _Person(
            "analyst", "Tom Bassey", Role.ANALYST, COUNCIL, {}, whole,
            "this year's figures beside last year's and England's",
        ),
        _Person(
            "administrator", "Ines Duarte", Role.ADMINISTRATOR, COUNCIL, {}, "people and logs",
            "access that ends, an account never used, the access log and the audit trail",
        ),
        _Person(
            "attendance.officer.west", "Joseph Tarn", Role.ATTENDANCE_OFFICER, COUNCIL,
            {"patch": west}, WEST, "the flags, cases and meetings of the other patch",
        ),
        _Person(
            "trust.lead", "Nasreen Malik", Role.SCHOOL_LEAD, trust.name, {"trusts": [trust]},
            trust.name, "several schools of one trust",
        ),
        _Person(
            "cover.officer", "Colin Marsh", Role.ATTENDANCE_OFFICER, COUNCIL, {"patch": west},
            WEST, is_in_use=False,
        ),
        _Person(
            "student.placement", "Priya Nair", Role.EARLY_HELP_WORKER, COUNCIL, {}, granted,
            days_left=ENDS_IN_DAYS,
        ),
    ]  # fmt: skip


def _localities() -> None:
    for place, (name, wards) in enumerate(LOCALITIES.items(), start=1):
        facts = {"name": name, "kind": Place.Kind.LOCALITY}
        locality, _ = Place.objects.get_or_create(code=f"LOCALITY-{place}", defaults=facts)
        Place.objects.filter(code__startswith=WARDS, name__in=wards).update(part_of=locality)


def _patches() -> tuple[Patch, Patch]:
    """Every school is on one of the two; those with a known story are in the east."""
    east, is_new = Patch.objects.get_or_create(name=EAST)
    west, _ = Patch.objects.get_or_create(name=WEST)
    if is_new:
        others = School.objects.exclude(pk__in=SCHOOLS.values()).order_by("pk")
        east.schools.set(
            [*School.objects.filter(pk__in=SCHOOLS.values()), *others[EAST_SHARE - 1 :: EAST_SHARE]]
        )
        west.schools.set(School.objects.exclude(pk__in=east.schools.values("pk")))
    return east, west


def _settle(person: _Person, word: str, until: date, at: datetime) -> User:
    user = person_with(person.email)
    if user is None:
        user = create_person(email=person.email, password=word, name=person.name, by=None, at=at)
        user.organisation = person.organisation
        user.last_login = at - timedelta(days=1) if person.is_in_use else None
        user.save(update_fields=["organisation", "last_login"])
    elif person.finds and not user.check_password(word):  # the home moved: another word is told
        user.set_password(word)
        user.save(update_fields=["password"])
    first = until - timedelta(days=IN_OFFICE_DAYS)
    # A demo of before there were cases began its people later than the first case does.
    Membership.objects.filter(user=user, from_on__gt=first).update(from_on=first)
    if not Membership.objects.filter(membership_in_force(until), user=user).exists():
        last = until + timedelta(days=person.days_left) if person.days_left else None
        give_access(
            user=user,
            role=person.role.value,
            from_on=first,
            until_on=last,
            reason=ROLES[person.role].description,
            by=None,
            at=at,
            **person.scope,
        )
    return user


def _hosts(found: dict[str, User], word: str, until: date, at: datetime) -> Hosts:
    """Who sits at the tables of targeting support meetings."""
    own = School.objects.get(pk=SCHOOLS["three_days_behind"])
    patches = [
        (officer, tuple(School.objects.filter(patches__name=name, status="open").order_by("pk")))
        for officer, name in (
            (found["attendance.officer"], EAST),
            (found["attendance.officer.west"], WEST),
        )
    ]
    leads = {own.pk: found["school.lead"]}
    for place, school in enumerate(one for _, schools in patches for one in schools):
        if school.trust_id is not None and school.trust.uid == TRUST:
            leads.setdefault(school.pk, found["trust.lead"])
        elif school.pk not in leads:
            lead = _Person(
                f"lead.{school.pk}", LEADS[place % len(LEADS)], Role.SCHOOL_LEAD, school.name,
                {"schools": [school]}, school.name,
            )  # fmt: skip
            leads[school.pk] = _settle(lead, word, until, at)
    return Hosts(tuple(patches), leads, found["early.help.worker"], own)


def _grant(user: User, keys: tuple[str, ...], since: date, why: str) -> None:
    for pupil in Pupil.objects.filter(upn__in=[upn_of(key) for key in keys]):
        last = since + timedelta(days=GRANT_DAYS)
        PupilGrant.objects.get_or_create(
            user=user, pupil=pupil, defaults={"from_on": since, "until_on": last, "why": why}
        )


def _a_day_of_work(people: dict[str, User], until: date, today: date, at: datetime) -> None:
    """What stood in the logs when the demo was first shown: answers, readings, a chain checked."""
    officer = people["attendance.officer"]
    _answer_some(officer, until, today, at)
    for address, keys in (
        ("attendance.officer", ("stopped", "declining", "unauthorised_run")),
        ("early.help.worker", tuple(EARLY_HELP_CHILDREN)),
        ("panel.member", (CHILD_OF_THE_PANEL,)),
    ):
        for key in keys:
            _read(people[address], key, at)
    seal_audit()
    check_chain(by=people["administrator"], at=at)


def _read(user: User, key: str, at: datetime) -> None:
    """One opening of a record, as the page does it: within scope, and logged."""
    pupil = Pupil.objects.visible_to(user).get(upn=upn_of(key))
    log_view(user=user, subject_ref=str(pupil.public_id), page="pupil", at=at)


def _answer_some(officer: User, until: date, today: date, at: datetime) -> None:
    """The officer has answered a few of the flags that opened before the last run."""
    flags = Flag.objects.visible_to(officer).filter(closed_on=None, opened_on__lt=until)
    for flag in flags.order_by("-opened_on", "pk")[:FLAGS_ANSWERED]:
        answer_flag(
            flag=flag,
            reason="The school has met the family and will ring again next week.",
            look_again_on=today + timedelta(days=LOOK_AGAIN_DAYS),
            by=officer,
            on=today,
            at=at,
        )
