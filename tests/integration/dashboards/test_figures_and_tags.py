"""The rows of the pupil list as they are drawn: figure and tags agree at every line."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest

from attendance import states
from attendance.services.nightly import run_for_everyone
from tests.factories.classes import keep_register
from tests.factories.pupils import EnrolmentFactory, PupilFactory
from tests.factories.schools import SchoolFactory, make_terms

AUTUMN = [date(2025, 9, 1) + timedelta(weeks=week) for week in range(16) if week != 8]
SPRING = [date(2026, 1, 5) + timedelta(weeks=week) for week in range(6)]
WEEKS = AUTUMN + SPRING
AS_OF = date(2026, 2, 13)

SEVERE, PERSISTENT, AT_RISK = "severe_absence", "persistent_absence", "at_risk"
SHARES = {
    (9, 200): ("4.5%", set()),
    (10, 201): ("4.98%", set()),
    (10, 200): ("5.0%", {AT_RISK}),
    (20, 201): ("9.95%", {AT_RISK}),
    (20, 200): ("10.0%", {PERSISTENT}),
    (100, 201): ("49.8%", {PERSISTENT}),
    (104, 209): ("49.8%", {PERSISTENT}),
    (100, 200): ("50.0%", {PERSISTENT, SEVERE}),
}


def with_register(school, part: int, whole: int) -> None:
    """A child with so many sessions possible this year, of which so many were illness."""
    pupil = PupilFactory(forename=f"Of{part}x{whole}", surname="Sample")
    enrolment = EnrolmentFactory(pupil=pupil, school=school, starts_on=WEEKS[0])
    marks = ("I" * part + "/" * (whole - part)).ljust(10 * len(WEEKS))
    for number, monday in enumerate(WEEKS):
        keep_register(enrolment, marks[10 * number : 10 * number + 10], first=monday)


@pytest.fixture
def rows(db, signed_in):
    make_terms()
    school = SchoolFactory()
    for part, whole in SHARES:
        with_register(school, part, whole)
    run_for_everyone(as_of=AS_OF)
    text = signed_in("attendance_officer").get("/pupils/").content.decode()
    return {
        tuple(map(int, re.search(r"Of(\d+)x(\d+)", row).groups())): unescape(row)
        for row in re.findall(r"<tr.*?</tr>", text, re.DOTALL)
        if "Sample" in row
    }


def test_row_of_each_share_prints_a_figure_and_tags_on_the_same_side(rows):
    lines = {
        kind: states.FLAGS[states.FlagKind(kind)].label for kind in (SEVERE, PERSISTENT, AT_RISK)
    }
    drawn = {
        share: (
            re.search(r"(?:just under )?[\d.]+%", row.split("Absence this year")[1])[0],
            {kind for kind, label in lines.items() if label in row},
        )
        for share, row in rows.items()
    }

    assert drawn == SHARES
