"""The demo borough: made, loaded, run for ten school days, with one login a role.

Everything goes by the same services as real life: the bundle is written to files and loaded, the
nightly run is run. Safe to run again: what is there is kept, and the logins are told again. Who
the people are and what they find: `demo_people`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from attendance.borough.build import Options, make_borough
from attendance.imports.bundle import load_bundle
from attendance.selectors import figures_date
from attendance.services import nightly
from attendance_portal.shared.planner import count_for_the_planner
from dashboards.management.demo_people import Login, settle_people
from dashboards.services.warm import warm_figures
from schools.models import Term

PUPILS = 4000
YEARS = 2  # last year's figures stand beside this year's
RUNS = 10  # school days for which the nightly is run, so that flags have a history
Say = Callable[[str], None]


def load_demo(
    *, pupils: int, until: date, today: date, home: Path, at: datetime, say: Say
) -> list[Login]:
    """Make and load the borough unless it is there, run ten nights, and give each role a login."""
    if figures_date() is None:
        _load_borough(pupils=pupils, until=until, home=home, at=at, say=say)
        count_for_the_planner()
    logins = settle_people(until=until, today=today, home=home, at=at)
    count_for_the_planner()
    warm_figures()
    return logins


def _load_borough(*, pupils: int, until: date, home: Path, at: datetime, say: Say) -> None:
    bundle = home / "borough"
    say(f"Making a borough of {pupils:,} invented children ...")
    make_borough(bundle, Options(pupils=pupils, years=YEARS, until=until), say)
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
