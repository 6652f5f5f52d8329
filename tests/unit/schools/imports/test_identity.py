"""Which rows speak of the same child."""

from hypothesis import given
from hypothesis import strategies as st

from schools.imports.identity import Child, Claim, Stored, sort_out

TOM, ANN = {"name": "Tom"}, {"name": "Ann"}


def claim(place, upn, *former, details=TOM):
    return Claim(place, upn, frozenset(former), details)


def one_child(claims, stored=()) -> Child:
    found = sort_out(claims, dict(stored))
    assert not found.contested
    assert not found.contradicting
    [child] = found.children
    return child


def test_row_of_an_unknown_upn_is_a_new_child():
    child = one_child([claim(0, "A", "B")])

    assert (child.pupil_id, child.upn, child.former) == (None, "A", {"B"})


def test_row_finds_the_child_by_its_upn():
    assert one_child([claim(0, "A")], {"A": Stored(7, True)}).pupil_id == 7


def test_row_that_carries_a_former_upn_finds_the_child_and_renames_it():
    child = one_child([claim(0, "NEW", "OLD")], {"OLD": Stored(7, True)})

    assert (child.pupil_id, child.upn) == (7, "NEW")


def test_row_under_an_old_number_finds_the_child_and_leaves_the_new_number():
    stored = {"OLD": Stored(7, False), "NEW": Stored(7, True)}

    assert one_child([claim(0, "OLD")], stored).upn == "NEW"


def test_row_that_calls_the_present_number_former_brings_the_old_one_back():
    stored = {"OLD": Stored(7, False), "NEW": Stored(7, True)}

    assert one_child([claim(0, "OLD", "NEW")], stored).upn == "OLD"


def test_former_upn_of_another_child_is_contested():
    stored = {"A": Stored(7, True), "B": Stored(8, True)}
    found = sort_out([claim(0, "A", "B"), claim(1, "B", details=ANN)], stored)

    assert found.contested == [0]
    assert [child.pupil_id for child in found.children] == [8]


def test_two_children_cannot_share_a_former_upn():
    stored = {"A": Stored(7, True), "B": Stored(8, True)}
    found = sort_out([claim(0, "A", "X"), claim(1, "B", "X", details=ANN)], stored)

    assert found.contested == [0, 1]


def test_identical_rows_are_one_child_and_a_repeat():
    assert one_child([claim(0, "A"), claim(1, "A")]).repeats == 1


def test_rows_that_differ_in_details_contradict():
    assert sort_out([claim(0, "A"), claim(1, "A", details=ANN)], {}).contradicting == [0, 1]


def test_rows_that_differ_in_former_upns_contradict():
    assert sort_out([claim(0, "A"), claim(1, "A", "B")], {}).contradicting == [0, 1]


def test_old_and_new_number_with_the_same_details_are_one_child():
    child = one_child([claim(0, "OLD"), claim(1, "NEW", "OLD")])

    assert (child.upn, child.repeats, child.row.place) == ("NEW", 1, 1)


def test_old_and_new_number_with_other_details_contradict():
    found = sort_out([claim(0, "OLD"), claim(1, "NEW", "OLD", details=ANN)], {})

    assert found.contradicting == [0, 1]


def test_two_rows_that_each_call_the_other_former_contradict():
    assert sort_out([claim(0, "A", "B"), claim(1, "B", "A")], {}).contradicting == [0, 1]


def test_two_new_numbers_for_one_former_one_contradict():
    assert sort_out([claim(0, "A", "X"), claim(1, "B", "X")], {}).contradicting == [0, 1]


_UPN = st.sampled_from("ABCDEF")
_CLAIMS = st.lists(
    st.tuples(_UPN, st.frozensets(_UPN, max_size=2), st.sampled_from([TOM, ANN])), max_size=6
)
_STORED = st.dictionaries(_UPN, st.builds(Stored, st.integers(1, 3), st.booleans()))


@given(_CLAIMS, _STORED, st.randoms())
def test_order_of_rows_does_not_matter_and_each_row_has_one_fate(raw, stored, random):
    claims = [
        Claim(n, upn, former - {upn}, details) for n, (upn, former, details) in enumerate(raw)
    ]
    shuffled = random.sample(claims, len(claims))
    one, other = sort_out(claims, stored), sort_out(shuffled, stored)

    assert sorted(one.contested) == sorted(other.contested)
    assert sorted(one.contradicting) == sorted(other.contradicting)
    assert {(c.pupil_id, c.upn, c.former) for c in one.children} == {
        (c.pupil_id, c.upn, c.former) for c in other.children
    }
    fates = len(one.contested) + len(one.contradicting) + sum(c.repeats + 1 for c in one.children)
    assert fates == len(claims)
    ids = [child.pupil_id for child in one.children if child.pupil_id is not None]
    assert len(ids) == len(set(ids))
