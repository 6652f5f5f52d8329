"""The code table: what each code means on each date, and which symbol stores it."""

from datetime import date
from itertools import pairwise

import pytest

from attendance import codes

THE_DAY_BEFORE = date(2024, 8, 18)
THE_DAY = date(2024, 8, 19)

ATTENDED_NOW = {"/", "\\", "L", "K", "V", "P", "W", "B"}
AUTHORISED_NOW = {"C", "C1", "C2", "E", "I", "J1", "M", "R", "S", "T"}
UNAUTHORISED = {"G", "N", "O", "U"}
NOT_POSSIBLE_NOW = {"D", "X", "Q", *(f"Y{n}" for n in range(1, 8)), "Z", "#", "-"}


def _in_force_on(day: date) -> list[codes.Code]:
    return [row for row in codes.all_codes() if row.is_in_force(day)]


def test_present_codes_count_as_the_regulations_and_statistics_say():
    rows = _in_force_on(THE_DAY)
    assert {row.code for row in rows if row.is_attended} == ATTENDED_NOW
    assert {row.code for row in rows if row.is_authorised} == AUTHORISED_NOW
    assert {row.code for row in rows if row.is_unauthorised} == UNAUTHORISED
    assert {row.code for row in rows if not row.is_possible} == NOT_POSSIBLE_NOW


def test_codes_before_august_2024_count_as_they_did_then():
    rows = _in_force_on(THE_DAY_BEFORE)
    attended = {row.code for row in rows if row.is_attended}
    assert attended == {"/", "\\", "L", "B", "J", "P", "V", "W"}
    authorised = {row.code for row in rows if row.is_authorised}
    assert authorised == {"C", "E", "H", "I", "M", "R", "S", "T"}
    assert {row.code for row in rows if row.is_unauthorised} == UNAUTHORISED
    not_possible = {row.code for row in rows if not row.is_possible}
    assert not_possible == {"D", "X", "Y", "Z", "#", "-"}


@pytest.mark.parametrize("row", codes.all_codes(), ids=lambda row: f"{row.code}-{row.valid_from}")
def test_every_row_is_possible_exactly_when_it_is_one_of_three(row):
    kinds = [row.is_attended, row.is_authorised, row.is_unauthorised]
    assert sum(kinds) == (1 if row.is_possible else 0)
    assert len(row.symbol) == 1
    assert row.counts_for_penalty_notice == (row.is_unauthorised and row.valid_from >= THE_DAY)


def test_dates_of_one_code_never_overlap():
    for code, spans in codes.code_table().items():
        for (_, ended, _), (begins, _, _) in pairwise(spans):
            assert ended is not None, code
            assert ended < begins, code


def test_a_symbol_means_one_thing_on_every_date():
    meanings = {}
    for row in codes.all_codes():
        statistical = (row.code, row.is_attended, row.is_authorised, row.is_unauthorised)
        assert meanings.setdefault(row.symbol, statistical) == statistical


def test_a_code_with_one_meaning_has_one_symbol():
    symbols = {}
    for row in codes.all_codes():
        key = (row.code, row.is_attended, row.is_authorised, row.is_unauthorised)
        symbols.setdefault(key, set()).add(row.symbol)
    assert all(len(found) == 1 for found in symbols.values())


@pytest.mark.parametrize(
    ("code", "on", "symbol"),
    [
        ("C1", THE_DAY, "c"),
        ("C1", THE_DAY_BEFORE, None),
        ("C2", THE_DAY, "p"),
        ("J1", THE_DAY, "j"),
        ("J", THE_DAY_BEFORE, "J"),
        ("J", THE_DAY, None),
        ("Y", THE_DAY_BEFORE, "Y"),
        ("Y", THE_DAY, None),
        ("Y1", THE_DAY, "1"),
        ("Y7", THE_DAY, "7"),
        ("H", THE_DAY_BEFORE, "H"),
        ("H", THE_DAY, None),
        ("F", date(2013, 8, 31), "F"),
        ("F", date(2013, 9, 1), None),
        ("D", date(2011, 8, 31), "d"),
        ("D", date(2011, 9, 1), "D"),
        ("/", date(2006, 8, 31), None),
        ("/", date(2006, 9, 1), "/"),
        ("\\", THE_DAY, "\\"),
        ("?", THE_DAY, None),
    ],
)
def test_symbol_for_a_code_on_a_day(code, on, symbol):
    assert codes.symbol_for(code, on) == symbol


def test_symbol_classes_agree_with_the_table():
    for symbol in codes.SYMBOLS_ALL:
        row = codes.by_symbol(symbol)
        assert (symbol in codes.SYMBOLS_POSSIBLE) == row.is_possible
        assert (symbol in codes.SYMBOLS_ATTENDED) == row.is_attended
        assert (symbol in codes.SYMBOLS_AUTHORISED) == row.is_authorised
        assert (symbol in codes.SYMBOLS_UNAUTHORISED) == row.is_unauthorised
        assert (symbol in codes.SYMBOLS_NOT_A_SESSION) == (not row.makes_a_session)
        assert codes.CODE_OF_SYMBOL[symbol] == row.code


def test_symbol_classes_begin_with_the_commonest():
    assert codes.SYMBOLS_POSSIBLE.startswith("/\\I")
    assert codes.SYMBOLS_UNAUTHORISED.startswith("O")
    assert codes.SYMBOLS_AUTHORISED.startswith("I")


def test_a_space_is_no_mark_and_no_session():
    assert codes.NO_MARK in codes.SYMBOLS_NOT_A_SESSION
    assert codes.NO_MARK not in codes.SYMBOLS_ALL
    with pytest.raises(KeyError):
        codes.by_symbol(codes.NO_MARK)


@pytest.mark.parametrize(
    ("code", "expected"), [("#", False), ("-", False), ("Z", False), ("Y4", True), ("D", True)]
)
def test_which_codes_show_that_the_school_met(code, expected):
    assert codes.meaning(code, THE_DAY).makes_a_session is expected


def test_by_symbol_answers_with_the_newest_name():
    assert codes.by_symbol("T").short_name == "Mobile child, parent travelling for work"
    assert codes.by_symbol("J").valid_to == THE_DAY_BEFORE


@pytest.mark.parametrize(
    ("raw", "code"), [(" i ", "I"), ("c1", "C1"), ("\\", "\\"), ("#", "#"), ("ı", "ı"), ("", "")]
)
def test_normalise_trims_and_capitalises_plain_letters_only(raw, code):
    assert codes.normalise(raw) == code


def test_is_known_includes_retired_codes():
    assert codes.is_known("F")
    assert not codes.is_known("A")


def test_meaning_of_a_code_not_in_force_says_so():
    with pytest.raises(codes.CodeNotInForceError, match="'J' was not in force on 2024-08-19"):
        codes.meaning("J", THE_DAY)
