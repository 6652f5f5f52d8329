"""Folding names for search and order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schools.rules.names import LONGEST, fold, fold_text


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Smith", "smith"),
        ("O'Brien", "obrien"),
        ("O’Brien", "obrien"),
        ("Ó Briain", "o briain"),
        ("Weiß", "weiss"),
        ("Ødegård", "odegard"),
        ("Łukasz", "lukasz"),
        ("Æthelred", "aethelred"),
        ("Iğdır", "igdir"),
        ("İpek", "ipek"),
        ("  Two   Names ", "two names"),
        ("Smith-Jones", "smith-jones"),
        ("孫", "孫"),
        ("", ""),
    ],
)
def test_name_is_folded_to_plain_small_letters(text, folded):
    assert fold_text(text) == folded


def test_full_name_is_surname_comma_forename():
    assert fold("O'Brien", "Zoë") == "obrien, zoe"


def test_surname_alone_has_no_comma():
    assert fold("St Hild's School") == "st hilds school"


def test_plain_surname_sorts_before_the_longer_ones():
    names = [fold("Smithson", "A"), fold("Smith-Lee", "A"), fold("Smith", "Z")]

    assert sorted(names) == ["smith, z", "smith-lee, a", "smithson, a"]


@given(st.text(max_size=100), st.text(max_size=100))
def test_folding_fits_its_column_and_is_final(surname, forename):
    assert len(fold(surname, forename)) <= LONGEST
    assert fold_text(fold_text(surname)) == fold_text(surname)
