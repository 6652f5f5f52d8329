"""How the pages of casework grow: 5,000 open cases beside 50, 500 lines of a timeline beside 5."""

from __future__ import annotations

from datetime import timedelta
from statistics import median
from typing import Final

from attendance.services import nightly
from dashboards.management.bench import database, filling, pages
from dashboards.management.bench.run import Run
from schools.rules.calendar import academic_year

PUPILS: Final = 6_000
FEW, MANY = 50, 5_000
SHORT, LONG = 5, 500  # lines of one case's timeline
VIEWS: Final = 40
REFERENCE: Final = "AT-B1"
OF_THE_TARGET: Final = ("case_list", "case_page", "case_timeline")

CASES: Final = """
INSERT INTO cases_case (pupil_id, school_id, reference, status, pause_reason, stage, stage_since,
    track, team, lead_id, trusted_adult, preferred_contact, concern, aim, deescalation,
    worker_direction, worker_direction_why, next_review_on, opened_on, opened_from, opened_by_id,
    version, created_at, updated_at)
SELECT e.pupil_id, e.school_id,
    'AT-B' || (SELECT count(*) FROM cases_case) + row_number() OVER (ORDER BY e.id), 'open', '',
    2 + e.id %% 4, %(on)s - (e.id %% 90)::int, 'specific_issue', 'attendance', %(lead)s, '', '',
    '', 'To be with friends', '', 'not_known', '', %(on)s + (e.id %% 40)::int - 10,
    %(on)s - 90, 'flag', %(lead)s, 1, now(), now()
FROM schools_enrolment e
WHERE NOT EXISTS (SELECT 1 FROM cases_case c WHERE c.pupil_id = e.pupil_id)
ORDER BY e.id LIMIT %(number)s
"""
ENTRIES: Final = """
INSERT INTO cases_timelineentry (pupil_id, case_id, at, kind, title, text, fact, agency, by_id,
    by_role, is_restricted, object_kind, object_ref)
SELECT c.pupil_id, c.id, now() - n * interval '7 hours',
    (ARRAY['contact', 'plan', 'action', 'offer'])[1 + n %% 4], 'A line of the timeline',
    'What was said that day.', '', 'attendance', %(lead)s, 'attendance_officer', n %% 20 = 0, '', ''
FROM cases_case c, generate_series(1, %(number)s) n WHERE c.reference = %(reference)s
"""


def growth(run: Run) -> None:
    """The list and one case's pages, small and large, in a database of their own."""
    with database.own_database("bench"):
        first = filling.years_until(run.until, 1)
        filling.people(PUPILS, start=run.until - timedelta(days=200), years=first)
        filling.registers(academic_year(run.until), run.until)
        run.fact(f"Casework is measured among {PUPILS:,} pupils")
        nightly.run_for_everyone(as_of=run.until)
        _add(run, FEW, SHORT)
        few = _times(run)
        _add(run, MANY - FEW, LONG - SHORT)
        many = _times(run)
    told = {key: f"{many[key] * 1000:.0f} ms against {few[key] * 1000:.0f} ms" for key in many}
    for key in OF_THE_TARGET:
        run.record(key, many[key] / few[key], told[key])
    others = [f"{key} {told[key]}" for key in many if key not in OF_THE_TARGET]
    run.fact(f"Other pages with {MANY:,} open cases and with {FEW}: {', '.join(others)}")


def _add(run: Run, cases: int, entries: int) -> None:
    lead = pages.person(run).pk
    database.execute(CASES, {"on": run.until, "lead": lead, "number": cases})
    database.execute(ENTRIES, {"lead": lead, "number": entries, "reference": REFERENCE})
    database.execute("ANALYZE")


def _times(run: Run) -> dict[str, float]:
    """The median of each page, in seconds."""
    client = pages.officer(run)
    addresses = {
        "case_list": "/cases/",
        "case_page": f"/cases/{REFERENCE}/",
        "case_timeline": f"/cases/{REFERENCE}/timeline/",
        "today": "/",
        "queues": "/cases/queues/",
        "report": "/cases/report/",
    }
    return {
        name: median(pages.times(client, [address] * VIEWS)) for name, address in addresses.items()
    }
