"""A slice is hidden whole where it, or what its filters leave out, is under the smallest group."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.rules.protection import Thresholds
from dashboards.read_models.slices import Slice, Sums
from dashboards.read_models.slices.protection import is_too_small, protected_counts

USUAL = Thresholds(10, 7)


@pytest.mark.parametrize(
    ("named", "wider", "is_hidden"),
    [
        (9, [], True),
        (10, [], False),
        (0, [], False),
        (30, [39], True),
        (30, [40], False),
        (30, [30], False),
        (30, [400, 31], True),
    ],
)
def test_the_slice_and_what_each_filter_leaves_out_must_reach_the_smallest_group(
    named, wider, is_hidden
):
    assert is_too_small(named, wider, USUAL) is is_hidden


groups = st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60)).map(
    lambda parts: Sums(enrolments=sum(parts), persistent=parts[0] + parts[1], severe=parts[0])
)


@given(groups, groups)
def test_few_children_are_never_told(named, others):
    shown = protected_counts(named, others)

    for line in ("persistent", "severe"):
        count = getattr(named, line)
        if 0 < count <= USUAL.largest_hidden_count:
            assert getattr(shown, line) is None
    if 0 < named.enrolments - named.persistent <= USUAL.largest_hidden_count:
        assert shown.persistent is None
    if 0 < named.enrolments < USUAL.smallest_group:
        assert shown.enrolments is None


@given(groups, groups)
def test_a_hidden_count_of_the_others_does_not_follow_from_both_together(named, others):
    ours, theirs = protected_counts(named, others), protected_counts(others, named)
    is_seen = others.enrolments and named.enrolments

    if is_seen and 0 < others.severe <= USUAL.largest_hidden_count:
        assert theirs.severe is None
        assert ours.severe in (None, 0)


@given(groups, groups)
def test_what_is_shown_is_to_the_nearest_five(named, others):
    shown = protected_counts(named, others)

    for name in ("enrolments", "persistent", "severe"):
        count = getattr(shown, name)
        assert count is None or (count % 5 == 0 and abs(count - getattr(named, name)) <= 2)


def a_group(severe, other, rest):
    return Sums(enrolments=severe + other + rest, persistent=severe + other, severe=severe)


def test_a_count_that_tells_of_whom_one_filter_leaves_out_is_hidden():
    girls_of_year_9 = a_group(0, 10, 20)
    boys_of_year_9 = a_group(0, 6, 24)  # whom the filter of sex leaves out
    others = a_group(40, 200, 700)

    assert protected_counts(girls_of_year_9, others).persistent == 10
    assert protected_counts(girls_of_year_9, boys_of_year_9, others).persistent is None
    assert protected_counts(girls_of_year_9, a_group(0, 8, 22), others).persistent == 10


def test_a_choice_of_children_is_divided_for_the_team_only():
    divided = {
        (protected, named): Slice(
            user=None, as_of=None, today=None, figures=None, missed="absent", rows=None,
            peers=None, schools=(), is_of_whole_schools=not named, who="",
            is_protected=protected, names_children=named,
        ).has_parts
        for protected in (False, True)
        for named in (False, True)
    }  # fmt: skip
    assert [asked for asked, has_parts in divided.items() if not has_parts] == [(True, True)]
