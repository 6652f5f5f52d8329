"""A case as a file: at most four sheets, fewer of the older lines where it would not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from attendance_portal.shared import wording
from dashboards.printing import Paper, paper
from dashboards.read_models.cases.case_paper import (
    LIMITS,
    CasePaper,
    Gathered,
    PaperReader,
    PaperSection,
)
from dashboards.read_models.cases.case_paper_family import family_paper
from dashboards.read_models.cases.case_paper_people import people_paper

#: Pages of A4, printed on one side each (P5: "case summary, four sheets").
SHEETS: Final = 4
_NARROWEST, _WIDEST = 8, 40  # characters: no column is squeezed, and none takes all


@dataclass(frozen=True)
class PrintedCase:
    """The words that are on it, and the file."""

    words: CasePaper
    paper: Paper


def printed_case(found: Gathered, reader: PaperReader, *, at: datetime) -> PrintedCase:
    """The paper with as many of the latest contacts and lines as four sheets hold."""
    compose = family_paper if reader == PaperReader.FAMILY else people_paper
    for contacts, lines in LIMITS:
        words = compose(found, contacts=contacts, lines=lines)
        made = paper("case", _data(words, at), at=at)
        if made.pages <= SHEETS:
            break
    return PrintedCase(words, made)


def _data(words: CasePaper, at: datetime) -> dict[str, Any]:
    foot = f"Printed {wording.moment(at)}. Contains children's personal data."
    return {**asdict(words), "foot": foot, "sections": [_section(one) for one in words.sections]}


def _section(one: PaperSection) -> dict[str, Any]:
    return {**asdict(one), "is_empty": one.is_empty, "widths": widths(one.columns, one.rows)}


def widths(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Each column's share of the width, by its longest words, within limits."""
    shares = []
    for place, name in enumerate(columns):
        longest = max((len(row[place]) for row in rows), default=0)
        shares.append(min(max(longest, len(name), _NARROWEST), _WIDEST))
    return shares
