"""P7: the form for a contact, what stands around it, and where it leads."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from accounts.models import AccessLogEntry, Draft
from attendance_portal.shared import clock
from attendance_portal.shared.clock import LONDON
from cases.models import Action, Contact, ContactClaim, Hold
from cases.services.contacts import claim_call
from schools.models import Household
from tests.factories.cases import CaseFactory, ContactFactory
from tests.factories.classes import queries_of
from tests.factories.pupils import (
    EnrolmentFactory,
    ParentFactory,
    PupilFactory,
    PupilGrantFactory,
    ResponsibilityFactory,
)
from tests.factories.schools import SchoolFactory, make_terms

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 3)
MOST_QUERIES = 18  # the session and who is reading included
LONGEST_PAGE = 20_000  # bytes: a slow phone in a kitchen
THREE = {"kind": "visit", "reached": "both", "said": "We talked about the bus."}


@pytest.fixture
def case():
    make_terms()
    return CaseFactory()


@pytest.fixture
def worker(case, signed_in):
    """The browser of an early help worker to whom the child is granted."""
    client = signed_in("early_help_worker")
    PupilGrantFactory(user=client.user, pupil=case.pupil)
    return client


def address(pupil, **query) -> str:
    more = "".join(f"&{name}={value}" for name, value in query.items())
    return f"/log/?pupil={pupil.public_id}{more}"


def read(client, pupil, **query) -> str:
    return " ".join(client.get(address(pupil, **query)).content.decode().split())


def send(client, pupil, **fields):
    return client.post(address(pupil), {**THREE, **fields})


# The page.


def test_child_and_school_are_filled_in_and_everything_fits_a_slow_phone(case, worker):
    case.pupil.household = home = Household.objects.create()
    case.pupil.save()
    for _ in range(3):
        PupilGrantFactory(
            user=worker.user, pupil=EnrolmentFactory(pupil=PupilFactory(household=home)).pupil
        )
    response = worker.get(address(case.pupil))

    text = response.content.decode()
    assert f"{case.pupil}, {case.school.name}, Year 8" in text
    assert len(response.content) < LONGEST_PAGE
    assert text.count('type="radio"') == 4 + 4 + 4
    assert "Write as if the child will read this one day. They may." in text


def test_follow_ups_name_their_school_days(case, worker):
    text = read(worker, case.pupil)

    for words in ("Tomorrow, Wed 4 Mar", "In 3 school days, Fri 6 Mar", "Next week, Mon 9 Mar"):
        assert words in text


def test_over_a_holiday_the_next_school_day_is_offered(case, worker, settings):
    settings.PORTAL_TODAY = date(2026, 3, 27)  # the last day before Easter
    text = read(worker, case.pupil)

    assert "Next school day, Mon 13 Apr" in text
    assert "In 3 school days, Wed 15 Apr" in text
    assert "Next week, Mon 13 Apr" in text


def test_opening_the_form_is_a_reading_of_the_child(case, worker):
    worker.get(address(case.pupil))

    entry = AccessLogEntry.objects.get(page="contact_log")
    assert (entry.user, entry.subject_ref) == (worker.user, str(case.pupil.public_id))


def test_the_last_contact_by_anyone_stands_above(case, worker):
    at = datetime(2026, 3, 3, 9, 40, tzinfo=UTC)
    assert "Nobody has logged a contact with this family yet." in read(worker, case.pupil)
    ContactFactory(case=case, at=at, by_role="school_lead", agency="school")

    assert "School spoke with a parent at 9:40am today." in read(worker, case.pupil)


def test_a_restricted_contact_stands_above_without_its_words(case, worker):
    ContactFactory(case=case, kind="visit", said="Secret words.", is_restricted=True)

    text = read(worker, case.pupil)

    assert "Attendance team was in touch on Mon 2 Mar." in text
    assert "Secret" not in text


def test_a_hold_is_a_warning_with_its_reason(case, worker):
    Hold.objects.create(
        pupil=case.pupil, kind="bereavement", reason="A grandfather died.",
        from_on=date(2026, 3, 2), review_on=date(2026, 4, 1),
    )  # fmt: skip

    text = read(worker, case.pupil)

    assert "Bereavement: no letter is sent, and the case does not step up." in text
    assert "To be reviewed on 1 Apr 2026. A grandfather died." in text


def test_a_hold_that_ended_is_no_warning(case, worker):
    Hold.objects.create(
        pupil=case.pupil, kind="safety", reason="Over.", from_on=date(2026, 2, 2),
        review_on=date(2026, 4, 1), ended_at=clock.now(), end_reason="Over.", ended_by=worker.user,
    )  # fmt: skip

    assert "Over." not in read(worker, case.pupil)


def test_what_to_know_before_a_contact(case, worker, signed_in):
    case.preferred_contact, case.trusted_adult = "A text to the aunt", "Ms Okafor"
    case.save()
    parent = ParentFactory(name="Amina", language="Somali")
    ResponsibilityFactory(parent=parent, pupil=case.pupil)
    ResponsibilityFactory(parent=ParentFactory(language="English"), pupil=case.pupil)

    text = read(worker, case.pupil)

    assert "Preferred way: A text to the aunt" in text
    assert f"{case.pupil.forename} trusts Ms Okafor" in text
    assert text.count("Ask whether an interpreter would help.") == 1


def test_other_children_of_the_household_are_offered_where_they_are_in_scope(case, worker):
    case.pupil.household = home = Household.objects.create()
    case.pupil.save()
    mine, not_mine = (
        EnrolmentFactory(pupil=PupilFactory(forename=name, household=home)).pupil
        for name in ("Sister", "Brother")
    )
    PupilGrantFactory(user=worker.user, pupil=mine)

    text = read(worker, case.pupil)

    assert str(mine) in text
    assert str(not_mine) not in text
    send(worker, case.pupil, others=[str(mine.public_id)])
    assert {row.pupil for row in Contact.objects.all()} == {case.pupil, mine}


def test_a_child_of_another_household_cannot_be_slipped_in(case, worker):
    other = EnrolmentFactory().pupil

    send(worker, case.pupil, others=[str(other.public_id)])

    assert set(Contact.objects.values_list("pupil", flat=True)) <= {case.pupil_id}


def test_the_form_asks_little_of_the_database(case, worker):
    assert queries_of(worker, address(case.pupil)) <= MOST_QUERIES


# Saving.


def test_three_fields_are_saved_and_lead_back(case, worker):
    response = send(worker, case.pupil, next="/families/", follow_up="in_3_school_days")

    assert response.url == "/families/"
    contact = Contact.objects.get()
    assert (contact.kind, contact.reached, contact.case) == ("visit", "both", case)
    assert contact.at.astimezone(LONDON).date() == TODAY
    action = Action.objects.get()
    assert (action.due_on, action.owner) == (date(2026, 3, 6), worker.user)
    text = worker.get("/families/").content.decode()
    assert "Visit saved. You will be in touch again by Fri 6 Mar 2026." in text
    assert "Last contact today" in text


@pytest.mark.parametrize(
    ("choice", "due"),
    [("none", None), ("", None), ("tomorrow", date(2026, 3, 4)), ("next_week", date(2026, 3, 9))],
)
def test_each_follow_up_is_an_action_on_its_day(case, worker, choice, due):
    send(worker, case.pupil, follow_up=choice)

    assert list(Action.objects.values_list("due_on", flat=True)) == ([due] if due else [])


@pytest.mark.parametrize(
    ("typed", "happened"),
    [
        ({"day": "2026-03-02"}, datetime(2026, 3, 2, 12, 0, tzinfo=LONDON)),
        ({"day": "2026-03-02", "time": "09:15"}, datetime(2026, 3, 2, 9, 15, tzinfo=LONDON)),
        ({"time": "00:00"}, datetime(2026, 3, 3, 0, 0, tzinfo=LONDON)),
    ],
)
def test_another_day_and_time_may_be_given(case, worker, typed, happened):
    send(worker, case.pupil, **typed)

    assert Contact.objects.get().at == happened


def test_what_stands_under_more_is_saved(case, worker):
    send(
        worker, case.pupil, child_words="I like art.", family_words="Mornings are hard.",
        barrier="transport", also=["explained", "restricted"],
    )  # fmt: skip

    contact = Contact.objects.get()
    assert (contact.child_words, contact.family_words) == ("I like art.", "Mornings are hard.")
    assert (contact.barrier, contact.consequences_explained) == ("transport", True)
    assert contact.is_restricted


def test_without_words_nothing_is_saved_and_nothing_typed_is_lost(case, worker):
    response = send(worker, case.pupil, said="", follow_up="tomorrow", next="/families/")

    text = response.content.decode()
    assert response.status_code == 200
    assert text.count("Write what was said, or choose No answer") == 2  # summary and field
    assert re.search(r'value="visit"[^>]*checked', text)
    assert re.search(r'value="tomorrow"[^>]*checked', text)
    assert 'name="next" value="/families/"' in text
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"kind": ""}, "Choose what it was."),
        ({"reached": ""}, "Choose who you reached."),
        ({"day": "2026-03-04"}, "Choose a time that is not in the future."),
        ({"day": "2024-03-02"}, "Choose a day within the last two years."),
        ({"day": "soon"}, "Write the day as 2026-03-24."),
        ({"time": "late"}, "Write the time as 14:30."),
        ({"reached": "no_answer", "child_words": "Hm."}, "You chose No answer"),
    ],
)
def test_each_mistake_is_said_at_its_field(case, worker, typed, words):
    text = send(worker, case.pupil, **typed).content.decode()

    assert words in text
    assert not Contact.objects.exists()


def test_more_stands_open_where_something_in_it_is_wrong_or_asked_for(case, worker):
    closed, opened = '<details class="govuk-details">', '<details class="govuk-details" open>'
    assert closed in read(worker, case.pupil)
    assert opened in read(worker, case.pupil, more=1)
    assert opened in send(worker, case.pupil, day="soon").content.decode()
    assert closed in send(worker, case.pupil, said="").content.decode()


def test_no_answer_is_two_presses(case, worker):
    send(worker, case.pupil, kind="call", reached="no_answer", said="")

    assert Contact.objects.get().reached == "no_answer"


def test_pressed_twice_it_is_one_contact_and_one_action(case, worker):
    token = str(uuid4())
    first, second = (
        send(worker, case.pupil, form_token=token, follow_up="tomorrow") for _ in range(2)
    )

    assert first.url == second.url
    assert (Contact.objects.count(), Action.objects.count()) == (1, 1)


@pytest.mark.parametrize("evil", ["https://evil.example/", "//evil.example/", "/nowhere/"])
def test_the_way_back_stays_inside_the_portal(case, worker, evil):
    assert send(worker, case.pupil, next=evil).url == "/families/"


def test_whoever_has_a_worklist_goes_back_to_the_record(case, signed_in):
    client = signed_in("school_lead", school=case.school)

    assert send(client, case.pupil).url == f"/pupils/{case.pupil.public_id}/"


# Drafts.


def keep(client, pupil, **fields):
    typed = {"draft_of": address(pupil), "draft_title": "Log a contact", **fields}
    return client.post("/drafts/", typed)


def test_a_draft_comes_back_with_its_way_back_and_goes_with_the_saving(case, worker):
    kept = keep(worker, case.pupil, **THREE, next="/families/", child_words="I like art.")
    assert kept.url == address(case.pupil)

    text = read(worker, case.pupil)

    assert "We talked about the bus." in text
    assert 'name="next" value="/families/"' in text
    assert '<details class="govuk-details" open>' in text
    send(worker, case.pupil)
    assert not Draft.objects.exists()


def test_a_draft_about_one_child_is_not_shown_with_another(case, worker):
    other = CaseFactory().pupil
    PupilGrantFactory(user=worker.user, pupil=other)
    keep(worker, case.pupil, **THREE)

    assert "We talked about the bus." not in read(worker, other)
    send(worker, other)
    assert Draft.objects.count() == 1


def test_a_draft_cannot_lead_out_of_the_portal(case, worker):
    keep(worker, case.pupil, **THREE, next="https://evil.example/")

    assert 'name="next" value="/families/"' in read(worker, case.pupil)


# Who.


@pytest.mark.parametrize("asked", ["x", "00000000-0000-4000-8000-000000000000", "\0"])
def test_no_such_child_is_not_found(worker, asked):
    assert worker.get("/log/", {"pupil": asked}).status_code == 404
    assert worker.post("/log/", THREE).status_code == 404


def test_another_workers_family_is_not_found(case, signed_in):
    client = signed_in("early_help_worker")

    assert client.get(address(case.pupil)).status_code == 404
    assert send(client, case.pupil).status_code == 404


def test_another_schools_child_is_not_found(case, signed_in):
    client = signed_in("school_lead", school=SchoolFactory())

    assert client.get(address(case.pupil)).status_code == 404


def test_the_school_a_child_has_left_does_not_log(signed_in):
    left = EnrolmentFactory(ends_on=date(2026, 3, 2))
    client = signed_in("school_lead", school=left.school)

    assert client.get(f"/pupils/{left.pupil.public_id}/").status_code == 200
    assert client.get(address(left.pupil)).status_code == 404


@pytest.mark.parametrize("role", ["analyst", "administrator", "panel_member"])
def test_roles_that_log_nothing_are_told_so(case, signed_in, role):
    client = signed_in(role)
    PupilGrantFactory(user=client.user, pupil=case.pupil)

    assert client.get(address(case.pupil)).status_code == 403
    assert client.post("/log/ringing/", {"pupil": case.pupil.public_id}).status_code == 403


# Without a child.


def test_without_a_child_one_picks_from_ones_families(case, worker):
    text = worker.get("/log/").content.decode()

    assert f'href="?pupil={case.pupil.public_id}"' in text
    assert str(case.pupil) in text
    assert 'href="/search/"' in text


def test_an_officer_picks_from_the_cases_they_lead_or_cover(case, signed_in):
    client = signed_in("attendance_officer")
    for facts in ({"lead": client.user}, {"cover": client.user}):
        CaseFactory(**facts)

    text = client.get("/log/").content.decode()

    assert text.count('href="?pupil=') == 2
    assert f"{case.pupil.public_id}" not in text


def test_without_families_one_is_told_how_to_find_a_child(signed_in):
    text = signed_in("attendance_officer").get("/log/").content.decode()

    assert "Find the child, then press Log a contact on the record." in text


# I'm ringing now.


def ring(client, pupil, **fields):
    typed = {"pupil": str(pupil.public_id), "next": "/families/", **fields}
    return client.post("/log/ringing/", typed)


def test_ringing_is_shown_to_others_by_role_and_time(case, worker, signed_in):
    assert ring(worker, case.pupil).url == address(case.pupil, next="%2Ffamilies%2F")
    claim = ContactClaim.objects.get()
    assert claim.until - claim.at == timedelta(minutes=30)
    assert "You said that you are ringing." in read(worker, case.pupil)
    assert "I have stopped ringing" in read(worker, case.pupil)

    text = read(signed_in("school_lead", school=case.school), case.pupil)

    assert "A colleague is ringing this family now: Early help worker, since" in text
    assert "I am ringing anyway" in text


def test_the_second_who_rings_is_told_and_may_ring_anyway(case, worker, user_with):
    claim_call(pupil=case.pupil, by=user_with("attendance_officer"), on=TODAY, at=clock.now())

    there = ring(worker, case.pupil).url

    assert "A colleague is ringing this family now" in worker.get(there).content.decode()
    assert ContactClaim.objects.get().by != worker.user
    ring(worker, case.pupil, anyway="1")
    assert ContactClaim.objects.get().by == worker.user


def test_one_can_stop_ringing(case, worker):
    ring(worker, case.pupil)
    ring(worker, case.pupil, stop="1")

    assert not ContactClaim.objects.exists()


def test_ringing_is_only_ever_sent(worker):
    assert worker.get("/log/ringing/").status_code == 405


def test_nobody_rings_another_workers_family(case, signed_in):
    assert ring(signed_in("early_help_worker"), case.pupil).status_code == 404
