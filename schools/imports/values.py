"""What one cell may say: each parser takes a trimmed text, not empty, and gives what is stored.

A parser raises Unfit with the reason; it sees each different value of a column once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from datetime import date
from typing import Any, Final

from attendance_portal.shared.rejects import Reason
from schools.rules import upn as upn_rules

Parser = Callable[[str], Any]

_ISO_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BOOLEANS: Final = {"1": True, "0": False, "y": True, "n": False, "true": True, "false": False}
_LANGUAGE: Final = re.compile(r"[A-Z0-9]{2,4}")
_LARGEST_URN: Final = 999_999_999  # GIAS has six digits today


class Unfit(Exception):
    """A cell cannot be used: why, and in what words if the standard ones are too general."""

    def __init__(self, reason: Reason, says: str = "") -> None:
        super().__init__(says or reason)
        self.reason = reason
        self.says = says


def text(longest: int) -> Parser:
    """Any words up to a length."""

    def parse(raw: str) -> str:
        if len(raw) > longest:
            says = f"This has {len(raw)} characters; there is room for {longest}. Shorten it."
            raise Unfit(Reason.BAD_VALUE, says)
        return raw

    return parse


def capitals(longest: int) -> Parser:
    """Words up to a length, in capitals (postcodes, ward codes)."""
    words = text(longest)
    return lambda raw: words(raw.upper())


def upn(raw: str) -> str:
    """A unique pupil number with the right check letter."""
    number = upn_rules.normalise(raw)
    problem = upn_rules.upn_problem(number)
    if problem is not None:
        raise Unfit(Reason.BAD_UPN, problem)
    return number


def upns(raw: str) -> frozenset[str]:
    """Several of them, a space between (commas and semicolons are forgiven)."""
    return frozenset(upn(one) for one in re.split(r"[\s,;]+", raw) if one)


def iso_date(raw: str) -> date:
    """A date as 2026-03-02 and in no other form."""
    if _ISO_DATE.fullmatch(raw) is None:
        raise Unfit(Reason.BAD_DATE)
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise Unfit(Reason.BAD_DATE, "There is no such day. Check day and month.") from None


def date_of_birth(earliest: date, on: date | None) -> Parser:
    """A date not before `earliest` and not after today (`on`)."""

    def parse(raw: str) -> date:
        born = iso_date(raw)
        if born < earliest:
            raise Unfit(Reason.BAD_VALUE, f"Nobody at school was born before {earliest.year}.")
        if on is not None and born > on:
            raise Unfit(Reason.BAD_VALUE, "This date of birth has not come yet. Correct it.")
        return born

    return parse


def boolean(raw: str) -> bool:
    """1 or 0; Y/N and true/false are accepted."""
    try:
        return _BOOLEANS[raw.lower()]
    except KeyError:
        raise Unfit(Reason.BAD_VALUE, "This must be 1 (yes) or 0 (no).") from None


def coded(codes: Container[str], *, of: str, small: bool = False) -> Parser:
    """One of a code set, whatever its capitals; `of` names the set in the sentence."""

    def parse(raw: str) -> str:
        code = raw.lower() if small else raw.upper()
        if code not in codes:
            raise Unfit(Reason.BAD_VALUE, f"This is not one of the codes of {of}. Correct it.")
        return code

    return parse


def whole(least: int, most: int) -> Parser:
    """A whole number between two others, both included."""

    def parse(raw: str) -> int:
        if not (raw.isascii() and raw.isdigit() and len(raw) < 12 and least <= int(raw) <= most):
            raise Unfit(Reason.BAD_VALUE, f"This must be a whole number from {least} to {most}.")
        return int(raw)

    return parse


def urn(raw: str) -> int:
    """A school's number."""
    try:
        return int(whole(1, _LARGEST_URN)(raw))
    except Unfit:
        raise Unfit(Reason.BAD_VALUE, "A URN is a whole number of six digits.") from None


def digits(count: int, *, of: str) -> Parser:
    """Exactly so many digits, kept as text with their noughts."""

    def parse(raw: str) -> str:
        if not (raw.isascii() and raw.isdigit() and len(raw) == count):
            raise Unfit(Reason.BAD_VALUE, f"{of} has {count} digits.")
        return raw

    return parse


def language(raw: str) -> str:
    """A DfE language code: two to four letters (the long list is not ours to police)."""
    code = raw.upper()
    if _LANGUAGE.fullmatch(code) is None:
        raise Unfit(Reason.BAD_VALUE, "This must be a DfE language code, for example ENG.")
    return code


def meeting_days(raw: str) -> str:
    """ISO weekdays, each once and in order: 12345 is Monday to Friday."""
    if not set(raw) <= set("1234567"):
        says = "Write the weekdays as digits, 1 for Monday to 7 for Sunday, for example 12345."
        raise Unfit(Reason.BAD_VALUE, says)
    return "".join(sorted(set(raw)))
