"""The family copy as a file: one side of A4, or two in large print."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from attendance_portal.shared import wording
from cases.rules.family_words import Part, part_to_shorten
from cases.rules.reading_age import words_of
from dashboards.printing import FONTS, Paper, paper
from dashboards.printing.letters import letters_of, unprintable
from dashboards.read_models.cases.family_copy import FamilyCopy, Hint

#: Sides of paper: the fridge holds one (P10); large print may run to two, and says so.
SIDES: Final = 1
SIDES_IN_LARGE_PRINT: Final = 2
#: The largest type that fits its sides, in points; nothing is ever smaller than 12 (P10).
SIZES: Final = (15, 14, 13, 12)
LARGE_SIZES: Final = (18,)


def family_paper(copy: FamilyCopy, *, is_large: bool, at: datetime) -> Paper:
    """The file in the largest type that fits, else in the smallest: ask `too_long` before it is
    handed out."""
    for size in LARGE_SIZES if is_large else SIZES:
        made = paper("family", {**copy.as_data(), "size": size}, at=at)
        if made.pages <= sides(is_large):
            break
    return made


def sides(is_large: bool) -> int:
    """On how many sides of paper a copy must fit."""
    return SIDES_IN_LARGE_PRINT if is_large else SIDES


def boxed(copy: FamilyCopy) -> list[Hint]:
    """Which signs of which part the file shows as a box: our fonts do not have them."""
    known = letters_of(FONTS)
    found = []
    for part, text in copy.written.items():
        if signs := unprintable(text, known):
            heading = next(one.heading for one in copy.parts if one.key == part)
            told = f"the PDF shows a box for {wording.listed(signs)}. Write it by hand."
            found.append(Hint(part, heading, told))
    return found


def too_long(copy: FamilyCopy, pages: int, *, is_large: bool) -> tuple[str, Part] | None:
    """Why it may not be printed and which part to shorten; None where it fits."""
    part = part_to_shorten(copy.lengths)
    if pages <= sides(is_large) or part is None:
        return None
    heading = next(one.heading for one in copy.parts if one.key == part)
    length = wording.counted(len(words_of(copy.written[part])), "word")
    wanted = "two sides" if is_large else "one side"
    return (
        f"This copy does not fit {wanted} of paper. Shorten “{heading}”: "
        f"at {length} it is the longest part.",
        part,
    )
