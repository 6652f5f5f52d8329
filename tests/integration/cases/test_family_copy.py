"""The family copy of a plan: one side of paper, the child's words first, and none of our own."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import AccessLogEntry
from attendance_portal.shared.banned_words import words_not_for_families
from cases.rules.family_words import Part
from dashboards.printing.family import too_long
from dashboards.read_models.cases.family_copy import family_copy
from tests.factories.cases import ActionFactory, BarrierFactory, CaseFactory, PlanFactory
from tests.factories.papers import read_paper
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import SchoolFactory
from tests.factories.users import UserFactory

CHILD = "I like art. The bus is too loud.\nI want to come in by the side door."


@pytest.fixture
def plan(db):
    enrolment = EnrolmentFactory(pupil__forename="Robin")
    case = CaseFactory(enrolment=enrolment, lead=UserFactory(name="Sam Okoro"))
    for kind in ("transport", "ebsa"):
        BarrierFactory(case=case, kind=kind)
    plan = PlanFactory(
        case=case,
        state="agreed",
        agreed_on=date(2026, 3, 2),
        child_view=CHILD,
        family_view="Mornings are hard since we moved.",
        child_will_try="Come in by the side door for art.",
        next_review_on=date(2026, 3, 24),
        ring_name="Jo Price",
        ring_phone="01632 960123",
    )
    promise(plan, "Meet Robin at the side door", owner=None, owner_name="Mrs Osei")
    promise(plan, "Ask about a bus pass", owner=case.lead, due_on=date(2026, 3, 12))
    return plan


def promise(plan, text, **facts):
    facts = {"on_family_copy": True, "due_on": date(2026, 3, 9), **facts}
    return ActionFactory(case=plan.case, plan=plan, text=text, **facts)


@pytest.fixture
def reader(user_with, plan):
    return user_with("attendance_officer")


def part_of(copy, part):
    return next(one for one in copy.parts if one.key == part)


def pdf_of(client, plan, query=""):
    response = client.get(reverse("plan_family_pdf", args=[plan.pk]) + query)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    return response


# What it says.


def test_copy_has_the_parts_in_order_and_the_childs_words_first(plan, reader):
    copy = family_copy(plan, reader)

    assert copy.title == "Our plan to help Robin with school"
    assert [part.heading for part in copy.parts] == [
        "What Robin told us",
        "What you told us",
        "What makes it hard",
        "What we will do",
        "What Robin will try",
        "When we meet next",
    ]
    assert part_of(copy, Part.CHILD).paragraphs == tuple(CHILD.split("\n"))
    assert part_of(copy, Part.HARD).items == ("Getting to school", "Big worries about school")
    assert part_of(copy, Part.MEET).paragraphs == ("Tuesday 24 March 2026.",)
    assert copy.notice == "We agreed this plan on Monday 2 March 2026."
    assert copy.watermark == ""


def test_promises_are_who_what_and_when_soonest_first(plan, reader):
    assert part_of(family_copy(plan, reader), Part.PROMISES).rows == (
        ("Mrs Osei", "Meet Robin at the side door", "Mon 9 Mar"),
        ("Sam Okoro", "Ask about a bus pass", "Thu 12 Mar"),
    )


@pytest.mark.parametrize(
    "facts",
    [
        {"on_family_copy": False},
        {"state": "done", "outcome": "Done", "ended_on": date(2026, 3, 2)},
    ],
)
def test_promise_that_was_not_chosen_or_is_done_is_not_on_it(plan, reader, facts):
    promise(plan, "Not this", **facts)

    rows = part_of(family_copy(plan, reader), Part.PROMISES).rows
    assert [row[1] for row in rows] == ["Meet Robin at the side door", "Ask about a bus pass"]


def test_promise_of_another_childs_plan_is_not_on_it(plan, reader):
    promise(PlanFactory(), "Not this")

    assert len(part_of(family_copy(plan, reader), Part.PROMISES).rows) == 2


def test_promise_of_the_case_may_be_on_it_too(plan, reader):
    ActionFactory(case=plan.case, plan=None, text="Ring on Friday", on_family_copy=True)

    rows = part_of(family_copy(plan, reader), Part.PROMISES).rows
    assert "Ring on Friday" in [row[1] for row in rows]


def test_six_promises_are_printed_and_a_seventh_is_said(plan, reader):
    for number in range(4):
        promise(plan, f"Help number {number}", due_on=date(2026, 3, 20))
    six = family_copy(plan, reader)
    assert len(part_of(six, Part.PROMISES).rows) == 6
    assert [hint for hint in six.hints if "choose 6" in hint.text] == []

    promise(plan, "The seventh", due_on=date(2026, 3, 30))
    seven = family_copy(plan, reader)

    assert len(part_of(seven, Part.PROMISES).rows) == 6
    assert [hint.text for hint in seven.hints] == [
        "7 actions are marked for this copy. It prints the first 6: choose 6."
    ]


def test_barrier_that_eased_and_harm_at_home_are_not_on_it(plan, reader):
    BarrierFactory(case=plan.case, kind="sleep", eased_on=date(2026, 3, 3))
    BarrierFactory(case=plan.case, kind="domestic_abuse")
    copy = family_copy(plan, reader)

    assert part_of(copy, Part.HARD).items == ("Getting to school", "Big worries about school")
    assert [hint.text for hint in copy.hints] == [
        "Safety at home is left out: everyone who comes in reads a paper on the wall."
    ]


def test_nothing_written_yet_says_so_kindly(reader):
    copy = family_copy(PlanFactory(pupil__forename="Ama"), reader)

    assert part_of(copy, Part.FAMILY).paragraphs == (
        "We have not heard this yet. You can tell us at any time.",
    )
    assert copy.watermark == "Draft"
    assert copy.notice == "This is a draft. We have not agreed it yet."


def test_ended_plan_is_marked(plan, reader):
    plan.state, plan.ended_on = "ended", date(2026, 3, 3)
    copy = family_copy(plan, reader)

    assert copy.watermark == "Ended"
    assert copy.notice.startswith("This plan has ended.")


def test_who_to_ring_is_one_name_and_one_number(plan, reader, settings):
    settings.SUPPORT_PHONE = "01632 960000"
    assert family_copy(plan, reader).ring.who == "Jo Price, 01632 960123"

    plan.ring_name = plan.ring_phone = ""
    assert family_copy(plan, reader).ring.who == "Sam Okoro, 01632 960000"

    plan.case.lead, settings.SUPPORT_PHONE = None, ""
    copy = family_copy(plan, reader)
    assert copy.ring.who == "We will tell you who. Number:"
    assert copy.hints[-1].text.startswith("There is no number to ring.")


def test_hints_name_our_words_and_hard_sentences_and_change_nothing(plan, reader):
    plan.family_view = "Robin missed 40% since the last stage."
    plan.child_will_try = "Reintegration opportunities will be individualised collaboratively."
    copy = family_copy(plan, reader)

    said = [(hint.part, hint.text) for hint in copy.hints]
    assert (Part.FAMILY, "“%” is a word of ours, not of families.") in said
    assert (Part.FAMILY, "“stage” is a word of ours, not of families.") in said
    assert [part for part, text in said if "age 11" in text] == [Part.TRIES]
    assert part_of(copy, Part.FAMILY).paragraphs == (plan.family_view,)


def test_childs_own_words_are_never_hinted_at(plan, reader):
    plan.child_view = "They say 40% and severe. " + "and then " * 30
    assert family_copy(plan, reader).hints == ()


# On paper.


def test_pdf_is_one_page_of_12_points_or_more_with_one_number_and_no_figure(signed_in, plan):
    made = read_paper(pdf_of(signed_in("attendance_officer"), plan).content)

    assert len(made.pages) == 1
    assert min(size for size, _ in made.sizes) >= 12
    assert made.is_tagged
    assert (made.language, made.title) == ("en-GB", "Our plan to help Robin with school")
    assert "%" not in made.text
    assert made.text.count("01632 960123") == made.text.count("01632") == 1
    assert words_not_for_families(made.text) == []
    order = ["What Robin told us", "I like art.", "What you told us", "Who to ring", "Jo Price"]
    places = [made.text.index(words) for words in order]
    assert places == sorted(places)
    assert made.text.index("I like art.") < made.text.index("Mornings are hard")


def test_pdf_of_a_draft_is_marked_and_of_an_agreed_plan_is_not(signed_in, plan):
    client = signed_in("attendance_officer")
    assert "Draft" not in read_paper(pdf_of(client, plan).content).text

    plan.state, plan.agreed_on = "draft", None
    plan.save()

    text = read_paper(pdf_of(client, plan).content).text
    assert "Draft" in text
    assert "We have not agreed it yet." in text


def test_pdf_in_large_print_is_18_points_and_at_most_two_pages(signed_in, plan):
    made = read_paper(pdf_of(signed_in("attendance_officer"), plan, "?large=1").content)

    assert 1 <= len(made.pages) <= 2
    assert min(size for size, _ in made.sizes) >= 18


def test_what_people_wrote_is_only_text_to_the_pdf(signed_in, plan):
    plan.child_view = '#panic("no") *bold* $x$ @ref <b>art</b> [Zoë, বাংলা]'
    plan.save()

    text = read_paper(pdf_of(signed_in("attendance_officer"), plan).content).text
    assert '#panic("no") *bold* $x$ @ref <b>art</b>' in text


def test_small_picture_is_printed_and_an_unknown_letter_is_a_box_and_said(signed_in, plan):
    plan.child_view = "I feel 😀 and 我"
    plan.save()
    client = signed_in("attendance_officer")

    assert "I feel 😀 and ◻" in read_paper(pdf_of(client, plan).content).text
    page = client.get(reverse("plan_family", args=[plan.pk])).content.decode()
    assert "I feel 😀 and 我" in page
    assert "the PDF shows a box for 我. Write it by hand." in page


def test_longer_copy_is_set_smaller_until_it_would_go_under_12_points(signed_in, plan):
    client = signed_in("attendance_officer")
    short = read_paper(pdf_of(client, plan).content)
    plan.family_view = "We would like one person at school to talk to. " * 22
    plan.save()
    longer = read_paper(pdf_of(client, plan).content)

    assert len(longer.pages) == 1
    assert 12 <= min(longer.sizes)[0] < min(short.sizes)[0]


def test_copy_that_does_not_fit_is_not_made_and_says_which_part_to_shorten(signed_in, plan):
    plan.family_view = "We would like one person at school to talk to. " * 120
    plan.save()
    client = signed_in("attendance_officer")
    response = client.get(reverse("plan_family_pdf", args=[plan.pk]))

    assert response.status_code == 302
    assert response.url == reverse("plan_family", args=[plan.pk])
    page = client.get(response.url)
    says = "This copy does not fit one side of paper. Shorten “What you told us”: at 1,200 words"
    assert says in page.content.decode()
    assert 'class="govuk-button"' not in page.content.decode()
    assert AccessLogEntry.objects.filter(action="export").count() == 0


@pytest.mark.parametrize(
    ("pages", "is_large", "fits"),
    [(1, False, True), (2, False, False), (2, True, True), (3, True, False)],
)
def test_one_side_fits_and_two_in_large_print(plan, reader, pages, is_large, fits):
    found = too_long(family_copy(plan, reader), pages, is_large=is_large)

    assert (found is None) is fits
    if found:
        assert ("two sides" if is_large else "one side") in found[0]
        assert found[1] == Part.CHILD


# Pages and who opens them.


def test_page_shows_what_the_pdf_prints(signed_in, plan):
    client = signed_in("attendance_officer")
    page = client.get(reverse("plan_family", args=[plan.pk])).content.decode()

    for line in ("Our plan to help Robin with school", "What Robin told us", "Mrs Osei",
                 "Tuesday 24 March 2026.", "Jo Price, 01632 960123"):  # fmt: skip
        assert line in page
    assert page.count("<h1") == 1
    assert "It prints on 1 side of paper." in page
    assert f'href="{reverse("plan_family_pdf", args=[plan.pk])}"' in page
    assert "Show it in large print" in page


def test_page_in_large_print_leads_to_that_file_and_back(signed_in, plan):
    address = reverse("plan_family", args=[plan.pk])
    page = signed_in("attendance_officer").get(f"{address}?large=1").content.decode()

    assert f'href="{reverse("plan_family_pdf", args=[plan.pk])}?large=1"' in page
    assert "Show it in ordinary print" in page
    assert "app-fridge--large" in page


def test_reading_and_taking_out_are_written_down_each_as_what_it_is(signed_in, plan):
    client = signed_in("attendance_officer")
    client.get(reverse("plan_family", args=[plan.pk]))
    response = pdf_of(client, plan)

    entries = AccessLogEntry.objects.filter(subject_ref=str(plan.pupil.public_id)).order_by("pk")
    assert [(one.action, one.page) for one in entries] == [
        ("view", "plan_family"), ("export", "plan_family_pdf"),
    ]  # fmt: skip
    assert response["Content-Disposition"] == 'inline; filename="our-plan.pdf"'
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("route", ["plan_family", "plan_family_pdf"])
def test_lead_of_another_school_never_learns_of_the_plan(signed_in, plan, route):
    client = signed_in("school_lead", school=SchoolFactory())
    assert client.get(reverse(route, args=[plan.pk])).status_code == 404


@pytest.mark.parametrize("route", ["plan_family", "plan_family_pdf"])
def test_early_help_worker_without_the_family_finds_nothing(signed_in, plan, route):
    client = signed_in("early_help_worker")
    assert client.get(reverse(route, args=[plan.pk])).status_code == 404


@pytest.mark.parametrize("route", ["plan_family", "plan_family_pdf"])
def test_analyst_is_refused(signed_in, plan, route):
    assert signed_in("analyst").get(reverse(route, args=[plan.pk])).status_code == 403


def test_lead_of_the_own_school_opens_it(signed_in, plan):
    client = signed_in("school_lead", school=plan.case.school)
    assert client.get(reverse("plan_family", args=[plan.pk])).status_code == 200
