"""How often a school meets: the manager says so with a reason, and the school reads both."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from dashboards.read_models.meetings.of_school import how_often_in_words
from meetings.models import TsmFrequency
from tests.factories.crawling import parsed, text_of
from tests.factories.tsm import Table


@pytest.fixture
def table(borough) -> Table:
    return Table(borough.ash)


def address(school) -> str:
    return reverse("school_how_often", args=[school.pk])


def form(**changes) -> dict[str, str]:
    facts = {"per_year": "2", "reason": "Absence is low and the plans are kept."}
    return {"token": str(uuid4()), **facts, **changes}


def meetings_page(client, school) -> str:
    return text_of(
        parsed(client.get(reverse("school_meetings", args=[school.pk])).content.decode())
    )


def test_without_a_word_it_is_once_a_term(signed_in, table):
    manager = signed_in("team_manager")

    assert "One each term" in meetings_page(manager, table.school)
    initial = manager.get(address(table.school)).context["form"].initial
    assert initial == {"per_year": "3"}


def test_what_the_manager_says_is_read_by_the_school_which_may_not_change_it(
    signed_in, client, table
):
    signed_in("team_manager").post(address(table.school), form(), follow=True)

    client.force_login(table.lead)
    page = meetings_page(client, table.school)
    assert (
        "2 a year, in the autumn and the summer term: Absence is low and the plans are kept."
        in page
    )
    assert "how often this school meets" not in page
    assert client.get(address(table.school)).status_code == 403


def test_what_was_said_stands_in_the_form_and_may_be_changed(signed_in, table):
    manager = signed_in("team_manager")
    for per_year in ("1", "3"):
        manager.post(address(table.school), form(per_year=per_year))

    assert TsmFrequency.objects.get().per_year == 3
    assert manager.get(address(table.school)).context["form"].initial["reason"].startswith("Abs")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"per_year": ""}, "Choose 1, 2 or 3 meetings a year."),
        ({"per_year": "4"}, "Select a valid choice"),
        ({"reason": ""}, "Say why."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_kept(changes, told, signed_in, table):
    answer = signed_in("team_manager").post(address(table.school), form(**changes))

    assert told in answer.content.decode()
    assert not TsmFrequency.objects.exists()


def test_an_officer_reads_it_and_another_authoritys_school_is_no_page(signed_in, table):
    assert signed_in("attendance_officer").get(address(table.school)).status_code == 403
    assert signed_in("team_manager").get("/schools/1/meetings/how-often/").status_code == 404


@pytest.mark.parametrize(
    ("per_year", "words"),
    [
        (3, "One each term"),
        (2, "2 a year, in the autumn and the summer term"),
        (1, "1 a year, in the autumn term"),
    ],
)
def test_the_words_are_those_of_the_rule(per_year, words):
    assert how_often_in_words(per_year) == words
