"""P8: my families by household, and the sheet for a visit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import AccessLogEntry
from attendance_portal.shared import clock
from cases.models import Hold
from cases.services.contacts import claim_call
from schools.models import Household
from tests.factories.cases import (
    ActionFactory,
    BarrierFactory,
    CaseFactory,
    ContactFactory,
    PlanFactory,
)
from tests.factories.classes import queries_of
from tests.factories.pupils import (
    EnrolmentFactory,
    ParentFactory,
    PupilFactory,
    PupilGrantFactory,
    ResponsibilityFactory,
)
from tests.factories.schools import make_terms

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 3)


@pytest.fixture
def worker(signed_in):
    make_terms()
    return signed_in("early_help_worker")


def granted(client, forename="Robin", *, home=None, next_review_on=TODAY, **facts):
    """A case of a child of this household, granted to who has signed in."""
    pupil = PupilFactory(
        forename=forename, surname="Sample", folded_name=f"sample, {forename.lower()}",
        household=home,
    )  # fmt: skip
    case = CaseFactory(
        enrolment=EnrolmentFactory(pupil=pupil), next_review_on=next_review_on, **facts
    )
    PupilGrantFactory(user=client.user, pupil=pupil)
    return case


def text_of(client, address="/families/") -> str:
    return " ".join(client.get(address).content.decode().split())


def families_of(client) -> list:
    return client.get("/families/").context["families"]


def test_children_of_one_household_are_one_card(worker):
    home = Household.objects.create()
    for name in ("Bea", "Abe"):
        granted(worker, name, home=home)
    granted(worker, "Cyd")

    names = [[one.name for one in family.children] for family in families_of(worker)]

    assert names == [["Abe Sample", "Bea Sample"], ["Cyd Sample"]]


def test_a_brother_who_is_not_assigned_stays_out(worker):
    home = Household.objects.create()
    granted(worker, "Abe", home=home)
    CaseFactory(enrolment=EnrolmentFactory(pupil=PupilFactory(forename="Bob", household=home)))

    assert "Bob" not in text_of(worker)


def test_the_family_seen_first_comes_first(worker):
    granted(worker, "Late", next_review_on=TODAY + timedelta(days=9))
    soon = granted(worker, "Soon", next_review_on=TODAY + timedelta(days=9))
    ActionFactory(case=soon, due_on=TODAY + timedelta(days=1))
    granted(worker, "Now", next_review_on=TODAY)
    PupilGrantFactory(user=worker.user, pupil=PupilFactory(forename="Never"))

    found = families_of(worker)

    assert [family.children[0].name.split()[0] for family in found] == [
        "Now", "Soon", "Late", "Never",
    ]  # fmt: skip
    assert found[-1].next is None


def test_a_card_says_what_comes_next(worker):
    case = granted(worker, "Ida", next_review_on=TODAY + timedelta(days=20))
    (family,) = families_of(worker)
    assert (family.next.what, family.next.due.text) == ("Review with Ida", "Due 23 Mar")
    PlanFactory(
        case=case, state="agreed", agreed_on=TODAY, next_review_on=TODAY + timedelta(days=6)
    )

    (family,) = families_of(worker)
    assert (family.next.what, family.next.due.text) == ("Review of Ida's plan", "Due 9 Mar")
    assert "Due 9 Mar" in text_of(worker)


def test_the_review_of_a_draft_is_no_date_yet(worker):
    case = granted(worker, "Ida", next_review_on=TODAY + timedelta(days=20))
    PlanFactory(case=case, next_review_on=TODAY + timedelta(days=6))

    assert "Due 9 Mar" not in text_of(worker)


@pytest.mark.parametrize(("days", "is_shown"), [(-3, True), (0, True), (14, True), (15, False)])
def test_actions_that_fall_due_stand_on_the_card(worker, days, is_shown):
    case = granted(worker)
    ActionFactory(case=case, text="Ask about the pass", due_on=TODAY + timedelta(days=days))

    assert ("Ask about the pass" in text_of(worker)) == is_shown


def test_only_ones_own_actions_can_be_marked_done_there(worker):
    case = granted(worker)
    mine = ActionFactory(case=case, owner=worker.user, due_on=TODAY)
    theirs = ActionFactory(case=case, due_on=TODAY)
    done = ActionFactory(case=case, state="done", outcome="Rang.", ended_on=TODAY, due_on=TODAY)

    text = text_of(worker)

    assert f'href="/actions/{mine.pk}/done/"' in text
    assert f'href="/actions/{theirs.pk}/done/"' not in text
    assert f'href="/actions/{done.pk}/done/"' not in text


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 3, 3, 8, 0, tzinfo=UTC), "Last contact today"),
        (datetime(2026, 2, 27, 8, 0, tzinfo=UTC), "Last contact Fri 27 Feb"),
        (None, "Nobody has logged a contact yet."),
    ],
)
def test_a_card_says_when_anyone_was_last_in_touch(worker, at, words):
    case = granted(worker)
    if at:
        ContactFactory(case=case, at=at - timedelta(days=3))
        ContactFactory(case=case, at=at, is_restricted=True)

    text = text_of(worker)

    assert words in text
    assert "('" not in text  # words, never a pair of them as Python writes it


def test_a_card_says_what_to_know_before_a_visit(worker, user_with):
    case = granted(worker, preferred_contact="Ring after six", trusted_adult="Ms Okafor")
    Hold.objects.create(
        pupil=case.pupil, kind="bereavement", reason="A loss.", from_on=TODAY,
        review_on=date(2026, 4, 1),
    )  # fmt: skip
    claim_call(pupil=case.pupil, by=user_with("attendance_officer"), on=TODAY, at=clock.now())
    ResponsibilityFactory(parent=ParentFactory(name="Amina", language="Somali"), pupil=case.pupil)

    text = text_of(worker)

    assert "Bereavement: no letter is sent, and the case does not step up." in text
    assert "A colleague is ringing this family now: Attendance officer" in text
    assert "Preferred way: Ring after six" in text
    assert "Robin trusts Ms Okafor" in text
    assert "Amina speaks Somali." in text


@pytest.mark.parametrize("children", [1, 2])
def test_a_hold_names_its_child_where_there_are_more(worker, children):
    home = Household.objects.create()
    cases = [granted(worker, name, home=home) for name in ("Abe", "Bea")[:children]]
    Hold.objects.create(
        pupil=cases[0].pupil, kind="pause", reason="Rest.", from_on=TODAY,
        review_on=date(2026, 4, 1),
    )  # fmt: skip

    (family,) = families_of(worker)

    (warning,) = family.warnings
    assert warning.startswith("Abe: The child" if children == 2 else "The child needs a pause")


def test_every_card_has_its_log_button_that_leads_back(worker):
    case = granted(worker)

    text = text_of(worker)

    assert f'href="/log/?pupil={case.pupil.public_id}&amp;next=/families/"' in text
    assert f'href="/families/{case.pupil.public_id}/sheet/"' in text


def test_the_log_button_is_about_the_child_who_is_seen_next(worker):
    home = Household.objects.create()
    granted(worker, "Abe", home=home, next_review_on=TODAY + timedelta(days=2))
    soon = granted(worker, "Bea", home=home, next_review_on=TODAY + timedelta(days=1))

    (family,) = families_of(worker)

    assert f"pupil={soon.pupil.public_id}" in family.log_href


def test_an_assignment_that_ends_takes_the_family_away_in_that_minute(worker):
    case = granted(worker)
    assert "Robin Sample" in text_of(worker)
    grant = worker.user.pupil_grants.get()
    grant.ended_at = clock.now()
    grant.save()

    text = text_of(worker)

    assert "Robin Sample" not in text
    assert "No families are assigned to you." in text
    assert worker.get(f"/families/{case.pupil.public_id}/sheet/").status_code == 404
    assert worker.get(f"/log/?pupil={case.pupil.public_id}").status_code == 404


def test_without_families_one_is_told_whom_to_ask(worker, settings):
    settings.SUPPORT_PHONE = "01632 960123"

    text = text_of(worker)

    assert "No families are assigned to you." in text
    assert "Ask the attendance team on 01632 960123." in text


def test_an_officer_sees_the_families_they_lead_or_cover(signed_in):
    make_terms()
    client = signed_in("attendance_officer")
    CaseFactory(lead=client.user)
    CaseFactory(cover=client.user, cover_until=TODAY)
    CaseFactory(cover=client.user, cover_until=TODAY - timedelta(days=1))
    CaseFactory(lead=client.user, status="closed", closed_on=TODAY)
    CaseFactory()

    assert len(families_of(client)) == 2


def test_a_panel_member_reads_and_logs_nothing(signed_in):
    make_terms()
    client = signed_in("panel_member")
    granted(client)

    text = text_of(client)

    assert "The children shared with you" in text
    assert "Log a contact" not in text
    assert families_of(client)[0].sheet_href == ""


@pytest.mark.parametrize("role", ["analyst", "administrator"])
def test_roles_without_casework_have_no_families(signed_in, role):
    assert signed_in(role).get("/families/").status_code == 403


def test_many_families_ask_no_more_than_one(worker):
    def one_more(number):
        case = granted(worker, f"Child{number}", home=Household.objects.create())
        ActionFactory(case=case, owner=worker.user, due_on=TODAY)
        ContactFactory(case=case, is_restricted=True)
        PlanFactory(case=case)
        ResponsibilityFactory(pupil=case.pupil)

    one_more(0)
    few = queries_of(worker, "/families/")
    for number in range(1, 7):
        one_more(number)

    assert queries_of(worker, "/families/") == few


# The sheet for a visit.


@pytest.fixture
def family(worker):
    """A case whose child lives with one of two parents; both have an address."""
    case = granted(worker, home=Household.objects.create())
    at_home = ParentFactory(name="Amina", phone="01632 960001", address="1 Long Lane")
    away = ParentFactory(name="Bashir", phone="01632 960002", address="2 Far Road")
    ResponsibilityFactory(parent=at_home, pupil=case.pupil)
    ResponsibilityFactory(parent=away, pupil=case.pupil, lives_with=False)
    return case


def sheet(client, case) -> str:
    return text_of(client, f"/families/{case.pupil.public_id}/sheet/")


def test_the_sheet_has_what_a_visit_needs(worker, family):
    ActionFactory(case=family, text="Bring the bus form", due_on=date(2026, 4, 20))
    ContactFactory(case=family, said="We agreed on Monday.", child_words="I like art.")

    text = sheet(worker, family)

    for words in ("Robin Sample", "Year 8", "01632 960001", "1 Long Lane", "Bring the bus form",
                  "We agreed on Monday.", "I like art."):  # fmt: skip
        assert words in text
    assert "2 Far Road" not in text


def test_the_sheet_keeps_to_what_fits_and_counts_the_rest(worker, family):
    for number in range(10):
        ActionFactory(case=family, text=f"Promise {number}.", due_on=TODAY)
        ContactFactory(case=family, said=f"Said {number}. " + "word " * 100)

    text = sheet(worker, family)

    assert text.count("Promise ") == 8
    assert "And 2 more open actions." in text
    assert text.count("Said ") == 2
    assert text.count("word ...") == 2


def test_the_sheet_with_room_counts_nothing(worker, family):
    for number in range(8):
        ActionFactory(case=family, text=f"Promise {number}.", due_on=TODAY)

    assert "more open action" not in sheet(worker, family)


def test_the_sheet_is_a_reading_of_each_child_on_it(worker, family):
    other = granted(worker, "Bea", home=family.pupil.household)
    sheet(worker, family)

    read = AccessLogEntry.objects.filter(page="visit_sheet").values_list("subject_ref", flat=True)
    assert set(read) == {str(family.pupil.public_id), str(other.pupil.public_id)}


@pytest.mark.parametrize("why", ["hold", "barrier"])
def test_no_address_stands_on_paper_where_somebody_may_be_in_danger(worker, family, why):
    if why == "hold":
        Hold.objects.create(
            pupil=family.pupil, kind="safety", reason="See the lead.", from_on=TODAY,
            review_on=date(2026, 4, 1),
        )  # fmt: skip
    else:
        BarrierFactory(case=family, kind="domestic_abuse")

    text = sheet(worker, family)

    assert "Address withheld: ask the lead worker." in text
    assert "1 Long Lane" not in text


def test_an_eased_barrier_or_another_hold_withholds_no_address(worker, family):
    BarrierFactory(case=family, kind="domestic_abuse", eased_on=TODAY)
    BarrierFactory(case=family, kind="transport")
    Hold.objects.create(
        pupil=family.pupil, kind="bereavement", reason="A loss.", from_on=TODAY,
        review_on=date(2026, 4, 1),
    )  # fmt: skip

    assert "1 Long Lane" in sheet(worker, family)


def test_restricted_notes_are_never_on_paper_not_even_ones_own(worker, family):
    ContactFactory(case=family, said="Secret words.", is_restricted=True, by=worker.user)

    text = sheet(worker, family)

    assert "Secret" not in text
    assert "Restricted notes are never on paper." in text or "No contact is logged yet" in text


def test_a_contact_about_two_children_stands_once_on_the_sheet(worker, family):
    other = granted(worker, "Bea", home=family.pupil.household)
    first = ContactFactory(case=family, said="About both of them.")
    ContactFactory(case=other, said="About both of them.", together=first.together)

    assert sheet(worker, family).count("About both of them.") == 1


def test_another_workers_sheet_is_not_found(family, signed_in):
    path = f"/families/{family.pupil.public_id}/sheet/"

    assert signed_in("early_help_worker").get(path).status_code == 404


def test_a_panel_member_has_no_sheet(family, signed_in):
    client = signed_in("panel_member")
    PupilGrantFactory(user=client.user, pupil=family.pupil)

    assert client.get(f"/families/{family.pupil.public_id}/sheet/").status_code == 403
