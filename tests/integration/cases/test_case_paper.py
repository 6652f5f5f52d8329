"""A case on paper: at most four pages, nothing restricted, and for the family less."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import AccessLogEntry
from attendance_portal.shared.banned_words import words_not_for_families
from cases.models import Hold, StageChange, StageOverride, SupervisionNote
from dashboards.printing.case import SHEETS, printed_case
from dashboards.read_models.cases.case_paper import PaperReader, gather
from tests.factories.cases import (
    DAY,
    MOMENT,
    ActionFactory,
    BarrierFactory,
    CaseFactory,
    ContactFactory,
    OfferFactory,
    PlanFactory,
    ReferralFactory,
    TimelineFactory,
)
from tests.factories.papers import read_paper
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import SchoolFactory
from tests.factories.users import UserFactory

PAGES = ["case_print", "case_pdf"]


@pytest.fixture
def case(db):
    enrolment = EnrolmentFactory(pupil__forename="Robin", pupil__surname="Ash")
    case = CaseFactory(
        enrolment=enrolment, lead=UserFactory(name="Sam Okoro"), stage=3, aim="Art on Mondays"
    )
    StageChange.objects.create(
        case=case, from_stage=2, to_stage=3, on=DAY, at=MOMENT, by=case.lead, reason="They talked."
    )
    BarrierFactory(case=case, kind="transport")
    plan = PlanFactory(case=case, child_view="The bus is loud.", family_view="We moved house.")
    ActionFactory(
        case=case, plan=plan, text="Ask about a bus pass", owner=None, owner_name="Mr Khan",
        agency="school", on_family_copy=True,
    )  # fmt: skip
    ContactFactory(case=case, said="They were tired.", family_words="It is the bus.", by=case.lead)
    OfferFactory(case=case)
    ReferralFactory(case=case)
    TimelineFactory(case=case)
    TimelineFactory(case=case, kind="stage", title="Moved to Listen and understand")
    return case


def override(case, **facts):
    return StageOverride.objects.create(**{
        "case": case, "to_stage": 5, "missing": [{"key": "child_talk", "text": "No talk yet"}],
        "reason": "He is not at home.", "asked_by": case.lead, "asked_at": MOMENT,
        "decision": "agreed", "decided_by": UserFactory(name="Ama Reid"), "decided_at": MOMENT,
        "decision_reason": "Three visits were made.", **facts,
    })  # fmt: skip


def text_of(client, case, reader="people"):
    response = client.get(reverse("case_pdf", args=[case.reference]), {"reader": reader})
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    return read_paper(response.content).text


@pytest.fixture
def manager(signed_in):
    return signed_in("team_manager")


# For people on the case.


def test_paper_holds_the_case_its_steps_plan_actions_contacts_and_timeline(manager, case):
    text = text_of(manager, case)

    for words in (
        f"Case summary {case.reference}: Robin Ash", "3 of 6, Listen and understand",
        "Sam Okoro", "Art on Mondays", "They talked.", "The bus is loud.", "We moved house.",
        "Transport and the journey", "Ask about a bus pass", "Mr Khan", "They were tired.",
        "“It is the bus.”", "An hour a week with a mentor", "Referral: Family support",
        "Moved to Listen and understand", "Direction, by the marks", "Opened from",
        "Contains children's personal data.", "Page 1 of",
    ):  # fmt: skip
        assert words in text


def test_paper_shows_overrides_in_full(manager, case):
    override(case)
    text = text_of(manager, case)

    for words in ("Override 1", "to move to Formalise support", "He is not at home.",
                  "No talk yet", "Agreed", "Ama Reid", "Three visits were made."):  # fmt: skip
        assert words in text


def test_paper_shows_a_hold_that_stands_and_none_that_ended(manager, case):
    facts = {"kind": "bereavement", "from_on": DAY, "review_on": DAY + timedelta(days=30)}
    Hold.objects.create(pupil=case.pupil, reason="An old loss.", ended_at=MOMENT, **facts)
    assert "An old loss." not in text_of(manager, case)

    Hold.objects.create(pupil=case.pupil, reason="Her grandmother.", **facts)
    text = text_of(manager, case)
    assert "Hold: bereavement." in text
    assert "Her grandmother." in text
    assert "An old loss." not in text


def test_restricted_notes_are_counted_and_never_printed(manager, case):
    assert "restricted" not in text_of(manager, case)
    ContactFactory(case=case, said="A secret call", is_restricted=True)
    SupervisionNote.objects.create(
        case=case, on=DAY, text="A secret note", by=manager.user, at=MOMENT
    )
    TimelineFactory(case=case, title="A secret line", is_restricted=True)

    assert "2 restricted notes are not printed." in text_of(manager, case)
    for reader in PaperReader:
        assert "secret" not in text_of(manager, case, reader)


def test_familys_paper_tells_nobody_of_restricted_notes_or_of_what_a_child_said_alone(
    manager, case
):
    ContactFactory(case=case, said="A secret call", is_restricted=True)
    ContactFactory(case=case, child_words="I am afraid of him", reached="child")
    text = text_of(manager, case, "family")
    page = manager.get(reverse("case_print", args=[case.reference]), {"reader": "family"})

    assert "restricted" not in text
    assert "afraid" not in text
    assert "afraid" in text_of(manager, case)
    for words in ("1 restricted note is not printed.", "said in 1 talk is not printed"):
        assert words in page.content.decode()


def test_paper_of_a_long_case_stays_at_four_pages_and_says_what_is_not_on_it(user_with, case):
    for number in range(60):
        at = MOMENT - timedelta(days=number)
        ContactFactory(case=case, said="We talked about the mornings. " * 12, at=at)
        TimelineFactory(case=case, at=at, title=f"Call {number}: a parent was reached")
    found = gather(case, user_with("team_manager"), on=DAY)
    made = printed_case(found, PaperReader.PEOPLE, at=MOMENT)

    assert made.paper.pages <= SHEETS
    assert len(read_paper(made.paper.pdf).pages) == made.paper.pages
    assert any("earlier contacts and" in words for words in made.words.left_out)


def test_paper_is_tagged_titled_and_the_same_for_the_same_moment(user_with, case):
    found = gather(case, user_with("team_manager"), on=DAY)
    first = printed_case(found, PaperReader.PEOPLE, at=MOMENT)
    again = printed_case(found, PaperReader.PEOPLE, at=MOMENT)
    read = read_paper(first.paper.pdf)

    assert first.paper.pdf == again.paper.pdf
    assert read.is_tagged
    assert read.language == "en-GB"
    assert read.title == f"Case summary {case.reference}: Robin Ash"


def test_paper_of_an_empty_case_says_what_is_not_there_yet(manager, db):
    text = text_of(manager, CaseFactory(lead=None))

    for words in ("Nobody yet", "There is no plan yet.", "Nothing is promised and open.",
                  "No support has been offered yet."):  # fmt: skip
        assert words in text


# For the family.


def test_familys_paper_has_their_words_and_promises_and_names_only_the_child(manager, case):
    text = text_of(manager, case, "family")

    for words in ("What we wrote down about Robin", "Robin Ash", "The bus is loud.",
                  "We moved house.", "Getting to school", "Ask about a bus pass", "School",
                  "“It is the bus.”", "An hour a week with a mentor",
                  "a parent was reached"):  # fmt: skip
        assert words in text
    for words in ("Sam Okoro", "Mr Khan", "They were tired.", "They talked."):
        assert words not in text


def test_familys_paper_has_none_of_our_own_words(manager, case):
    override(case)
    text = text_of(manager, case, "family")

    assert words_not_for_families(text) == []
    assert "1 line about our own work left out." in text
    assert "Override" not in text


def test_line_in_our_own_words_is_left_out_whatever_its_kind(manager, case):
    TimelineFactory(case=case, title="Contact for the case conference")
    text = text_of(manager, case, "family")

    assert "case conference" not in text
    assert "2 lines about our own work left out." in text


def test_action_not_chosen_for_the_family_is_not_on_their_paper(manager, case):
    ActionFactory(case=case, text="Talk to the panel")

    assert "Talk to the panel" in text_of(manager, case)
    assert "Talk to the panel" not in text_of(manager, case, "family")


# The page, and who opens it.


def test_page_asks_who_reads_it_and_leads_to_that_file(manager, case):
    address = reverse("case_print", args=[case.reference])
    page = manager.get(address).content.decode()
    family = manager.get(f"{address}?reader=family").content.decode()
    unknown = manager.get(f"{address}?reader=press").content.decode()

    assert "Who will read this paper?" in page
    assert page.count("<h1") == 1
    assert f"Case summary {case.reference}: Robin Ash" in page
    assert f"{reverse('case_pdf', args=[case.reference])}?reader=family" in family
    assert "What we wrote down about Robin" in family
    assert f"Case summary {case.reference}" in unknown


def test_reading_and_taking_out_are_written_down_each_as_what_it_is(manager, case):
    manager.get(reverse("case_print", args=[case.reference]))
    response = manager.get(reverse("case_pdf", args=[case.reference]))

    entries = AccessLogEntry.objects.filter(subject_ref=str(case.pupil.public_id)).order_by("pk")
    assert [(one.action, one.page) for one in entries] == [
        ("view", "case_print"), ("export", "case_pdf"),
    ]  # fmt: skip
    assert response["Content-Disposition"] == f'inline; filename="{case.reference}.pdf"'


@pytest.mark.parametrize("route", PAGES)
def test_paper_is_nothing_to_the_lead_of_another_school(signed_in, case, route):
    client = signed_in("school_lead", school=SchoolFactory())
    assert client.get(reverse(route, args=[case.reference])).status_code == 404


@pytest.mark.parametrize("route", PAGES)
def test_paper_is_nothing_to_a_worker_without_the_family(signed_in, case, route):
    client = signed_in("early_help_worker")
    assert client.get(reverse(route, args=[case.reference])).status_code == 404


@pytest.mark.parametrize("route", PAGES)
def test_paper_is_refused_to_an_analyst(signed_in, case, route):
    client = signed_in("analyst")
    assert client.get(reverse(route, args=[case.reference])).status_code == 403
