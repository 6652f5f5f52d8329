"""What is known of the demo's places besides their figures: all of it invented."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from accounts.models import User
from attendance_portal.shared.clock import LONDON
from interventions.choices import EntryKind
from interventions.models import PlaceEntry
from interventions.services.places import end_entry, write_entry
from schools.models import Place

#: Kind, what it is, more of it, whose views were heard; by how many weeks ago it was written.
_ENTRIES: Final = (
    (
        EntryKind.OFFER,
        "Breakfast at the library, with a homework table",
        "Mondays to Fridays from half past seven. No booking: ask at the desk.",
        "",
        9,
    ),
    (
        EntryKind.OFFER,
        "Early help drop-in at the family hub",
        "Wednesdays, three to five. Parents may bring anybody they like.",
        "",
        6,
    ),
    (
        EntryKind.STRENGTH,
        "The rowing club's Saturday mornings",
        "Forty young people, many of whom find school hard, come every week.",
        "",
        11,
    ),
    (
        EntryKind.STRENGTH,
        "A nursery where children come every day",
        "Families walk together from the same three streets.",
        "",
        5,
    ),
    (EntryKind.PEOPLE, "Youth team, two workers", "At the hub on Tuesdays and Fridays.", "", 8),
    (
        EntryKind.FUNDING,
        "Neighbourhood fund",
        "For the breakfast table and the bus to it. The hub holds it.",
        "",
        10,
    ),
    (
        EntryKind.NOTE,
        "The early bus",
        "Families say that the first bus of the morning is full by the second stop.",
        "",
        4,
    ),
    (
        EntryKind.DECISION,
        "Begin with the mornings",
        "Breakfast and the bus first. A reward scheme was set aside: families found it unkind.",
        "Twenty-six parents at the hub, pupils of Year 8, both primaries and the bus company.",
        3,
    ),
)
NINE: Final = time(9)
_OVER: Final = ("Homework club in the chapel", "It moved to the library, with breakfast.", 12)


def write_down_places(*, by: User, on: date) -> None:
    """Entries for the first locality and a ward of it, unless somebody wrote some already."""
    at = datetime.combine(on, NINE, tzinfo=LONDON)
    if PlaceEntry.objects.exists():
        return
    locality = Place.objects.filter(kind=Place.Kind.LOCALITY).order_by("code").first()
    ward = locality.wards.order_by("name").first() if locality else None
    if locality is None or ward is None:
        return
    for place in (ward, locality):
        for number, (kind, title, text, views, weeks) in enumerate(_ENTRIES):
            if number % 2 == (place == ward):
                continue
            days = {"from_on": on - timedelta(weeks=weeks), "until_on": on + timedelta(weeks=20)}
            write_entry(
                place=place, kind=kind, title=title, text=text, views=views, by=by,
                at=at - timedelta(weeks=weeks), **days,
            )  # fmt: skip
    title, why, weeks = _OVER
    then = at - timedelta(weeks=weeks)
    over = write_entry(place=ward, kind=EntryKind.OFFER, title=title, by=by, at=then)
    end_entry(entry=over, reason=why, by=by, on=on - timedelta(weeks=9), at=then)
