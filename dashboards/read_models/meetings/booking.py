"""With which schools a meeting can be booked."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from meetings.models import Meeting
from meetings.read_models.board import term_on
from schools.models import School

if TYPE_CHECKING:
    from accounts.models import User


def schools_to_book(user: User, *, on: date) -> list[tuple[str, str]]:
    """The open schools in scope, A to Z: URN and name, with a word where this term's meeting
    stands already."""
    year, term = term_on(on)
    stands = set(Meeting.objects.of_term(year, term).standing().values_list("school_id", flat=True))
    schools = School.objects.visible_to(user).filter(status="open").alphabetical()
    return [
        (str(urn), f"{name} (has one this term)" if urn in stands else name)
        for urn, name in schools.values_list("urn", "name")
    ]
