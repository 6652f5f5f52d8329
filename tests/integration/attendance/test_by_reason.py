"""Codes and days of the week on a small register whose answers can be counted by hand."""

from datetime import date, timedelta

import pytest

from attendance.models import RegisterWeek
from attendance.read_models import by_reason
from attendance.read_models.by_reason import reasons_of_enrolments, reasons_of_schools
from attendance.rules.periods import Period, PeriodKind
from attendance.services.nightly import run_for_everyone
from attendance.states import CodeClass
from schools.models import Enrolment, Pupil, School, Term

pytestmark = pytest.mark.django_db
MONDAY = date(2025, 9, 1)
FIGURES = date(2025, 9, 12)
YEAR = Period(2025, PeriodKind.YEAR, "2025")
URN = 900001


@pytest.fixture
def children():
    """Two children for two weeks: ill on the first Monday, or late on the last Friday."""
    school = School.objects.create(urn=URN, name="Elm", folded_name="elm", la_code="807")
    Term.objects.create(
        academic_year=2025, half_term=1, starts_on=MONDAY, ends_on=MONDAY + timedelta(days=8)
    )
    pages = {
        "A1": ("II/\\/\\/\\/\\", "/\\/\\/\\/\\OO"),
        "B1": ("/\\/\\/\\/\\DD", "LI/\\/\\##U\\"),
    }
    found = []
    for upn, weeks in pages.items():
        pupil = Pupil.objects.create(
            upn=upn, surname="Wren", forename="Ada", folded_name="wren ada",
            date_of_birth=date(2014, 3, 1),
        )  # fmt: skip
        enrolment = Enrolment.objects.create(pupil=pupil, school=school, starts_on=MONDAY)
        RegisterWeek.objects.bulk_create(
            RegisterWeek(enrolment=enrolment, school=school, marks=marks.ljust(14),
                         week_start=MONDAY + timedelta(weeks=place))
            for place, marks in enumerate(weeks)
        )  # fmt: skip
        found.append(enrolment)
    run_for_everyone(as_of=FIGURES)
    return found


def told(reasons):
    return [(line.code, line.kind.value, line.sessions, line.rate) for line in reasons.codes]


def test_codes_stand_with_their_class_and_their_share_of_possible_sessions(children):
    reasons = reasons_of_schools([URN], as_of=FIGURES, period=YEAR)
    assert (reasons.possible, reasons.attended) == (36, 30)
    assert (reasons.authorised, reasons.unauthorised, reasons.absent) == (3, 3, 6)
    assert told(reasons) == [
        ("O", "unauthorised", 2, "5.6%"),
        ("U", "unauthorised", 1, "2.8%"),
        ("I", "authorised", 3, "8.3%"),
        ("\\", "attended", 15, "41.7%"),
        ("/", "attended", 14, "38.9%"),
        ("L", "attended", 1, "2.8%"),
        ("D", "not_possible", 2, ""),
    ]
    assert [line.code for line in reasons.absences] == ["O", "U", "I"]
    ill = reasons.of(CodeClass.AUTHORISED)[0]
    assert (ill.name, ill.kind_label) == ("Illness", "Authorised absence")


def test_days_stand_from_monday_and_halves_are_mornings_and_afternoons(children):
    reasons = reasons_of_schools([URN], as_of=FIGURES, period=YEAR)
    assert [
        (day.label, day.possible, day.authorised, day.unauthorised) for day in reasons.days
    ] == [
        ("Monday", 8, 3, 0),
        ("Tuesday", 8, 0, 0),
        ("Wednesday", 8, 0, 0),
        ("Thursday", 6, 0, 0),
        ("Friday", 6, 0, 3),
    ]
    assert (reasons.days[0].absent, reasons.days[0].rate) == (3, "37.5%")
    assert [(half.label, half.possible, half.absent) for half in reasons.halves[:2]] == [
        ("Mon AM", 4, 1),
        ("Mon PM", 4, 2),
    ]


@pytest.mark.parametrize(
    ("kind", "key", "possible"),
    [
        (PeriodKind.YEAR, "2025", 36),
        (PeriodKind.TERM, "1", 18 + 8),  # the half-term ends on the second Tuesday
        (PeriodKind.TERM, "2", 0),
        (PeriodKind.HALF_TERM, "1", 26),
        (PeriodKind.HALF_TERM, "2", 0),
    ],
)
def test_periods_are_those_of_the_exports(children, kind, key, possible):
    reasons = reasons_of_schools([URN], as_of=FIGURES, period=Period(2025, kind, key))
    assert reasons.possible == possible


def test_weeks_are_refused(children):
    week = Period(2025, PeriodKind.WEEK, "2025-09-01")
    with pytest.raises(ValueError, match="not by week"):
        reasons_of_schools([URN], as_of=FIGURES, period=week)


def test_past_day_tells_the_marks_up_to_it(children):
    reasons = reasons_of_schools([URN], as_of=date(2025, 9, 5), period=YEAR)
    assert (reasons.possible, reasons.absent) == (18, 2)


@pytest.mark.parametrize("year", [2019, 2026])
def test_year_without_marks_has_nothing(children, year):
    period = Period(year, PeriodKind.YEAR, str(year))
    for reasons in (
        reasons_of_schools([URN], as_of=FIGURES, period=period),
        reasons_of_enrolments(Enrolment.objects.all(), as_of=FIGURES, period=period),
    ):
        assert (reasons.codes, reasons.days, reasons.possible) == ((), (), 0)


def test_some_enrolments_alone_are_counted_once_and_kept(children, monkeypatch):
    ada = Enrolment.objects.filter(pk=children[0].pk)
    first = reasons_of_enrolments(ada, as_of=FIGURES, period=YEAR)
    assert (first.possible, first.authorised, first.unauthorised) == (20, 2, 2)

    def never(question):
        raise AssertionError(f"worked out again: {question}")

    monkeypatch.setattr(by_reason, "_work_out", never)
    assert reasons_of_enrolments(ada, as_of=FIGURES, period=YEAR) == first


def test_nobody_has_nothing(children):
    assert reasons_of_enrolments(Enrolment.objects.none(), as_of=FIGURES, period=YEAR).codes == ()


def test_whole_schools_at_the_figures_date_open_no_register(
    children, django_assert_max_num_queries
):
    RegisterWeek.objects.all().delete()
    with django_assert_max_num_queries(3):
        assert reasons_of_schools([URN], as_of=FIGURES, period=YEAR).possible == 36
    assert reasons_of_schools([], as_of=FIGURES, period=YEAR).possible == 0


def test_year_that_is_over_is_read_from_the_stored_rows(children):
    whole_year = reasons_of_schools([URN], as_of=FIGURES, period=YEAR)
    run_for_everyone(as_of=date(2026, 9, 10))
    RegisterWeek.objects.all().delete()
    last_day = date(2026, 7, 31)
    assert reasons_of_schools([URN], as_of=last_day, period=YEAR) == whole_year
    assert reasons_of_schools([URN], as_of=date(2026, 7, 30), period=YEAR).possible == 0
