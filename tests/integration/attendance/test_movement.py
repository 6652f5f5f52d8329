"""The conditions of lists say what the rules of movement say, of any flags and any last year."""

from datetime import date, timedelta

import pytest

from attendance.models import EnrolmentPeriod, Flag
from attendance.read_models.movement import (
    Window,
    half_term_ends,
    moved,
    movement_counts,
    usual_since,
)
from attendance.rules.absence import Counts
from attendance.rules.movement import Movement, Stretch, is_cleared, is_long_standing, is_new
from attendance.states import CloseReason
from attendance_portal.shared import clock
from schools.models import Enrolment
from tests.factories.classes import LATEST
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import make_terms

SINCE = date(2026, 1, 12)
WINDOW = Window(SINCE, LATEST)
SEPTEMBER = date(2025, 9, 30)
NO_LONGER, LEFT = CloseReason.NO_LONGER_MET, CloseReason.LEFT
#: Flags (met, closed, why) and the sessions of last year: attended, missed.
CHILDREN = {
    "long": ([(SEPTEMBER, None, None)], (150, 50)),
    "long and far over": ([(SEPTEMBER, None, None)], (100, 100)),
    "long, exactly": ([(date(2025, 10, 24), None, None)], (180, 20)),
    "not last year": ([(SEPTEMBER, None, None)], (181, 19)),
    "too early last year": ([(SEPTEMBER, None, None)], (9, 10)),
    "nothing last year": ([(SEPTEMBER, None, None)], None),
    "not in autumn": ([(date(2025, 11, 10), None, None)], (150, 50)),
    "with a gap": ([(SEPTEMBER, SINCE, NO_LONGER), (SINCE, None, None)], (150, 50)),
    "new": ([(SINCE + timedelta(days=1), None, None)], None),
    "new that day": ([(SINCE, None, None)], None),
    "cleared": ([(SEPTEMBER, LATEST, NO_LONGER)], (150, 50)),
    "cleared before": ([(SEPTEMBER, SINCE, NO_LONGER)], None),
    "left": ([(SEPTEMBER, LATEST, LEFT)], None),
    "cleared and back": ([(SEPTEMBER, date(2026, 1, 20), NO_LONGER), (LATEST, None, None)], None),
    "none": ([], (10, 190)),
}  # fmt: skip


def flag(enrolment, kind, met_on, closed_on, reason):
    return Flag.objects.create(
        enrolment=enrolment,
        school=enrolment.school,
        kind=kind,
        opened_on=met_on,
        met_on=met_on,
        closed_on=closed_on,
        close_reason=reason or "",
        rule_version="1",
        updated_at=clock.now(),
    )


def last_year(enrolment, attended, absent):
    return EnrolmentPeriod.objects.create(
        enrolment=enrolment,
        school_id=enrolment.school_id,
        academic_year=2024,
        kind=1,
        key=2024,
        possible=attended + absent,
        attended=attended,
        authorised=absent,
        unauthorised=0,
        persistent=False,
        severe=False,
    )


@pytest.fixture
def children(db):
    """Each child above, once for persistent and once for severe absence."""
    make_terms()
    made = {}
    for line in ("persistent_absence", "severe_absence"):
        for name, (flags, before) in CHILDREN.items():
            enrolment = EnrolmentFactory()
            for one in flags:
                flag(enrolment, line, *one)
            if before:
                last_year(enrolment, *before)
            made[line, name] = enrolment
    return made


def by_rule(movement, flags, before):
    stretches = [Stretch(*one) for one in flags]
    if movement.way == "long":
        attended, absent = before or (0, 0)
        return is_long_standing(
            movement.line, stretches, half_term_ends=half_term_ends(LATEST),
            last_year=Counts(attended, absent, 0), on=LATEST, minimum=20,
        )  # fmt: skip
    rule = is_new if movement.way == "new" else is_cleared
    return rule(stretches, since=SINCE, on=LATEST)


@pytest.mark.parametrize("movement", list(Movement))
def test_lists_find_whom_the_rule_finds(children, movement):
    found = Enrolment.objects.filter(moved(movement, WINDOW, Enrolment.objects.all()))
    said = {
        row.pk
        for (line, name), row in children.items()
        if line == movement.line and by_rule(movement, *CHILDREN[name])
    }

    assert {row.pk for row in found} == said
    assert said


def test_counts_are_the_lengths_of_the_lists(children):
    everyone = Enrolment.objects.all()
    counts = movement_counts(everyone, WINDOW, everyone)

    assert counts == {
        each: everyone.filter(moved(each, WINDOW, everyone)).count() for each in Movement
    }


def test_a_child_who_came_from_another_school_was_over_the_line_there(children):
    before = children["persistent_absence", "long"]
    before.ends_on = date(2026, 1, 9)
    before.save()
    Flag.objects.filter(enrolment=before).update(closed_on=date(2026, 1, 10), close_reason=LEFT)
    now = EnrolmentFactory(pupil=before.pupil, starts_on=date(2026, 1, 12))
    flag(now, "persistent_absence", date(2026, 1, 30), None, None)

    def found(known):
        return set(Enrolment.objects.filter(moved(Movement.LONG_PERSISTENT, WINDOW, known)))

    assert now in found(Enrolment.objects.all())
    assert now not in found(Enrolment.objects.filter(pk=now.pk))


def test_usual_window_is_four_weeks(db):
    assert usual_since(date(2026, 2, 6)) == date(2026, 1, 9)
    assert half_term_ends(LATEST) == ()
