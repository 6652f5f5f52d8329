"""parents.csv and the households that follow from it."""

from __future__ import annotations

import pytest

from schools.imports.load import PARENTS, load_parents
from schools.models import Household, Parent, Pupil, Responsibility
from tests.factories.pupils import FormerUpnFactory, PupilFactory, upn

pytestmark = pytest.mark.django_db

U = [upn(number) for number in range(600, 606)]
LONG = (
    "parent_ref,upn,name,relationship,parental_responsibility,lives_with,phone,email,address,"
    "language"
)
LIVES = "parent_ref,upn,name,lives_with"


@pytest.fixture
def children(db) -> list[Pupil]:
    return [PupilFactory(upn=number) for number in U[:4]]


def homes() -> list[int | None]:
    return list(Pupil.objects.order_by("pk").values_list("household_id", flat=True))


def test_parent_and_tie_are_stored(csv_of, counts, children):
    row = f'R1,{U[0]},Jo Lee,Mother,1,Y,01642 1,jo@example.org,"1 High St, Redcar",English'
    outcome = load_parents(csv_of(PARENTS, LONG, row))

    tie = Responsibility.objects.get()
    assert counts(outcome) == (1, 0, 0, 0)
    assert (tie.parent.parent_ref, tie.pupil) == ("R1", children[0])
    assert (tie.relationship, tie.parental_responsibility, tie.lives_with) == ("Mother", True, True)
    assert (tie.parent.name, tie.parent.phone) == ("Jo Lee", "01642 1")
    assert tie.parent.address == "1 High St, Redcar"
    assert outcome.touched == set()
    assert counts(load_parents(csv_of(PARENTS, LONG, row))) == (0, 0, 1, 0)


def test_change_of_a_parent_changes_each_row_of_theirs(csv_of, counts, children):
    header = "parent_ref,upn,name,phone"
    load_parents(csv_of(PARENTS, header, f"R1,{U[0]},Jo,1", f"R1,{U[1]},Jo,1", f"R2,{U[0]},Al,2"))
    outcome = load_parents(
        csv_of(PARENTS, header, f"R1,{U[0]},Jo,9", f"R1,{U[1]},Jo,9", f"R2,{U[0]},Al,2")
    )

    assert counts(outcome) == (0, 2, 1, 0)


def test_absent_column_is_left_and_empty_cell_empties(csv_of, children):
    load_parents(csv_of(PARENTS, "parent_ref,upn,name,phone,lives_with", f"R1,{U[0]},Jo,1,1"))
    load_parents(csv_of(PARENTS, "parent_ref,upn,name", f"R1,{U[0]},Jo"))
    assert Parent.objects.get().phone == "1"
    load_parents(csv_of(PARENTS, "parent_ref,upn,name,phone,lives_with", f"R1,{U[0]},Jo,,"))

    assert Parent.objects.get().phone == ""
    assert Responsibility.objects.get().lives_with is None


def test_rows_that_differ_about_a_parent_keep_the_last_words_with_a_warning(
    csv_of, counts, children
):
    rows = [f"R1,{U[0]},Jo,1", f"R1,{U[1]},Jo,2", f"R1,{U[2]},Jo,"]
    table = csv_of(PARENTS, "parent_ref,upn,name,phone", *rows)

    assert counts(outcome := load_parents(table)) == (3, 0, 0, 0)
    assert Parent.objects.get().phone == "2"
    assert "R1" in outcome.warnings[0]
    assert counts(load_parents(table)) == (0, 0, 3, 0)


def test_former_upn_finds_the_child(csv_of, children):
    FormerUpnFactory(pupil=children[0], upn=U[5])
    load_parents(csv_of(PARENTS, "parent_ref,upn,name", f"R1,{U[5]},Jo"))

    assert Responsibility.objects.get().pupil == children[0]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (f",{U[0]},Jo,1", "parent_ref", "missing_value"),
        ("R1,,Jo,1", "upn", "missing_value"),
        (f"R1,{U[0]},,1", "name", "missing_value"),
        ("R1,A123,Jo,1", "upn", "bad_upn"),
        (f"R1,{U[4]},Jo,1", "upn", "unknown_upn"),
        (f"R1,{U[0]},Jo,often", "lives_with", "bad_value"),
        (f"{'x' * 51},{U[0]},Jo,1", "parent_ref", "bad_value"),
    ],
)
def test_bad_row_is_refused_and_makes_no_parent(csv_of, refusals, children, row, column, reason):
    outcome = load_parents(csv_of(PARENTS, LIVES, row, f"R9,{U[1]},Al,1"))

    assert refusals(outcome) == [(2, column, reason)]
    assert Parent.objects.get().parent_ref == "R9"


def test_same_tie_with_different_values_refuses_both(csv_of, counts, refusals, children):
    rows = [f"R1,{U[0]},Jo,1", f"R1,{U[0]},Jo,0", f"R2,{U[0]},Al,1", f"R2,{U[0]},Al,Y"]
    outcome = load_parents(csv_of(PARENTS, LIVES, *rows))

    assert [line for line, *_ in refusals(outcome)] == [2, 3]
    assert counts(outcome) == (1, 0, 1, 2)


def test_children_who_live_with_one_parent_share_a_household(csv_of, children):
    rows = [f"R1,{U[0]},Jo,1", f"R1,{U[1]},Jo,1", f"R2,{U[1]},Al,1", f"R2,{U[2]},Al,1"]
    load_parents(csv_of(PARENTS, LIVES, *rows, f"R3,{U[3]},Bo,1"))

    first, second, third, alone = homes()
    assert first == second == third is not None
    assert alone is None


def test_parent_elsewhere_makes_no_household(csv_of, children):
    load_parents(csv_of(PARENTS, LIVES, f"R1,{U[0]},Jo,0", f"R1,{U[1]},Jo,"))

    assert homes() == [None] * 4


def test_household_follows_a_child_who_moves_out(csv_of, children):
    load_parents(csv_of(PARENTS, LIVES, *(f"R1,{number},Jo,1" for number in U[:3])))
    before = homes()
    load_parents(csv_of(PARENTS, LIVES, f"R1,{U[0]},Jo,0"))

    assert homes() == [None, before[1], before[2], None]
    load_parents(csv_of(PARENTS, LIVES, f"R1,{U[1]},Jo,0"))
    assert homes() == [None] * 4
    assert not Household.objects.exists()


def test_family_that_falls_apart_gets_a_second_household(csv_of, children):
    rows = [f"R1,{U[0]},Jo,1", f"R1,{U[1]},Jo,1", f"R2,{U[2]},Al,1", f"R2,{U[3]},Al,1"]
    bridge = f"R3,{U[0]},Bo,1", f"R3,{U[2]},Bo,1"
    load_parents(csv_of(PARENTS, LIVES, *rows, *bridge))
    [home] = set(homes())
    load_parents(csv_of(PARENTS, LIVES, f"R3,{U[2]},Bo,0"))

    first, second, third, fourth = homes()
    assert first == second == home
    assert third == fourth != home


def test_corrected_household_stays_and_its_children_with_it(csv_of, children):
    own = Household.objects.create(is_corrected=True)
    Pupil.objects.filter(upn=U[1]).update(household=own)
    load_parents(csv_of(PARENTS, LIVES, *(f"R1,{number},Jo,1" for number in U[:3])))

    first, corrected, third, _ = homes()
    assert corrected == own.pk
    assert first == third
    assert first not in {None, own.pk}
