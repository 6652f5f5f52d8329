"""What someone typed in the one search box: a number, or names and perhaps a date of birth. Pure.

Source: pages.md P2: a whole UPN, then a URN or DfE number, then names and a date of birth.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from schools.rules import upn
from schools.rules.names import fold_text

LONGEST: Final = 100  # characters looked at: two long names and a date
FEWEST_LETTERS: Final = 2
MOST_WORDS: Final = 6
_URN: Final = re.compile(r"\d{6}")
_DFE_NUMBER: Final = re.compile(r"(\d{3})[/ -]?(\d{4})")
_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_ISO: Final = re.compile(r"\b(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})\b")
_DAY_FIRST: Final = re.compile(
    r"\b(?P<day>\d{1,2})[-/. ](?P<month>\d{1,2})[-/. ](?P<year>\d{4}|\d{2})\b"
)
_MONTH_NAMED: Final = re.compile(
    r"\b(?P<day>\d{1,2})(?:st|nd|rd|th)?[-/. ]*"
    rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*[-/., ]*(?P<year>\d{{4}}|\d{{2}})\b",
    re.IGNORECASE,
)
_RUN_TOGETHER: Final = re.compile(r"\b(?P<day>\d{2})(?P<month>\d{2})(?P<year>\d{4})\b")
_DATES: Final = (_ISO, _DAY_FIRST, _MONTH_NAMED, _RUN_TOGETHER)


@dataclass(frozen=True)
class Asked:
    """What was typed, read. At most one of `upn`, `urn` and `dfe_number` is filled.

    `words` are folded; `born_on` may stand beside them. All empty: nothing that can be looked for.
    """

    upn: str = ""
    urn: int | None = None
    dfe_number: tuple[str, str] | None = None  # the authority and the establishment
    words: tuple[str, ...] = ()
    born_on: date | None = None

    @property
    def is_too_short(self) -> bool:
        """Whether neither a number, nor a date, nor two letters of a name are there."""
        has_number = bool(self.upn or self.urn or self.dfe_number or self.born_on)
        return not has_number and sum(map(len, self.words)) < FEWEST_LETTERS


def read_search(text: str, on: date) -> Asked:
    """Read the box. `on`: today, by which a year of two digits is placed in the past."""
    typed = _plain(text)
    number = upn.normalise(typed.replace(" ", ""))
    if upn.upn_problem(number) is None:
        return Asked(upn=number)
    if _URN.fullmatch(typed):
        return Asked(urn=int(typed))
    if found := _DFE_NUMBER.fullmatch(typed):
        return Asked(dfe_number=(found[1], found[2]))
    born_on, rest = _take_date(typed, on)
    words = re.sub(r"[,;/]", " ", fold_text(rest)).split()
    return Asked(words=tuple(dict.fromkeys(words))[:MOST_WORDS], born_on=born_on)


def _plain(text: str) -> str:
    """Without characters that cannot be printed, trimmed, one space between words."""
    shown = "".join(c if c.isprintable() else " " for c in text[:LONGEST])
    return " ".join(shown.split())


def _take_date(typed: str, on: date) -> tuple[date | None, str]:
    """The first date in the text, and the text without it."""
    for shape in _DATES:
        for found in shape.finditer(typed):
            day = _as_date(found.groupdict(), on)
            if day is not None:
                return day, f"{typed[: found.start()]} {typed[found.end() :]}"
    return None, typed


def _as_date(parts: dict[str, str], on: date) -> date | None:
    month = parts["month"].lower()[:3]
    number = _MONTHS.index(month) + 1 if month in _MONTHS else int(month)
    try:
        return date(_whole_year(parts["year"], on), number, int(parts["day"]))
    except ValueError:
        return None


def _whole_year(year: str, on: date) -> int:
    """'12' is 2012, the latest such year that is not to come."""
    if len(year) == 4:
        return int(year)
    in_this_century = on.year - on.year % 100 + int(year)
    return in_this_century if in_this_century <= on.year else in_this_century - 100
