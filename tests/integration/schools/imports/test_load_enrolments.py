"""enrolments.csv and a school's own list of enrolments."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from accounts.models import AuditEvent
from schools.imports.load import ENROLMENTS, SCHOOL_ENROLMENTS, load_enrolments
from schools.models import Enrolment, Pupil, School
from tests.factories.pupils import EnrolmentFactory, FormerUpnFactory, PupilFactory, upn
from tests.factories.schools import SchoolFactory

pytestmark = pytest.mark.django_db

U = [upn(number) for number in range(700, 704)]
HEADER = "upn,urn,start_date,end_date,status,year_group"
TODAY = date(2026, 3, 3)


@pytest.fixture
def school(db) -> School:
    return SchoolFactory(urn=900801)


@pytest.fixture
def pupil(db) -> Pupil:
    return PupilFactory(upn=U[0])


@pytest.fixture
def load(csv_of):
    """Loads rows of the whole header as of the day the tests stand on."""

    def make(*rows: str, header: str = HEADER, **more):
        return load_enrolments(csv_of(ENROLMENTS, header, *rows), on=TODAY, **more)

    return make


def stays() -> list[tuple[str, str]]:
    return [
        (one.starts_on.isoformat(), one.ends_on.isoformat() if one.ends_on else "")
        for one in Enrolment.objects.order_by("starts_on")
    ]


def test_enrolment_is_stored_and_touches_its_school(load, counts, school, pupil):
    outcome = load(f"{U[0]},{school.urn},2024-09-02,2026-07-21,m,r")

    one = Enrolment.objects.get()
    assert counts(outcome) == (1, 0, 0, 0)
    assert (one.pupil, one.school, one.status, one.year_group) == (pupil, school, "M", "R")
    assert (one.starts_on, one.ends_on) == (date(2024, 9, 2), date(2026, 7, 21))
    assert not one.awaiting_confirmation
    assert outcome.touched == {school.urn}


def test_enrolment_loaded_twice_is_unchanged_and_touches_nothing(load, counts, school, pupil):
    load(f"{U[0]},{school.urn},2024-09-02,,C,8")
    before = Enrolment.objects.get().updated_at
    outcome = load(f"{U[0]},{school.urn},2024-09-02,,C,8")

    assert counts(outcome) == (0, 0, 1, 0)
    assert outcome.touched == set()
    assert Enrolment.objects.get().updated_at == before


def test_status_is_c_where_nothing_is_said(load, school, pupil):
    load(f"{U[0]},{school.urn},2024-09-02", header="upn,urn,start_date")
    assert Enrolment.objects.get().status == "C"


def test_absent_column_is_left_and_empty_cell_empties(load, counts, school, pupil):
    load(f"{U[0]},{school.urn},2024-09-02,2026-07-21,M,8")
    short = load(f"{U[0]},{school.urn},2024-09-02", header="upn,urn,start_date")
    assert counts(short) == (0, 0, 1, 0)
    outcome = load(f"{U[0]},{school.urn},2024-09-02,,,")

    one = Enrolment.objects.get()
    assert counts(outcome) == (0, 1, 0, 0)
    assert (one.ends_on, one.status, one.year_group) == (None, "C", "")


def test_former_upn_finds_the_pupil(load, school, pupil):
    FormerUpnFactory(pupil=pupil, upn=U[1])
    load(f"{U[1]},{school.urn},2024-09-02,,,")

    assert Enrolment.objects.get().pupil == pupil


def test_present_and_former_upn_of_one_child_are_one_key(load, refusals, school, pupil):
    FormerUpnFactory(pupil=pupil, upn=U[1])
    outcome = load(f"{U[0]},{school.urn},2024-09-02,,,8", f"{U[1]},{school.urn},2024-09-02,,,9")

    assert [reason for *_, reason in refusals(outcome)] == ["duplicate_row"] * 2


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (",900801,2024-09-02,,,", "upn", "missing_value"),
        (f"{U[0]},,2024-09-02,,,", "urn", "missing_value"),
        (f"{U[0]},900801,,,,", "start_date", "missing_value"),
        ("A123,900801,2024-09-02,,,", "upn", "bad_upn"),
        (f"{U[1]},900801,2024-09-02,,,", "upn", "unknown_upn"),
        (f"{U[0]},900802,2024-09-02,,,", "urn", "unknown_school"),
        (f"{U[0]},Hild,2024-09-02,,,", "urn", "unknown_school"),
        (f"{U[0]},900801,2/9/2024,,,", "start_date", "bad_date"),
        (f"{U[0]},900801,2024-09-02,never,,", "end_date", "bad_date"),
        (f"{U[0]},900801,2024-09-02,2024-09-01,,", "end_date", "bad_value"),
        (f"{U[0]},900801,2024-09-02,,P,", "status", "bad_value"),
        (f"{U[0]},900801,2024-09-02,,,15", "year_group", "bad_value"),
    ],
)
def test_bad_enrolment_is_refused(load, refusals, school, pupil, row, column, reason):
    outcome = load(row)

    assert refusals(outcome) == [(2, column, reason)]
    assert outcome.touched == set()
    assert not Enrolment.objects.exists()


def test_enrolment_of_one_day_is_kept(load, school, pupil):
    load(f"{U[0]},{school.urn},2024-09-02,2024-09-02,,")

    assert stays() == [("2024-09-02", "2024-09-02")]


def test_dual_registration_at_two_schools_is_allowed(load, counts, school, pupil):
    other = SchoolFactory()
    outcome = load(f"{U[0]},{school.urn},2024-09-02,,M,", f"{U[0]},{other.urn},2024-09-02,,S,")

    assert counts(outcome) == (2, 0, 0, 0)
    assert outcome.touched == {school.urn, other.urn}


def test_overlap_with_what_is_stored_is_refused(load, refusals, school, pupil):
    load(f"{U[0]},{school.urn},2024-09-02,2025-07-22,,")

    touching = load(f"{U[0]},{school.urn},2025-07-22,,,")
    assert refusals(touching) == [(2, "start_date", "bad_value")]
    assert load(f"{U[0]},{school.urn},2025-07-23,,,").inserted == 1


@pytest.mark.parametrize("backwards", [False, True])
def test_of_two_that_overlap_in_a_file_the_earlier_stay_stands(
    load, refusals, school, pupil, backwards
):
    rows = [f"{U[0]},{school.urn},2024-09-02,,,", f"{U[0]},{school.urn},2025-09-01,,,"]
    outcome = load(*(reversed(rows) if backwards else rows))

    assert refusals(outcome) == [(2 if backwards else 3, "start_date", "bad_value")]
    assert stays() == [("2024-09-02", "")]


@pytest.mark.parametrize("backwards", [False, True])
def test_file_may_end_one_stay_and_begin_the_next_in_any_order(
    load, counts, school, pupil, backwards
):
    load(f"{U[0]},{school.urn},2024-09-02,,,")
    rows = [f"{U[0]},{school.urn},2024-09-02,2025-07-22,,", f"{U[0]},{school.urn},2025-09-01,,,"]
    outcome = load(*(reversed(rows) if backwards else rows))

    assert counts(outcome) == (1, 1, 0, 0)
    assert stays() == [("2024-09-02", "2025-07-22"), ("2025-09-01", "")]


def test_same_key_with_different_values_refuses_both(load, counts, refusals, school, pupil):
    rows = [f"{U[0]},{school.urn},2024-09-02,,,8", f"{U[0]},{school.urn},2024-09-02,,,9"]
    repeat = f"{U[0]},{school.urn},2025-09-02,,C,"
    outcome = load(*rows, repeat, repeat.replace(",C,", ",,"))

    assert [(line, reason) for line, _, reason in refusals(outcome)] == [
        (2, "duplicate_row"),
        (3, "duplicate_row"),
    ]
    assert counts(outcome) == (1, 0, 1, 2)


@pytest.fixture
def asserts(json_of, user_with):
    """A school's own system says something of its roll."""

    def make(number: str, school: School, *, start="2026-02-23", on=TODAY, **more):
        table = json_of(SCHOOL_ENROLMENTS, {"upn": number, "start_date": start, **more})
        by = user_with("machine", scope="school", school=school)
        return load_enrolments(table, by=by, on=on, school=school, asserted=True)

    return make


def waits(school: School) -> bool:
    return Enrolment.objects.get(school=school).awaiting_confirmation


def test_school_may_name_itself_and_no_other(asserts, counts, refusals, school, pupil):
    assert counts(asserts(U[0], school, urn=school.urn)) == (1, 0, 0, 0)
    outcome = asserts(U[0], school, urn=SchoolFactory().urn)
    assert refusals(outcome) == [(1, "urn", "unknown_school")]


def test_claim_on_a_child_with_no_other_roll_is_taken(asserts, school, pupil):
    asserts(U[0], school)

    assert not waits(school)
    assert not AuditEvent.objects.exists()


def test_claim_on_a_child_on_another_main_roll_awaits_and_is_written_down(asserts, school, pupil):
    EnrolmentFactory(pupil=pupil)
    asserts(U[0], school)

    assert waits(school)
    event = AuditEvent.objects.get(verb="enrolment.held")
    assert event.object_ref == str(Enrolment.objects.get(school=school).pk)
    assert event.actor.is_active


def test_claim_as_second_school_awaits_too(asserts, school, pupil):
    EnrolmentFactory(pupil=pupil, status="M")
    asserts(U[0], school, status="S")

    assert waits(school)


@pytest.mark.parametrize(
    ("facts", "held"),
    [
        ({"status": "M"}, True),
        ({"status": "C"}, True),
        ({"status": "S"}, False),
        ({"status": "G"}, False),
        ({"ends_on": date(2026, 3, 3)}, True),  # the last day is still a day on the roll
        ({"ends_on": date(2026, 3, 2)}, False),
    ],
)
def test_only_an_open_accepted_main_enrolment_elsewhere_holds_a_claim(
    asserts, school, pupil, facts, held
):
    EnrolmentFactory(pupil=pupil, **facts)
    asserts(U[0], school)

    assert waits(school) is held


def test_claim_that_awaits_elsewhere_does_not_hold_the_school_that_has_the_child(
    asserts, school, pupil
):
    EnrolmentFactory(pupil=pupil, school=school, ends_on=date(2026, 3, 27))
    claim = EnrolmentFactory(pupil=pupil, awaiting_confirmation=True)
    asserts(U[0], school, start="2024-09-02", end_date="2026-07-21")

    assert not waits(school)
    assert waits(claim.school)


def test_claim_that_could_be_settled_goes_before_a_new_one(asserts, school, pupil):
    EnrolmentFactory(pupil=pupil, ends_on=date(2026, 3, 2))
    first = EnrolmentFactory(pupil=pupil, awaiting_confirmation=True)
    asserts(U[0], school)

    assert not waits(first.school)
    assert waits(school)


def test_earlier_stay_at_the_same_school_does_not_hold_a_claim(asserts, school, pupil):
    EnrolmentFactory(pupil=pupil, school=school, ends_on=date(2026, 2, 20))
    asserts(U[0], school)

    assert not Enrolment.objects.filter(awaiting_confirmation=True).exists()


def test_bundle_is_the_councils_own_word_and_never_awaits(load, school, pupil):
    EnrolmentFactory(pupil=pupil)
    load(f"{U[0]},{school.urn},2026-02-23,,,")

    assert not waits(school)


@pytest.mark.parametrize(
    ("before", "said", "held"),
    [
        ({}, {}, False),  # nothing changes
        ({}, {"year_group": "9"}, False),
        ({}, {"end_date": "2026-03-27"}, False),  # it shows the school less, not more
        ({"ends_on": date(2026, 3, 27)}, {"end_date": "2026-04-30"}, True),
        ({"ends_on": date(2026, 3, 27)}, {"end_date": None}, True),
        ({"status": "S"}, {"status": "M"}, True),
    ],
)
def test_change_of_an_enrolment_awaits_when_it_shows_the_school_more(
    asserts, school, pupil, before, said, held
):
    EnrolmentFactory(pupil=pupil)
    EnrolmentFactory(pupil=pupil, school=school, **before)
    asserts(U[0], school, start="2024-09-02", **said)

    assert waits(school) is held


def confirmed(user_with) -> dict:
    return {
        "confirmed_by": user_with("team_manager"),
        "confirmed_at": datetime(2026, 1, 5, 9, tzinfo=UTC),
    }


def test_confirmed_enrolment_does_not_await_again(asserts, school, pupil, user_with):
    EnrolmentFactory(pupil=pupil)
    EnrolmentFactory(pupil=pupil, school=school, ends_on=date(2026, 3, 3), **confirmed(user_with))
    asserts(U[0], school, start="2024-09-02", end_date="2026-07-21")

    assert not waits(school)


def test_confirmed_enrolment_that_was_over_and_goes_on_awaits_again(
    asserts, school, pupil, user_with
):
    EnrolmentFactory(pupil=pupil)
    EnrolmentFactory(pupil=pupil, school=school, ends_on=date(2026, 3, 2), **confirmed(user_with))
    asserts(U[0], school, start="2024-09-02", end_date="2026-07-21")

    assert waits(school)
    assert Enrolment.objects.get(school=school).confirmed_at is None


def test_claim_is_settled_when_the_old_school_ends_its_enrolment(asserts, school, pupil):
    old = EnrolmentFactory(pupil=pupil)
    asserts(U[0], school)
    asserts(U[0], old.school, start="2024-09-02", end_date="2026-03-03")
    assert waits(school)
    asserts(U[0], old.school, start="2024-09-02", end_date="2026-03-02")

    assert not waits(school)
    assert AuditEvent.objects.filter(verb="enrolment.settled").count() == 1


def test_claim_is_settled_when_a_bundle_ends_the_old_enrolment(load, asserts, school, pupil):
    old = EnrolmentFactory(pupil=pupil)
    asserts(U[0], school)
    load(f"{U[0]},{old.school_id},2024-09-02,2026-02-20,,")

    assert not waits(school)
