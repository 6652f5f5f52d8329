"""What the functions that build files read from a page's address, and the cells they share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from django.http import Http404
from django.shortcuts import get_object_or_404

from attendance.rules.protection import HIDDEN, MEANINGS, NOT_APPLICABLE, NOT_AVAILABLE
from attendance.selectors import figures_date
from dashboards.exports.tables import Cell, Column, Kind
from dashboards.listing import Chip
from dashboards.views.dates import asked_as_of
from schools.models import School
from schools.permissions import SignedInRequest

_COUNTS: Final = re.compile(r"([\d,]+) of ([\d,]+)")
_LONGEST_URN: Final = 7  # digits; six today
SYMBOLS: Final = (
    f"{NOT_AVAILABLE} means {MEANINGS[NOT_AVAILABLE]}. "
    f"{NOT_APPLICABLE} means {MEANINGS[NOT_APPLICABLE]}."
)


def day_of(request: SignedInRequest) -> date | None:
    """The day that the page stands at; None before the first figures."""
    return asked_as_of(request) or figures_date()


def school_of(request: SignedInRequest) -> School:
    """The school that the page is about, by `urn`. Raises Http404 where it is not in scope."""
    urn = request.GET.get("urn", "")
    if not urn.isdecimal() or len(urn) > _LONGEST_URN:
        raise Http404
    return get_object_or_404(School.objects.visible_to(request.user), pk=int(urn))


def in_words(chips: Iterable[Chip]) -> list[str]:
    """The filters that are on, one line each."""
    return [chip.label for chip in chips]


def rate_columns(label: str) -> list[Column]:
    """A percentage and the two counts that it rests on."""
    return [
        Column(label, Kind.PERCENT),
        Column(f"{label}, part", Kind.NUMBER),
        Column(f"{label}, of", Kind.NUMBER),
    ]


def rate_cells(shown: str, count: str) -> list[Cell]:
    """What a page prints as "9.4%" and "940 of 10,000" in three cells. Where there is no count,
    the same symbol stands in all: it is never left empty."""
    if found := _COUNTS.search(count):
        return [shown, *found.groups()]
    symbol = shown if shown in (HIDDEN, NOT_APPLICABLE) else NOT_AVAILABLE
    return [symbol, symbol, symbol]
