"""Invented data for the gallery of components. Nobody here exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django import forms
from django.core.paginator import Paginator
from django.http import QueryDict

from attendance.rules.percent import shown_percent
from attendance.states import NOT_ANSWERED
from attendance_portal.shared import wording
from dashboards import listing, parts
from dashboards.read_models.pupil_list import CohortLink

TODAY: Final = date(2025, 11, 4)
YEARS: Final = [("", "Any"), ("7", "Year 7"), ("8", "Year 8"), ("9", "Year 9")]
COLUMNS: Final = (
    listing.Column("Pupil", "name"),
    listing.Column("Year"),
    listing.Column("Absence", "absence", True),
)
DEFAULT_SORT: Final = "name"
POSSIBLE: Final = 200
PUPILS: Final = 60


@dataclass(frozen=True)
class SampleRow:
    """A line of the sample list."""

    name: str
    year: str
    absent: int

    @property
    def absence(self) -> str:
        """As printed."""
        return shown_percent(self.absent, POSSIBLE)

    @property
    def sessions(self) -> str:
        """The count beside the percentage."""
        return f"{self.absent} of {POSSIBLE} sessions"


class SampleFilters(forms.Form):
    """A word and a choice."""

    q = forms.CharField(label="Name", required=False)
    year = forms.ChoiceField(label="Year group", choices=YEARS, required=False)


def sample_list(query: QueryDict) -> dict[str, Any]:
    """A list that filters, sorts and turns its pages by its address, as every list does."""
    form = SampleFilters(query, auto_id="filter_%s")
    form.is_valid()
    chosen = {name: value for name, value in form.cleaned_data.items() if value}
    sort = listing.chosen_sort(query, COLUMNS, DEFAULT_SORT)
    rows = _ordered(_matching(chosen), sort)
    page = Paginator(rows, listing.PER_PAGE).get_page(query.get(listing.PAGE))
    return {
        "filter_form": form,
        "chips": [
            listing.Chip(f"{form[name].label}: {value}", listing.address(query, **{name: None}))
            for name, value in chosen.items()
        ],
        "count": wording.counted(len(rows), "pupil"),
        "headers": listing.headers(COLUMNS, query, sort),
        "rows": list(page),
        "pages": listing.page_links(page, query),
        "kept": [(listing.SORT, sort)] if sort != DEFAULT_SORT else [],
    }


def _matching(chosen: dict[str, str]) -> list[SampleRow]:
    rows = [
        SampleRow(f"Sample {number:02}", str(7 + number % 3), number * 7 % 101)
        for number in range(1, PUPILS + 1)
    ]
    word = chosen.get("q", "").casefold()
    year = chosen.get("year", "")
    return [row for row in rows if word in row.name.casefold() and year in ("", row.year)]


def _ordered(rows: list[SampleRow], sort: str) -> list[SampleRow]:
    by_absence = sort.removeprefix("-") == "absence"
    return sorted(
        rows,
        key=lambda row: (row.absent if by_absence else 0, row.name),
        reverse=sort.startswith("-"),
    )


def sample_parts() -> dict[str, Any]:
    """One of each smaller component, in every state that it knows."""
    late, behind = date(2025, 10, 30), date(2025, 11, 3)
    return {
        "identity": [("UPN", "A123456789012"), ("School", "Sample School"), ("Year", "9")],
        "reasons": [
            parts.Reason("No conversation with the child is recorded", "#"),
            parts.Reason("No barrier is named"),
        ],
        "stales": [
            parts.marks_behind(behind, 1),
            parts.marks_behind(late, 3),
            parts.marks_behind(None, 0),
            parts.schools_behind(2, 59, late),
        ],
        "dates": [
            parts.due_date(on, today=TODAY)
            for on in (date(2025, 11, 12), TODAY, date(2025, 10, 31))
        ],
        "cohorts": [
            CohortLink("Just over the line", "12", "#", True),
            CohortLink("Coming back", ""),
        ],
        "tasks": [
            parts.Task("The child's view", "#", "What helps, in the child's words"),
            parts.Task("The family's view", "#", tag=NOT_ANSWERED),
            parts.Task("Actions", hint="Opens when both views are there"),
        ],
        "running": parts.Progress("Checked 412 of 1,000 rows", 41),
        "ended": parts.Progress("Checked 1,000 of 1,000 rows", 100, is_done=True),
        "answers": [
            parts.Answer("Reader", "Anyone else: small numbers are protected", "#"),
            parts.Answer("Rows", "1,204"),
        ],
        "versions": parts.BothVersions(
            "Robin Sample",
            "4 Nov 2025, 9:12am",
            [
                parts.Version("Note", "Spoke to the family.", "Rang, no answer yet."),
                parts.Version("Look again", "14 Nov 2025", "14 Nov 2025"),
            ],
            "#",
        ),
    }
