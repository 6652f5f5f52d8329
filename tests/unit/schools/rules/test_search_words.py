"""What someone typed in the search box."""

from datetime import date

import pytest

from schools.rules.search_words import Asked, read_search
from schools.rules.spelling import is_near, slips, slips_allowed
from tests.factories.pupils import upn

ON = date(2026, 3, 3)
BORN = date(2012, 5, 14)


def read(text: str) -> Asked:
    return read_search(text, ON)


def test_whole_upn_is_a_upn_whatever_its_case_and_spaces():
    number = upn(7)

    assert read(f"  {number.lower()} ") == Asked(upn=number)
    assert read(f"{number[:4]} {number[4:]}") == Asked(upn=number)


def test_upn_with_a_wrong_check_letter_is_no_number():
    number = upn(7)
    wrong = ("A" if number[0] != "A" else "B") + number[1:]

    assert read(wrong) == Asked(words=(wrong.lower(),))


def test_six_digits_are_a_urn():
    assert read("900001") == Asked(urn=900001)


@pytest.mark.parametrize("typed", ["807/4000", "8074000", "807 4000", "807-4000"])
def test_dfe_number_is_read_in_each_of_its_spellings(typed):
    assert read(typed) == Asked(dfe_number=("807", "4000"))


def test_names_are_folded_and_lose_commas():
    assert read("O'Briain, Zoë") == Asked(words=("obriain", "zoe"))


@pytest.mark.parametrize(
    "typed",
    [
        "14/05/2012",
        "14/5/12",
        "14-05-2012",
        "14.5.2012",
        "14 05 2012",
        "2012-05-14",
        "14 May 2012",
        "14th may 2012",
        "14may12",
        "14052012",
    ],
)
def test_date_of_birth_is_read_in_several_formats(typed):
    assert read(typed) == Asked(born_on=BORN)
    assert read(f"ash {typed}") == Asked(words=("ash",), born_on=BORN)


def test_year_of_two_digits_is_never_to_come():
    assert read("1/1/26").born_on == date(2026, 1, 1)
    assert read("1/1/27").born_on == date(1927, 1, 1)


@pytest.mark.parametrize("typed", ["31/02/2012", "14/13/2012", "99/99/99"])
def test_day_that_never_was_is_no_date(typed):
    assert read(typed).born_on is None


@pytest.mark.parametrize(
    ("typed", "short"),
    [("", True), ("a", True), (" , ", True), ("ab", False), ("a b", False), ("14/5/12", False)],
)
def test_fewer_than_two_letters_are_too_short(typed, short):
    assert read(typed).is_too_short is short


def test_nothing_that_cannot_be_printed_gets_through():
    assert read("ash\x00ley\n") == Asked(words=("ash", "ley"))


def test_long_text_is_cut_and_many_words_are_left():
    assert len(read("a b c d e f g h i").words) == 6
    assert read("x" * 5000).words == ("x" * 100,)


@pytest.mark.parametrize(
    ("one", "other", "number"),
    [
        ("smith", "smith", 0),
        ("smyth", "smith", 1),
        ("smiht", "smith", 1),
        ("smit", "smith", 1),
        ("smithh", "smith", 1),
        ("kathryn", "catherine", 4),
        ("", "abc", 3),
    ],
)
def test_slips_are_counted(one, other, number):
    assert slips(one, other) == number
    assert slips(other, one) == number


@pytest.mark.parametrize(("length", "allowed"), [(3, 0), (4, 1), (6, 1), (7, 2)])
def test_longer_words_may_hold_more_slips(length, allowed):
    assert slips_allowed("x" * length) == allowed


@pytest.mark.parametrize(
    ("word", "name", "near"),
    [
        ("jon", "john", False),
        ("jone", "jones", True),
        ("smyth", "smith", True),
        ("smytt", "smith", False),
        ("readmen", "readman", True),
        ("raedmen", "readman", True),
        ("raedmon", "readmans", False),
        ("ann", "ann", True),
    ],
)
def test_near_spellings(word, name, near):
    assert is_near(word, name) is near
