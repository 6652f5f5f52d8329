"""The demo borough: made, loaded, run for ten school days, with one login a role.

Everything goes by the same services as real life: the bundle is written to files and loaded, the
nightly run is run. Safe to run again: what is there is kept, and the logins are told again.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from accounts.models import User
from accounts.roles import Role
from attendance.borough.build import Options, make_borough
from attendance.borough.fixtures import SCHOOLS, upn_of
from attendance.imports.bundle import load_bundle
from attendance.selectors import figures_date
from attendance.services import nightly
from schools.models import Membership, Patch, Pupil, PupilGrant, School, Term

RUNS = 10  # school days for which the nightly is run, so that flags have a history
PATCH_SCHOOLS = 8
Say = Callable[[str], None]


@dataclass(frozen=True)
class Login:
    """One person of the demo."""

    role: str
    email: str
    password: str
    sees: str


def load_demo(*, pupils: int, until: date, home: Path, at: datetime, say: Say) -> list[Login]:
    """Make and load the borough unless it is there, run ten nights, and give each role a login."""
    if figures_date() is None:
        _load_borough(pupils=pupils, until=until, home=home, at=at, say=say)
    return _people(_password(home), until)


def _load_borough(*, pupils: int, until: date, home: Path, at: datetime, say: Say) -> None:
    bundle = home / "borough"
    say(f"Making a borough of {pupils:,} invented children ...")
    make_borough(bundle, Options(pupils=pupils, until=until), say)
    say("Loading it ...")
    load_bundle(bundle, by=None, on=until, at=at, progress=say)
    for day in last_school_days(until, RUNS):
        say(f"Nightly run as of {day} ...")
        nightly.run_for_everyone(as_of=day)


def last_school_days(until: date, count: int) -> list[date]:
    """The last weekdays in term up to `until`, oldest first."""
    terms = list(Term.objects.values_list("starts_on", "ends_on"))
    days: list[date] = []
    day = until
    while len(days) < count and day > until - timedelta(days=120):
        if day.isoweekday() <= 5 and any(first <= day <= last for first, last in terms):
            days.append(day)
        day -= timedelta(days=1)
    return sorted(days)


def _password(home: Path) -> str:
    """One password for all demo people, made on this machine and kept beside its data."""
    kept = home / "demo_password"
    if not kept.exists():
        home.mkdir(parents=True, exist_ok=True)
        kept.write_text(secrets.token_urlsafe(12))
        kept.chmod(0o600)
    return kept.read_text().strip()


def _person(name: str, role: Role, password: str, organisation: str) -> User:
    email = f"{role.value.replace('_', '.')}@portal.example"
    user, _ = User.objects.get_or_create(
        email=email, defaults={"name": name, "organisation": organisation}
    )
    if not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    return user


def _patch() -> Patch:
    patch, is_new = Patch.objects.get_or_create(name="East patch")
    if is_new:
        fixed = School.objects.filter(pk__in=SCHOOLS.values())
        others = School.objects.exclude(pk__in=SCHOOLS.values()).alphabetical()
        patch.schools.set([*fixed, *others[: max(PATCH_SCHOOLS - fixed.count(), 0)]])
    return patch


def _grant(user: User, keys: tuple[str, ...], since: date, why: str) -> None:
    upns = [upn_of(key) for key in keys]
    for pupil in Pupil.objects.filter(upn__in=upns):
        until = since + timedelta(days=90)
        PupilGrant.objects.get_or_create(
            user=user, pupil=pupil, defaults={"from_on": since, "until_on": until, "why": why}
        )


def _people(password: str, since: date) -> list[Login]:
    school = School.objects.get(pk=SCHOOLS["three_days_behind"])
    council = "The council"
    whole, nobody = Membership.Scope.LA, Membership.Scope.NOBODY
    rows: list[tuple[str, Role, str, dict[str, Any]]] = [
        ("Amina Hughes", Role.ATTENDANCE_OFFICER, council, {"scope": "patch", "patch": _patch()}),
        ("Graham Osei", Role.TEAM_MANAGER, council, {"scope": whole}),
        ("Ruth Kaplan", Role.SCHOOL_LEAD, school.name, {"scope": "school", "school": school}),
        ("Dev Chandra", Role.EARLY_HELP_WORKER, council, {"scope": nobody}),
        ("Moira Quill", Role.PANEL_MEMBER, "Health", {"scope": nobody}),
        ("Tom Bassey", Role.ANALYST, council, {"scope": whole}),
        ("Ines Duarte", Role.ADMINISTRATOR, council, {"scope": nobody}),
    ]
    logins = []
    for name, role, organisation, scope in rows:
        user = _person(name, role, password, organisation)
        Membership.objects.get_or_create(
            user=user, role=role.value, defaults={"from_on": since, **scope}
        )
        logins.append(Login(role.value, user.email, password, _sees(scope)))
    _grant(User.objects.get(email=logins[3].email), ("stopped", "declining", "holiday"), since,
           "Assigned for early help")  # fmt: skip
    _grant(User.objects.get(email=logins[4].email), ("stopped",), since, "On a panel's agenda")
    return logins


def _sees(scope: dict[str, Any]) -> str:
    kind = scope["scope"]
    if kind == Membership.Scope.LA:
        return "the whole borough"
    if kind == Membership.Scope.NOBODY:
        return "only children granted"
    return str(scope["patch"] if kind == "patch" else scope["school"])
