"""P18: what is known of a place besides its figures, written down by the team and ended later."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.forms import TOKEN
from accounts.models import AuditEvent
from attendance_portal.shared.errors import Conflict, Invalid, Refused
from dashboards.read_models.insight.entries import entry_sections
from interventions.choices import ENTRY_KINDS, EntryKind
from interventions.models import PlaceEntry
from interventions.services.places import end_entry, write_entry
from schools.models import Place
from tests.factories.crawling import parsed, text_of
from tests.factories.places import WARD, PlaceEntryFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 3)
AT = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
PLACE = f"/places/{WARD}/"


def form(**facts: str) -> dict[str, str]:
    return {TOKEN: str(uuid4()), "title": "Breakfast at the library", "text": "", **facts}


def words(client, path: str = PLACE) -> str:
    return text_of(parsed(client.get(path).content.decode()))


@pytest.fixture
def ward(borough) -> Place:
    """A ward where Cal lives, so that the place has figures."""
    found = Place.objects.get(code=WARD)
    borough.cal.pupil.ward = found
    borough.cal.pupil.save()
    return found


def test_a_place_shows_every_kind_and_what_would_stand_there(ward, signed_in):
    page = words(signed_in("team_manager"))
    for facts in ENTRY_KINDS.values():
        assert facts.heading in page
        assert facts.empty in page
        assert facts.add in page


@pytest.mark.parametrize("kind", list(EntryKind))
def test_what_the_team_writes_down_is_read_by_the_analyst_who_cannot_add(kind, ward, signed_in):
    facts = ENTRY_KINDS[kind]
    given = form(text="Ask at the desk.", views="Parents at the hub." if facts.has_views else "")
    answer = signed_in("attendance_officer").post(f"{PLACE}add/{kind}/", given)
    assert (answer.status_code, answer.url) == (302, f"{PLACE}#{kind}")
    analyst = signed_in("analyst")
    page = words(analyst)
    assert "Breakfast at the library Ask at the desk." in page
    assert ("Whose views were heard: Parents at the hub." in page) is facts.has_views
    assert facts.add not in page
    assert analyst.get(f"{PLACE}add/{kind}/").status_code == 403
    event = AuditEvent.objects.get(verb="place.written")
    assert event.after["kind"] == kind
    assert "Ask at the desk" not in str(event.after)


@pytest.mark.parametrize(
    ("kind", "given", "told"),
    [
        ("strength", {"title": " "}, "Say what it is."),
        ("decision", {"views": ""}, "Say whose views were heard."),
        (
            "offer",
            {"from_on": "2026-03-02", "until_on": "2026-03-01"},
            "It cannot end before it begins.",
        ),
        ("funding", {"from_on": "2 March"}, "Write the date as 2026-03-02."),
        ("note", {"text": "x" * 2001}, "2000 characters"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_kept(kind, given, told, ward, signed_in):
    answer = signed_in("team_manager").post(f"{PLACE}add/{kind}/", form(**given))
    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert not PlaceEntry.objects.exists()


def test_pressed_twice_it_is_written_once(ward, signed_in):
    client, given = signed_in("team_manager"), form()
    for _ in range(2):
        client.post(f"{PLACE}add/strength/", given)
    assert PlaceEntry.objects.count() == 1


def test_an_offer_holds_until_its_last_day_and_is_read_below_after_it(ward, user_with):
    by = user_with("team_manager")
    for last in (date(2026, 3, 2), TODAY):
        write_entry(
            place=ward, kind="offer", title=f"Until {last}", from_on=date(2026, 1, 5),
            until_on=last, by=by, at=AT,
        )  # fmt: skip
    (offers,) = [one for one in entry_sections(ward, by, on=TODAY) if one.key == "offer"]
    assert [line.title for line in offers.lines] == ["Until 2026-03-03"]
    assert [line.title for line in offers.past] == ["Until 2026-03-02"]
    assert offers.lines[0].when == "From 5 Jan 2026 until 3 Mar 2026"


def test_what_is_ended_stays_to_be_read_with_its_reason(ward, signed_in):
    entry = PlaceEntryFactory()
    client = signed_in("attendance_officer")
    assert (
        "Say why it holds no more."
        in client.post(
            f"/places/entries/{entry.pk}/end/", {TOKEN: str(uuid4()), "reason": ""}
        ).content.decode()
    )
    given = {TOKEN: str(uuid4()), "reason": "The club moved."}
    assert client.post(f"/places/entries/{entry.pk}/end/", given).status_code == 302
    assert "Earlier: 1" in words(client)
    assert "Ended 3 Mar 2026: The club moved." in words(client)
    assert client.get(f"/places/entries/{entry.pk}/end/").status_code == 404


def test_a_locality_shows_those_of_its_wards_with_their_names(ward, signed_in):
    locality = Place.objects.create(code="L1", name="Coast", kind=Place.Kind.LOCALITY)
    Place.objects.filter(pk=ward.pk).update(part_of=locality)
    PlaceEntryFactory()
    assert f"The rowing club on Saturdays {ward.name}. Written 2 Mar 2026" in words(
        signed_in("team_manager"), "/places/L1/"
    )


def test_readers_outside_the_team_are_shown_none(ward, signed_in):
    PlaceEntryFactory()
    page = words(signed_in("team_manager"), f"{PLACE}?protected=1")
    assert "rowing club" not in page
    assert "Strengths" not in page


def test_service_checks_who_writes_what_and_ends_once(ward, user_with):
    with pytest.raises(Refused):
        write_entry(place=ward, kind="note", title="x", by=user_with("analyst"), at=AT)
    officer = user_with("attendance_officer")
    with pytest.raises(Invalid, match="Choose what it is"):
        write_entry(place=ward, kind="rumour", title="x", by=officer, at=AT)
    strength = write_entry(
        place=ward, kind="strength", title="Hub", views="Nobody", from_on=TODAY, by=officer, at=AT
    )
    assert (strength.views, strength.from_on) == ("", None)
    with pytest.raises(Refused):
        end_entry(entry=strength, reason="x", by=user_with("analyst"), on=TODAY, at=AT)
    end_entry(entry=strength, reason="Closed.", by=officer, on=TODAY, at=AT)
    with pytest.raises(Conflict):
        end_entry(entry=strength, reason="Again.", by=officer, on=TODAY, at=AT)


@pytest.mark.parametrize(
    "facts",
    [
        {"title": ""},
        {"kind": "decision"},
        {"from_on": TODAY, "until_on": date(2026, 3, 2)},
        {"ended_on": TODAY},
        {"ended_why": "Closed."},
    ],
)
def test_the_database_keeps_no_entry_that_says_too_little(facts, db):
    with pytest.raises(IntegrityError), transaction.atomic():
        PlaceEntryFactory(**facts)


def test_no_such_kind_place_or_entry_is_a_page_that_never_was(ward, signed_in):
    client = signed_in("team_manager")
    for path in (f"{PLACE}add/rumour/", "/places/X1/add/note/", "/places/entries/1/end/"):
        assert client.get(path).status_code == 404
