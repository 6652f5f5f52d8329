"""Registers of any size straight into the tables by SQL: shapes as in life, files passed over.

Schools of 366 children, on roll throughout; one child in sixteen is often absent and one in sixty
hardly comes. Each week is drawn from a pool of weeks made beforehand, by a hash of child and week:
the same every time.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from typing import Final

from dashboards.management.bench import database
from schools.rules.calendar import academic_year

PUPILS_A_SCHOOL: Final = 366  # 22,000 in 60 schools
FIRST_URN: Final = 900_001
POOL: Final = 1000  # made-up weeks of each kind
SLOTS_OPEN: Final = 10  # Monday to Friday, morning and afternoon
#: (upper bound in sixtieths of the children, chance that a spell starts at a session, codes)
KINDS: Final = ((55, 0.008, "IIIIIMMCNO"), (59, 0.06, "IIIIMNOOUG"), (60, 0.35, "IINOOOOUGG"))
STAYS_AWAY: Final = 0.75  # chance that an absence lasts another session
#: (first and last day of each half-term, as (month, day) of the first or second calendar year)
HALF_TERMS: Final = (
    (1, (9, 2), (10, 24)), (2, (11, 3), (12, 19)), (3, (1, 5), (2, 13)),
    (4, (2, 23), (3, 27)), (5, (4, 13), (5, 22)), (6, (6, 1), (7, 17)),
)  # fmt: skip

PEOPLE: Final = """
INSERT INTO schools_school (urn, name, folded_name, la_code, estab, phase, type, status, postcode,
                            meeting_days, updated_at)
SELECT %(urn)s + n, 'School ' || n, 'school ' || n, '807', '', CASE WHEN n %% 5 = 0 THEN 'SS'
       ELSE 'PS' END, '', 'open', '', '12345', now()
FROM generate_series(0, (%(pupils)s - 1) / %(each)s) n;
INSERT INTO schools_pupil (public_id, upn, surname, forename, folded_name, date_of_birth, sex,
                           ethnicity, first_language, sen_provision, fsm_eligible, pupil_premium,
                           social_care, young_carer, home_la, postcode, idaci_decile, updated_at)
SELECT gen_random_uuid(), 'A' || lpad(n::text, 12, '0'), 'Surname' || n %% 997,
       'Forename' || n %% 499, 'surname' || n %% 997 || ' forename' || n %% 499,
       DATE '2010-01-01' + n %% 3000,
       substr('MF', 1 + n %% 2, 1), 'WBRI', 'ENG', substr('NNNNKE', 1 + n %% 6, 1), n %% 4 = 0,
       n %% 4 = 0, 'NONE', false, '807', '', 1 + n %% 10, now()
FROM generate_series(0, %(pupils)s - 1) n;
INSERT INTO schools_enrolment (pupil_id, school_id, starts_on, status, year_group, recorded_at,
                               updated_at, awaiting_confirmation)
SELECT id, %(urn)s + (row_number() OVER (ORDER BY upn) - 1) / %(each)s, %(start)s, 'C',
       (1 + id %% 11)::text, now(), now(), false
FROM schools_pupil
"""
WEEKS: Final = """
INSERT INTO register_week (enrolment_id, school_id, week_start, marks)
SELECT e.id, e.school_id, w.week_start, CASE WHEN w.days < 5 OR w.skips > 0
         THEN overlay(overlay(p.marks PLACING repeat(' ', 14 - 2 * w.days) FROM 2 * w.days + 1)
                      PLACING repeat(' ', 2 * w.skips) FROM 1) ELSE p.marks END
FROM (SELECT id, school_id, CASE WHEN id %% 60 < %(few)s THEN 0 WHEN id %% 60 < %(some)s THEN 1
             ELSE 2 END AS kind FROM schools_enrolment) e
CROSS JOIN (SELECT date_trunc('week', d)::date AS week_start,
                   max(extract(isodow FROM d))::int AS days,
                   min(extract(isodow FROM d))::int - 1 AS skips
            FROM schools_term t,
                 generate_series(t.starts_on, least(t.ends_on, %(until)s::date), '1 day') d
            WHERE t.academic_year = %(year)s AND extract(isodow FROM d) <= 5 GROUP BY 1) w
JOIN bench_pool p ON p.kind = e.kind
 AND p.n = abs(hashint8(e.id::bigint * 100003 + (w.week_start - DATE '2001-01-01'))) %% %(pool)s
ORDER BY e.school_id, e.id, w.week_start
"""


def people(pupils: int, *, start: date, years: range) -> None:
    """Schools, children, enrolments and the terms of these years."""
    values = {"urn": FIRST_URN, "pupils": pupils, "each": PUPILS_A_SCHOOL, "start": start}
    for statement in PEOPLE.split(";"):
        database.execute(statement, values)
    for year in years:
        for half_term, first, last in HALF_TERMS:
            database.execute(
                "INSERT INTO schools_term (academic_year, half_term, starts_on, ends_on)"
                " VALUES (%s, %s, %s, %s)",
                [year, half_term, _on(year, first), _on(year, last)],
            )
    _pool()
    database.execute("ANALYZE")


def registers(year: int, until: date) -> None:
    """Every child's weeks of one academic year, up to a day."""
    database.execute(
        WEEKS,
        {"year": year, "until": until, "pool": POOL, "few": KINDS[0][0], "some": KINDS[1][0]},
    )


def years_until(until: date, count: int) -> range:
    """The last `count` academic years."""
    this = academic_year(until)
    return range(this - count + 1, this + 1)


def _on(year: int, month_day: tuple[int, int]) -> date:
    month, day = month_day
    return date(year if month >= 8 else year + 1, month, day)


def _pool() -> None:
    database.execute("CREATE UNLOGGED TABLE bench_pool (kind int, n int, marks varchar(14))")
    for kind, (_, starts, codes) in enumerate(KINDS):
        drawn = random.Random(kind)  # noqa: S311
        weeks = [_week(drawn, starts, codes) for _ in range(POOL)]
        database.execute(
            "INSERT INTO bench_pool SELECT %s, n - 1, w FROM unnest(%s) WITH ORDINALITY AS u(w, n)",
            [kind, weeks],
        )


def _week(drawn: random.Random, starts: float, codes: str) -> str:
    return "".join(_session(drawn, starts, codes)).ljust(14)


def _session(drawn: random.Random, starts: float, codes: str) -> Iterator[str]:
    away = ""
    for slot in range(SLOTS_OPEN):
        if away and drawn.random() >= STAYS_AWAY:
            away = ""
        if not away and drawn.random() < starts:
            away = drawn.choice(codes)
        yield away or "/\\"[slot % 2]
