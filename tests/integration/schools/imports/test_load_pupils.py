"""pupils.csv and a school's own list of pupils."""

from __future__ import annotations

from datetime import date

import pytest

from schools.imports.load import PUPILS, load_pupils
from schools.models import Place, Pupil
from tests.factories.pupils import EnrolmentFactory, FormerUpnFactory, PupilFactory, upn
from tests.factories.schools import SchoolFactory

pytestmark = pytest.mark.django_db

U = [upn(number) for number in range(500, 510)]
SHORT = "upn,surname,forename,date_of_birth"
LONG = (
    SHORT + ",sex,ethnicity,first_language,sen_provision,fsm_eligible,pupil_premium,social_care,"
    "young_carer,home_la,postcode,ward_code,idaci_decile,former_upn"
)
FULL = (
    f"{U[0]},O'Brien,Zoë,2012-05-14,f,wbri,eng,k,Y,0,cin,true,805,ts10 1aa,E0501,10,{U[1]} {U[2]}"
)


def short(number: str, surname: str = "Lee", forename: str = "Ann", born: str = "2012-05-14"):
    return f"{number},{surname},{forename},{born}"


def former_of(pupil: Pupil) -> set[str]:
    return set(pupil.former_upns.values_list("upn", flat=True))


def test_pupil_is_stored_with_every_fact(csv_of, counts):
    outcome = load_pupils(csv_of(PUPILS, LONG, FULL))

    pupil = Pupil.objects.get()
    assert counts(outcome) == (1, 0, 0, 0)
    assert (pupil.upn, pupil.folded_name) == (U[0], "obrien, zoe")
    assert (pupil.sex, pupil.ethnicity, pupil.first_language) == ("F", "WBRI", "ENG")
    assert (pupil.sen_provision, pupil.social_care) == ("K", "CIN")
    assert (pupil.fsm_eligible, pupil.pupil_premium, pupil.young_carer) == (True, False, True)
    assert (pupil.home_la, pupil.postcode, pupil.idaci_decile) == ("805", "TS10 1AA", 10)
    assert pupil.ward == Place.objects.get(code="E0501")
    assert former_of(pupil) == {U[1], U[2]}
    assert outcome.touched == set()


def test_child_called_null_keeps_the_name(csv_of):
    load_pupils(csv_of(PUPILS, SHORT, short(U[0], "Null", "NA")))

    assert str(Pupil.objects.get()) == "NA Null"


def test_pupil_loaded_twice_is_unchanged_and_not_written(csv_of, counts):
    load_pupils(csv_of(PUPILS, LONG, FULL))
    before = Pupil.objects.get().updated_at
    outcome = load_pupils(csv_of(PUPILS, LONG, FULL))

    assert counts(outcome) == (0, 0, 1, 0)
    assert Pupil.objects.get().updated_at == before


def test_absent_column_is_left_and_empty_cell_empties(csv_of, counts):
    load_pupils(csv_of(PUPILS, LONG, FULL))
    assert counts(load_pupils(csv_of(PUPILS, SHORT, short(U[0], "O'Brien", "Zoë")))) == (0, 0, 1, 0)
    header = SHORT + ",sex,fsm_eligible,ward_code,idaci_decile,former_upn"
    outcome = load_pupils(csv_of(PUPILS, header, short(U[0], "O'Brien", "Zoë") + ",,,,,"))

    pupil = Pupil.objects.get()
    assert counts(outcome) == (0, 1, 0, 0)
    assert (pupil.sex, pupil.fsm_eligible, pupil.ward, pupil.idaci_decile) == ("", None, None, None)
    assert pupil.ethnicity == "WBRI"
    assert former_of(pupil) == {U[1], U[2]}  # a former number is never forgotten


def test_json_record_without_a_name_leaves_it_and_null_empties(json_of, counts):
    base = {"upn": U[0], "surname": "Lee", "forename": "Ann", "date_of_birth": "2012-05-14"}
    load_pupils(json_of(PUPILS, {**base, "sex": "F", "fsm_eligible": True}))
    other = {**base, "upn": U[3], "sex": "M", "fsm_eligible": False}
    load_pupils(json_of(PUPILS, {**base, "fsm_eligible": None}, other))

    pupil = Pupil.objects.get(upn=U[0])
    assert (pupil.sex, pupil.fsm_eligible) == ("F", None)


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (short(""), "upn", "missing_value"),
        (short(U[0], surname=""), "surname", "missing_value"),
        (short(U[0], forename=""), "forename", "missing_value"),
        (short(U[0], born=""), "date_of_birth", "missing_value"),
        (short("Z" + U[0][1:] if U[0][0] != "Z" else "A" + U[0][1:]), "upn", "bad_upn"),
        (short(U[0], born="14/05/2012"), "date_of_birth", "bad_date"),
        (short(U[0], born="1989-12-31"), "date_of_birth", "bad_value"),
        (short(U[0], born="2026-03-04"), "date_of_birth", "bad_value"),
        (short(U[0], surname="x" * 101), "surname", "bad_value"),
    ],
)
def test_bad_pupil_is_refused_and_the_good_one_kept(csv_of, refusals, today, row, column, reason):
    outcome = load_pupils(csv_of(PUPILS, SHORT, row, short(U[5])), on=today)

    assert refusals(outcome) == [(2, column, reason)]
    assert Pupil.objects.get().upn == U[5]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("sex", "X", "bad_value"),
        ("ethnicity", "ZZZZ", "bad_value"),
        ("first_language", "English", "bad_value"),
        ("sen_provision", "Z", "bad_value"),
        ("fsm_eligible", "maybe", "bad_value"),
        ("pupil_premium", "2", "bad_value"),
        ("social_care", "CHIN", "bad_value"),
        ("young_carer", "S", "bad_value"),
        ("home_la", "80", "bad_value"),
        ("postcode", "TS10 1AA UK", "bad_value"),
        ("ward_code", "x" * 21, "bad_value"),
        ("idaci_decile", "0", "bad_value"),
        ("idaci_decile", "11", "bad_value"),
        ("former_upn", "A123", "bad_upn"),
    ],
)
def test_bad_optional_value_is_refused(csv_of, refusals, column, value, reason):
    outcome = load_pupils(csv_of(PUPILS, f"{SHORT},{column}", f"{short(U[0])},{value}"))

    assert refusals(outcome) == [(2, column, reason)]
    assert outcome.rejects[0].value == value
    assert outcome.rejects[0].upn == U[0]


def test_emptying_a_required_field_is_refused_and_keeps_what_is_stored(csv_of, refusals):
    load_pupils(csv_of(PUPILS, SHORT, short(U[0])))

    assert refusals(load_pupils(csv_of(PUPILS, SHORT, short(U[0], "")))) == [
        (2, "surname", "missing_value")
    ]
    assert Pupil.objects.get().surname == "Lee"


def test_same_upn_with_different_values_refuses_both_and_repeats_count_unchanged(
    csv_of, counts, refusals
):
    rows = [short(U[0]), short(U[0], "Roe"), short(U[1]), short(U[1].lower())]
    outcome = load_pupils(csv_of(PUPILS, SHORT, *rows))

    assert refusals(outcome) == [(2, "upn", "duplicate_row"), (3, "upn", "duplicate_row")]
    assert counts(outcome) == (1, 0, 1, 2)


def test_row_with_a_former_upn_renames_the_child(csv_of, counts):
    pupil = PupilFactory(upn=U[0])
    outcome = load_pupils(csv_of(PUPILS, SHORT + ",former_upn", f"{short(U[1])},{U[0]}"))

    pupil.refresh_from_db()
    assert counts(outcome) == (0, 1, 0, 0)
    assert pupil.upn == U[1]
    assert former_of(pupil) == {U[0]}


def test_row_that_adds_a_former_upn_only_is_changed_once(csv_of, counts):
    load_pupils(csv_of(PUPILS, SHORT, short(U[0])))
    table = [SHORT + ",former_upn", f"{short(U[0])},{U[1]}"]

    assert counts(load_pupils(csv_of(PUPILS, *table))) == (0, 1, 0, 0)
    assert counts(load_pupils(csv_of(PUPILS, *table))) == (0, 0, 1, 0)


def test_row_under_the_old_number_finds_the_child_and_keeps_the_new(csv_of, counts):
    pupil = PupilFactory(upn=U[1])
    FormerUpnFactory(pupil=pupil, upn=U[0])
    outcome = load_pupils(csv_of(PUPILS, SHORT, short(U[0], "Roe")))

    pupil.refresh_from_db()
    assert counts(outcome) == (0, 1, 0, 0)
    assert (pupil.upn, pupil.surname) == (U[1], "Roe")


def test_number_that_is_borne_again_is_no_longer_former(csv_of):
    pupil = PupilFactory(upn=U[1])
    FormerUpnFactory(pupil=pupil, upn=U[0])
    load_pupils(csv_of(PUPILS, SHORT + ",former_upn", f"{short(U[0])},{U[1]}"))

    pupil.refresh_from_db()
    assert pupil.upn == U[0]
    assert former_of(pupil) == {U[1]}


def test_former_upn_of_another_child_is_refused(csv_of, refusals):
    PupilFactory(upn=U[0])
    other = PupilFactory(upn=U[1])
    outcome = load_pupils(csv_of(PUPILS, SHORT + ",former_upn", f"{short(U[0])},{U[1]}"))

    assert refusals(outcome) == [(2, "former_upn", "bad_value")]
    assert former_of(other) == set()


def describe(json_of, number, school, *, surname="Changed", on=date(2026, 3, 3), **more):
    record = {
        "upn": number,
        "surname": surname,
        "forename": "Ann",
        "date_of_birth": "2012-05-14",
        **more,
    }
    return load_pupils(json_of(PUPILS, record), school=school, on=on)


def test_school_makes_a_new_pupil_and_may_correct_it_until_it_is_enrolled(json_of, counts):
    school = SchoolFactory()

    assert counts(describe(json_of, U[0], school, surname="Lee")) == (1, 0, 0, 0)
    assert counts(describe(json_of, U[0], school)) == (0, 1, 0, 0)


def test_school_may_describe_its_own_pupil(json_of, counts):
    enrolment = EnrolmentFactory(pupil__upn=U[0])

    assert counts(describe(json_of, U[0], enrolment.school)) == (0, 1, 0, 0)


def test_school_may_describe_a_pupil_it_shares(json_of, counts):
    enrolment = EnrolmentFactory(pupil__upn=U[0], status="M")
    second = EnrolmentFactory(pupil=enrolment.pupil, status="S")

    assert counts(describe(json_of, U[0], second.school)) == (0, 1, 0, 0)


def test_school_may_not_describe_a_pupil_enrolled_only_elsewhere(json_of, counts):
    pupil = EnrolmentFactory(pupil__upn=U[0]).pupil

    assert counts(describe(json_of, U[0], SchoolFactory())) == (0, 0, 1, 0)
    pupil.refresh_from_db()
    assert pupil.surname != "Changed"


def test_school_may_not_describe_a_pupil_who_only_left_elsewhere(json_of, counts):
    EnrolmentFactory(pupil__upn=U[0], ends_on=date(2025, 7, 22))

    assert counts(describe(json_of, U[0], SchoolFactory())) == (0, 0, 1, 0)


def test_enrolment_that_awaits_confirmation_does_not_open_the_details(json_of, counts):
    pupil = EnrolmentFactory(pupil__upn=U[0]).pupil
    claimed = EnrolmentFactory(pupil=pupil, awaiting_confirmation=True)

    assert counts(describe(json_of, U[0], claimed.school)) == (0, 0, 1, 0)


@pytest.mark.parametrize(
    ("last", "fate"), [("2026-03-03", (0, 1, 0, 0)), ("2026-03-02", (0, 0, 1, 0))]
)
def test_school_describes_a_child_who_moves_to_its_last_day(json_of, counts, last, fate):
    here = EnrolmentFactory(pupil__upn=U[0], ends_on=date.fromisoformat(last))
    EnrolmentFactory(pupil=here.pupil)

    assert counts(describe(json_of, U[0], here.school)) == fate


def test_school_still_describes_a_leaver_whom_nobody_took_on(json_of, counts):
    here = EnrolmentFactory(pupil__upn=U[0], ends_on=date(2025, 12, 19))

    assert counts(describe(json_of, U[0], here.school)) == (0, 1, 0, 0)


@pytest.mark.parametrize(
    ("ours", "theirs", "fate"),
    [
        (date(2024, 7, 19), date(2026, 2, 27), (0, 0, 1, 0)),
        (date(2026, 2, 27), date(2024, 7, 19), (0, 1, 0, 0)),
        (date(2026, 2, 27), date(2026, 2, 27), (0, 1, 0, 0)),
    ],
)
def test_child_who_has_left_both_is_described_by_the_school_left_last(
    json_of, counts, ours, theirs, fate
):
    here = EnrolmentFactory(starts_on=date(2023, 9, 4), ends_on=ours)
    EnrolmentFactory(pupil=here.pupil, starts_on=date(2023, 9, 4), ends_on=theirs)
    assert counts(describe(json_of, here.pupil.upn, here.school)) == fate


def test_former_upn_does_not_let_a_school_take_over_a_child(json_of, counts):
    pupil = EnrolmentFactory(pupil__upn=U[0]).pupil
    outcome = describe(json_of, U[1], SchoolFactory(), former_upn=U[0])

    pupil.refresh_from_db()
    assert counts(outcome) == (0, 0, 1, 0)
    assert pupil.upn == U[0]
    assert former_of(pupil) == set()
    assert Pupil.objects.count() == 1


def test_former_upn_does_not_let_a_school_join_its_pupil_to_another(json_of, refusals):
    own = EnrolmentFactory(pupil__upn=U[0])
    other = EnrolmentFactory(pupil__upn=U[1]).pupil
    outcome = describe(json_of, U[0], own.school, former_upn=U[1])

    assert refusals(outcome) == [(1, "former_upn", "bad_value")]
    assert Pupil.objects.get(pk=other.pk).upn == U[1]
