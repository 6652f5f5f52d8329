"""Nobody is twice on one school's roll at once."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schools.imports.overlaps import refused_starts

D = [date(2026, 1, 1) + timedelta(days=n) for n in range(40)]


@pytest.mark.parametrize(
    ("stored", "wanted", "refused"),
    [
        ({}, {D[0]: D[9], D[10]: None}, []),
        ({}, {D[0]: D[10], D[10]: None}, [D[10]]),  # the last day is included
        ({}, {D[0]: None, D[10]: None}, [D[10]]),
        ({}, {D[0]: D[0], D[1]: D[1]}, []),
        ({D[0]: None}, {D[0]: D[9], D[10]: None}, []),  # one row ends, another begins
        ({D[0]: None}, {D[10]: None}, [D[10]]),
        ({D[10]: None}, {D[0]: D[9]}, []),
        ({D[10]: None}, {D[0]: D[10]}, [D[0]]),  # what is stored is not pushed aside
        ({D[0]: D[9], D[10]: None}, {D[0]: None, D[10]: None}, [D[0]]),
        ({D[0]: None}, {D[0]: None, D[10]: None}, [D[10]]),  # an unchanged row stands
        ({}, {D[0]: D[30], D[5]: D[6], D[8]: D[9]}, [D[5], D[8]]),
    ],
)
def test_stays_that_would_overlap_are_refused(stored, wanted, refused):
    assert refused_starts(stored, wanted) == refused


_LENGTHS = st.dictionaries(st.integers(0, 20), st.one_of(st.none(), st.integers(0, 12)), max_size=6)


def _stays(lengths):
    return {D[s]: None if n is None else D[s + n] for s, n in lengths.items()}


def _is_legal(stays):
    ordered = sorted(stays)
    return all(stays[one] is not None and stays[one] < other for one, other in pairwise(ordered))


@given(_LENGTHS, _LENGTHS)
def test_what_is_left_is_always_legal(before, lengths):
    first = _stays(before)
    stored = {s: e for s, e in first.items() if s not in refused_starts({}, first)}
    wanted = _stays(lengths)
    refused = refused_starts(stored, wanted)
    result = {**stored, **{s: e for s, e in wanted.items() if s not in refused}}

    assert _is_legal(stored)
    assert _is_legal(result)
    assert refused_starts(result, {s: e for s, e in wanted.items() if s not in refused}) == []
