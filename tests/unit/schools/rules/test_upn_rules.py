"""Unique pupil numbers: the worked examples of the domain notes, and every way to be wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schools.rules import upn

GOOD = ["L807990119001", "C807990222147", "Q807990321058", "R807990423310", "W80799012407K"]

bodies = st.builds(
    lambda authority, rest, last: f"{authority:03}{rest:08}{last}",
    st.integers(1, 999),
    st.integers(0, 99_999_999),
    st.sampled_from("0123456789" + upn.CHECK_LETTERS),
)


@pytest.mark.parametrize("number", GOOD)
def test_upn_problem_none_for_the_worked_examples(number):
    assert upn.upn_problem(number) is None


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("A807990119001", "need L, not A"),
        ("L80799011900", "has 12"),
        ("L8079901190011", "has 14"),
        ("", "has 0"),
        ("L80799O119001", "I, O and S"),
        ("I807990119001", "I, O and S"),
        ("L80799011900S", "I, O and S"),
        ("8807990119001", "a letter and twelve digits"),
        ("l807990119001", "a letter and twelve digits"),
        ("L80799011900٣", "a letter and twelve digits"),  # an Arabic-Indic digit is no digit here
        ("A000990119001", "not 000"),
    ],
)
def test_upn_problem_says_what_is_wrong(number, says):
    assert says in upn.upn_problem(number)


@given(bodies)
def test_a_number_with_its_check_letter_is_right_and_with_any_other_wrong(body):
    letter = upn.check_letter(body)
    assert upn.upn_problem(letter + body) is None
    others = [other for other in upn.CHECK_LETTERS if other != letter]
    assert all(upn.upn_problem(other + body) is not None for other in others)


@given(bodies, st.integers(0, 10))
def test_one_wrong_digit_is_always_noticed(body, place):
    number = upn.check_letter(body) + body
    wrong = str((int(body[place]) + 1) % 10)
    changed = number[: place + 1] + wrong + number[place + 2 :]
    assert upn.upn_problem(changed) is not None


@pytest.mark.parametrize("body", ["80799011900", "80799O119001", "80799011900I", "8079901A9001"])
def test_check_letter_of_other_shapes_is_refused(body):
    with pytest.raises(ValueError, match="twelve digits"):
        upn.check_letter(body)


def test_is_temporary_by_the_last_letter():
    assert upn.is_temporary("W80799012407K")
    assert not upn.is_temporary("L807990119001")


@pytest.mark.parametrize(("raw", "tidy"), [(" l807990119001\t", "L807990119001"), ("ı1", "ı1")])
def test_normalise_trims_and_capitalises_plain_letters_only(raw, tidy):
    assert upn.normalise(raw) == tidy
