"""Unique pupil numbers: the two forms and the check letter. Pure.

Permanent: letter, LA number (3), establishment (4), year (2), serial (3): 'L807990119001'.
Temporary: the same with a letter for the last digit: 'W80799012407K'. I, O and S are never used.
Source: DfE guide to unique pupil numbers; worked examples in the domain notes on code sets.
"""

import re
from typing import Final

UPN_LENGTH: Final = 13
CHECK_LETTERS: Final = "ABCDEFGHJKLMNPQRTUVWXYZ"  # 0 A, 1 B, ... 22 Z
_FIRST_WEIGHT: Final = 2  # the weight of a character is its place in the full number
_LETTER: Final = f"[{CHECK_LETTERS}]"
_PERMANENT: Final = re.compile(rf"{_LETTER}[0-9]{{12}}")
_TEMPORARY: Final = re.compile(rf"{_LETTER}[0-9]{{11}}{_LETTER}")
_NO_AUTHORITY: Final = "000"


def normalise(raw: str) -> str:
    """As a file wrote it, trimmed and in capitals. It may still be wrong."""
    trimmed = raw.strip()
    return trimmed.upper() if trimmed.isascii() else trimmed


def is_temporary(upn: str) -> bool:
    """Whether it has the form of a temporary number (which a school should replace)."""
    return _TEMPORARY.fullmatch(upn) is not None


def check_letter(body: str) -> str:
    """The letter that belongs before these twelve. Raises ValueError for any other shape."""
    if _PERMANENT.fullmatch(f"A{body}") is None and _TEMPORARY.fullmatch(f"A{body}") is None:
        raise ValueError(f"{body!r} is not twelve digits, the last of which may be a letter.")
    values = [int(c) if c.isdigit() else CHECK_LETTERS.index(c) for c in body]
    total = sum(weight * value for weight, value in enumerate(values, start=_FIRST_WEIGHT))
    return CHECK_LETTERS[total % len(CHECK_LETTERS)]


def upn_problem(upn: str) -> str | None:
    """What is wrong with a normalised number, in words for whoever sent it; None if nothing is.

    Any authority number but 000 is taken: a child keeps the number that an authority since
    abolished, or a Welsh one, gave.
    """
    if len(upn) != UPN_LENGTH:
        return f"A UPN has 13 characters; this one has {len(upn)}."
    if _PERMANENT.fullmatch(upn) is None and _TEMPORARY.fullmatch(upn) is None:
        return (
            "A UPN is a letter and twelve digits (the last may be a letter); "
            "the letters I, O and S are never used."
        )
    if upn[1:4] == _NO_AUTHORITY:
        return (
            "The three digits after the first letter must be a local authority's number, not 000."
        )
    expected = check_letter(upn[1:])
    if upn[0] != expected:
        return f"The check letter does not fit: these digits need {expected}, not {upn[0]}."
    return None
