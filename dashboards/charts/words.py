"""The words of charts: titles that are sentences made from figures, and what stands around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.conf import settings

from attendance.rules import protection
from attendance.rules.percent import shown_percent
from attendance.rules.protection import HIDDEN, NOT_APPLICABLE, Thresholds
from attendance_portal.shared import wording
from dashboards.charts.facts import Heading, Share

MOST_WORDS_IN_A_TITLE = 15


def thresholds() -> Thresholds:
    """The two thresholds of the settings."""
    return Thresholds(settings.PROTECTED_SMALLEST_GROUP, settings.PROTECTED_LARGEST_HIDDEN_COUNT)


@dataclass(frozen=True)
class Figure:
    """A share as this reader may see it. `value` is the percentage as drawn; None: not drawn."""

    value: Fraction | None
    percent: str
    part: str
    whole: str

    @property
    def is_hidden(self) -> bool:
        return self.percent == HIDDEN

    @property
    def words(self) -> str:
        """'9.4%, 940 of 10,000'."""
        return f"{self.percent}, {self.part} of {self.whole}"


def figure(share: Share, *, protected: bool) -> Figure:
    """The one way from counts to what is drawn, printed and tabled."""
    if not share.whole:
        return Figure(None, NOT_APPLICABLE, "0", "0")
    if not protected:
        value = Fraction(100 * share.part, share.whole)
        percent = shown_percent(share.part, share.whole)
        return Figure(value, percent, f"{share.part:,}", f"{share.whole:,}")
    found = protection.protected_share(share.part, share.whole, thresholds())
    if found is None or not found[1]:
        return Figure(None, HIDDEN, HIDDEN, protection.protected_total(share.whole, thresholds()))
    points = protection.whole_percent(*found)
    return Figure(Fraction(points), f"{points}%", f"{found[0]:,}", f"{found[1]:,}")


def published_percent(percent: Decimal | Fraction) -> str:
    """A published percentage, or a middle of several of ours, printed as ours are."""
    part, whole = (percent / 100).as_integer_ratio()
    return shown_percent(part, whole)


def near(share: Share) -> str:
    """'8%', for "near 8%"; with decimals only where whole points would say 0%."""
    rounded = protection.whole_percent(share.part, share.whole)
    return f"{rounded}%" if rounded or not share.part else shown_percent(share.part, share.whole)


def plain_percent(part: int, whole: int) -> str:
    """'12%', '12.4%': as every rate, without a decimal that says nothing, for running words."""
    return shown_percent(part, whole).replace(".0%", "%")


def noun(heading: Heading) -> str:
    """What is measured, to begin a sentence: all absence is just absence."""
    return "Absence" if heading.measure == "All absence" else heading.measure


def noun_inside(heading: Heading) -> str:
    """The same within a sentence: 'unauthorised absence'."""
    found = noun(heading)
    return found[0].lower() + found[1:]


def fitted(with_who: str, without: str) -> str:
    """The longer title if it keeps to 15 words, else the one that leaves out who: the subtitle
    says who in any case."""
    return with_who if len(with_who.split()) <= MOST_WORDS_IN_A_TITLE else without


def about(heading: Heading, rest: str) -> str:
    """'Absence in Year 9 rose ...', or without the name if it is long."""
    return fitted(f"{noun(heading)} in {heading.who} {rest}", f"{noun(heading)} {rest}")


def subtitle(heading: Heading, unit: str, *, has_measure: bool = True) -> str:
    """What, who, which period, marks to."""
    what = f"{heading.measure}, {unit}" if has_measure else unit
    marks = f"marks to {wording.day_of_week(heading.marks_to)}" if heading.marks_to else ""
    parts = (what, heading.who, heading.period, marks or "no marks yet")
    return " · ".join(parts)


def source(heading: Heading, *others: str) -> str:
    """Where the figures come from, and that they may still change."""
    named = "; ".join([heading.source, *(other for other in others if other)])
    provisional = " Provisional: a later correction changes it." if heading.is_provisional else ""
    return f"Source: {named}.{provisional}"


def notes_on(rows: Sequence[Sequence[str]], hidden: int, things: str) -> list[str]:
    """What the letters in the table mean, and how many points are left out."""
    cells = {cell for row in rows for cell in row}
    notes = [
        f"{mark} means {words}." for mark, words in protection.MEANINGS.items() if mark in cells
    ]
    if hidden:
        verb = "is" if hidden == 1 else "are"
        notes.append(f"{wording.counted(hidden, things)} {verb} not drawn, to protect children.")
    return notes


def week_of(monday: date) -> str:
    """'week of 3 Nov 2025'."""
    return f"week of {wording.day(monday)}"
