"""Similar schools from their rolls; and one school that truly does better, planted in a borough."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from attendance.models import EnrolmentPeriod, NightlyRun, RegisterWeek
from attendance.read_models.expected import expected_on
from attendance.read_models.similar import (
    Similar,
    how_matched,
    intakes,
    range_of,
    similar_to,
    weights,
)
from attendance.rules.expected import Verdict
from attendance.services.nightly import run_for_everyone
from schools.models import Enrolment, Place, Pupil, School

pytestmark = pytest.mark.django_db
MONDAY = date(2025, 9, 1)
TODAY = date(2026, 3, 2)
BETTER = 900003
URNS = range(900001, 900011)
EACH = 60


def make_schools(urns, **facts):
    School.objects.bulk_create(
        School(urn=urn, name=f"School {urn}", folded_name=f"school {urn}", la_code="807",
               **{"phase": "PS", **facts})
        for urn in urns
    )  # fmt: skip


def make_pupils(urn, number, **facts):
    """Enrolments of so many children at a school; `facts` are values or functions of a number."""
    told = [
        {name: fact(n) if callable(fact) else fact for name, fact in facts.items()}
        for n in range(number)
    ]
    pupils = Pupil.objects.bulk_create(
        Pupil(upn=f"{urn}-{n}", surname="Wren", forename="Ada", folded_name="wren ada",
              date_of_birth=date(2016, 3, 1), **one)
        for n, one in enumerate(told)
    )  # fmt: skip
    return Enrolment.objects.bulk_create(
        Enrolment(pupil=pupil, school_id=urn, starts_on=MONDAY, year_group=str(3 + n % 2))
        for n, pupil in enumerate(pupils)
    )


@pytest.fixture
def figures():
    return NightlyRun.objects.create(
        as_of=TODAY, is_for_everyone=True, state="finished", started_at="2026-03-02T04:00:00Z"
    )


@pytest.fixture
def borough(figures):
    """Ten schools in two wards: a quarter is persistently absent, in one of the schools nobody."""
    wards = [Place.objects.create(kind="ward", code=f"E0500000{n}", name=f"Ward {n}")
             for n in (1, 2)]  # fmt: skip
    make_schools(URNS)
    for urn in URNS:
        enrolments = make_pupils(
            urn, EACH, fsm_eligible=lambda n: n % 3 == 0, sen_provision=lambda n: "NNK"[n % 3],
            ward=wards[urn % 2],
        )  # fmt: skip
        EnrolmentPeriod.objects.bulk_create(
            EnrolmentPeriod(
                enrolment=one, school_id=urn, academic_year=2025, kind=1, key=2025,
                possible=200, attended=150 if persistent else 195,
                authorised=50 if persistent else 5, unauthorised=0,
                persistent=persistent, severe=False,
            )
            for n, one in enumerate(enrolments)
            for persistent in [n % 4 == 0 and urn != BETTER]
        )  # fmt: skip
    return wards


def test_school_that_truly_does_better_is_found_and_no_other(borough):
    found = expected_on(URNS, TODAY)
    verdicts = {urn: each.verdict for urn, each in found.schools.items()}
    assert verdicts.pop(BETTER) is Verdict.LOWER
    assert set(verdicts.values()) == {Verdict.AS_EXPECTED}
    better = found.schools[BETTER]
    assert (better.enrolments, better.observed) == (EACH, 0)
    assert better.expected == Fraction(27, 2)  # 135 of 600 in the borough


def test_wards_are_those_where_pupils_live(borough):
    found = expected_on(URNS, TODAY)
    assert set(found.wards) == {ward.pk for ward in borough}
    assert sum(each.enrolments for each in found.wards.values()) == EACH * len(URNS)
    assert all(each.verdict is not Verdict.LOWER for each in found.wards.values())


def test_small_school_is_too_few_to_say(borough):
    make_schools([900099])
    enrolment = make_pupils(900099, 1)[0]
    EnrolmentPeriod.objects.create(
        enrolment=enrolment, school_id=900099, academic_year=2025, kind=1, key=2025,
        possible=10, attended=10, authorised=0, unauthorised=0, persistent=False, severe=False,
    )  # fmt: skip
    assert expected_on([*URNS, 900099], TODAY).schools[900099].verdict is Verdict.TOO_FEW


def test_answer_is_kept_until_the_next_run(borough):
    before = expected_on(URNS, TODAY)
    EnrolmentPeriod.objects.update(persistent=True)
    assert expected_on(URNS, TODAY) == before


def test_past_day_is_worked_out_as_the_figures_of_that_day_were():
    make_schools(URNS[:2])
    for urn in URNS[:2]:
        for n, enrolment in enumerate(make_pupils(urn, 4)):
            RegisterWeek.objects.create(
                enrolment=enrolment, school_id=urn, week_start=MONDAY,
                marks=("II" * (n % 2) + "/\\/\\/\\/\\/\\")[:10].ljust(14),
            )  # fmt: skip
    friday = MONDAY + timedelta(days=4)
    run_for_everyone(as_of=friday)
    then = expected_on(URNS, friday)
    run_for_everyone(as_of=TODAY)
    assert expected_on(URNS, friday) == then
    assert then.schools[URNS[0]].observed == 2


def test_nobody_has_no_standing(figures):
    found = expected_on([], TODAY)
    assert (found.schools, found.wards) == ({}, {})


def test_intake_is_the_roll_of_the_day_and_what_is_unknown_is_left_out():
    make_schools([900001])
    make_pupils(
        900001, 4,
        fsm_eligible=lambda n: [True, False, None, None][n],
        sen_provision=lambda n: "KEN"[n] if n < 3 else "",
        idaci_decile=lambda n: [1, 4, None, None][n],
    )  # fmt: skip
    found = intakes(TODAY)[900001]
    assert (found.phase, found.size) == ("primary", 4)
    assert (found.fsm, found.sen, found.deprivation) == (
        Fraction(1, 2), Fraction(2, 3), Fraction(5, 2),
    )  # fmt: skip
    assert intakes(MONDAY - timedelta(days=1)) == {}


def test_school_without_pupils_or_with_facts_unknown_is_like_no_other():
    make_schools([900001, 900002])
    make_pupils(900001, 1)
    assert similar_to(900001, TODAY) == similar_to(900002, TODAY) == ()


def test_nearest_schools_are_taken_up_to_the_number_of_the_settings(settings):
    settings.SIMILAR_SCHOOLS_NUMBER = 5
    make_schools(URNS)
    make_schools([900020], status="closed")
    for place, urn in enumerate([*URNS, 900020]):
        make_pupils(urn, 10, fsm_eligible=lambda n, least=place: n < least, sen_provision="N",
                    idaci_decile=3)  # fmt: skip
    assert similar_to(URNS[0], TODAY) == tuple(URNS[1:6])


def test_range_is_of_the_schools_with_a_rate():
    shares = {urn: (place, 10) for place, urn in enumerate(URNS)}
    assert range_of(URNS[:4], shares) == Similar(4, None)
    found = range_of([*URNS[:5], 1], {**shares, 1: (0, 0)})
    assert (found.schools, list(map(str, found.middle_half))) == (5, ["10.00", "30.00"])


def test_match_is_explained_with_its_weights(settings):
    settings.SIMILAR_SCHOOLS_WEIGHTS = {"fsm": 4, "sen": 1, "deprivation": 1, "size": 0}
    assert weights().fsm == 4
    said = how_matched()
    assert said[0].startswith("Similar schools are up to 8 schools of the same phase")
    assert said[1] == (
        "Weights of the match: free school meals 4, SEN support or a plan 1, "
        "IDACI where pupils live 1, pupils on roll 0."
    )
    assert said[2] == "Attendance plays no part in the match."
