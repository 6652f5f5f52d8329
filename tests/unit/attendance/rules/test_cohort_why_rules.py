"""Why a child is in a cohort, in a sentence."""

import pytest
from hypothesis import given

from attendance.rules.cohort_why import why_in_cohort
from attendance.rules.patterns import CohortKey, Lines, cohorts_of
from tests.factories.registers import enrolment_facts

BOTH = {"now_absent": 14, "now_possible": 60, "before_absent": 4, "before_possible": 60}


@pytest.mark.parametrize(
    ("key", "figures", "sentence"),
    [
        (
            CohortKey.SEVERELY_ABSENT,
            {"absent": 190, "possible": 380},
            "Missed this year: 190 of 380 sessions, 50.0%.",
        ),
        (
            CohortKey.ONE_LONG_ABSENCE,
            {"days": 12, "sessions": 22, "absent": 30, "possible": 200},
            "One spell of 12 days holds 22 of the 30 sessions missed this year.",
        ),
        (
            CohortKey.MANY_SHORT_ABSENCES,
            {"spells": 6},
            "6 absences of 3 days or less began in the last 12 school weeks.",
        ),
        (
            CohortKey.SAME_DAYS_MISSED,
            {"slots": [[9, 8, 18], [15, 20, 90]], "absent": 24, "possible": 180},
            "Missed more often than chance explains: Friday afternoons (8 of 18), "
            "afternoons (20 of 90).",
        ),
        (
            CohortKey.LATE_AFTER_REGISTER,
            {"sessions": 6},
            "In after the register closed for 6 sessions of the last 6 school weeks.",
        ),
        (
            CohortKey.DRIFTING_UP,
            {"absent": 18, "possible": 200, **BOTH},
            "Missed in the last 6 school weeks: 14 of 60 sessions, 23.3%. "
            "In the 6 before: 4 of 60 sessions, 6.7%.",
        ),
        (
            CohortKey.JUST_OVER_THE_LINE,
            {"absent": 37, "possible": 370},
            "Missed this year: 37 of 370 sessions, 10.0%.",
        ),
        (
            CohortKey.COMING_BACK,
            {"now_absent": 2, "now_possible": 40, "before_absent": 12, "before_possible": 40},
            "Missed in the last 4 school weeks: 2 of 40 sessions, 5.0%. "
            "In the 4 before: 12 of 40 sessions, 30.0%.",
        ),
    ],
)
def test_sentence_of_each_cohort(key, figures, sentence):
    assert why_in_cohort(key, figures) == sentence


def test_sentence_says_the_lines_that_are_set():
    lines = Lines(short_spell_days=2, short_spell_weeks=8)

    assert why_in_cohort(CohortKey.MANY_SHORT_ABSENCES, {"spells": 5}, lines) == (
        "5 absences of 2 days or less began in the last 8 school weeks."
    )


@given(enrolment_facts())
def test_every_verdict_has_a_sentence(facts):
    for key, figures in cohorts_of(facts).items():
        assert why_in_cohort(key, figures).endswith(".")
