"""P2: one box finds a pupil by number, name or date of birth, and a school."""

import re
from datetime import date

import pytest

from schools.models import Pupil
from tests.factories.classes import child, queries_of
from tests.factories.pupils import (
    EnrolmentFactory,
    FormerUpnFactory,
    PupilFactory,
    PupilGrantFactory,
)
from tests.factories.schools import SchoolFactory

SEARCH = "/search/"
TOKEN = re.compile(r"[A-Za-z0-9]{64}")  # against forged forms, another on each page
NOTHING = "No pupil, case or school that you can see matches. Check the spelling or use the UPN."


def ask(client, typed, **headers):
    return client.get(SEARCH, {"q": typed}, headers=headers)


def names(response):
    return [row.name for row in response.context["found"].pupils]


def pupil(surname, forename="Robin", **facts):
    facts = {"school": facts.pop("school", None) or SchoolFactory(), **facts}
    enrolment = {name: facts.pop(name) for name in ("school", "ends_on") if name in facts}
    made = PupilFactory(surname=surname, forename=forename, **facts)
    EnrolmentFactory(pupil=made, **enrolment)
    return made


def test_whole_upn_opens_the_pupil(signed_in):
    made = pupil("Ashby")

    response = ask(signed_in("attendance_officer"), made.upn.lower())

    assert response.url == f"/pupils/{made.public_id}/"


def test_former_upn_opens_the_pupil(signed_in):
    made = pupil("Ashby")
    former = FormerUpnFactory(pupil=made)

    assert ask(signed_in("attendance_officer"), former.upn).url == f"/pupils/{made.public_id}/"


def test_upn_out_of_scope_says_the_same_as_one_that_never_was(signed_in):
    elsewhere = pupil("Ashby")
    client = signed_in("school_lead", school=SchoolFactory())
    nowhere = PupilFactory.build().upn

    pages = [
        TOKEN.sub("", ask(client, typed).content.decode().replace(typed, ""))
        for typed in (elsewhere.upn, nowhere)
    ]

    assert NOTHING in pages[0]
    assert pages[0] == pages[1]


@pytest.mark.parametrize("typed", ["{urn}", "807/4321", "8074321"])
def test_urn_or_dfe_number_opens_the_school(signed_in, typed):
    school = SchoolFactory(la_code="807", estab="4321")

    response = ask(signed_in("attendance_officer"), typed.format(urn=school.urn))

    assert response.url == f"/schools/{school.urn}/"


def test_dfe_number_of_a_school_that_became_an_academy_opens_the_open_one(signed_in):
    SchoolFactory(la_code="807", estab="4321", status="closed")
    now = SchoolFactory(la_code="807", estab="4321")
    SchoolFactory(la_code="807", estab="4321", status="closed")

    assert str(now.urn) in ask(signed_in("attendance_officer"), "807/4321").url


def test_school_out_of_scope_is_not_opened_by_its_number(signed_in):
    other = SchoolFactory()

    response = ask(signed_in("school_lead", school=SchoolFactory()), str(other.urn))

    assert NOTHING in response.content.decode()


@pytest.mark.parametrize(
    "typed", ["robin ashby", "ashby robin", "ash rob", "ASHBY, Robin", "Ashbý", "wood", "obr"]
)
def test_names_are_found_in_any_order_by_their_beginnings(signed_in, typed):
    pupil("Ashby-Wood O'Brien")
    pupil("Elmwood", "Trobin")

    assert names(ask(signed_in("attendance_officer"), typed)) == ["Robin Ashby-Wood O'Brien"]


def test_every_word_must_fit(signed_in):
    pupil("Ashby")

    assert names(ask(signed_in("attendance_officer"), "ashby xavier")) == []


@pytest.mark.parametrize("typed", [".*", "a.h", "%", "ash\\", "[ash", "ash' or 1=1"])
def test_signs_of_expressions_are_letters_like_others(signed_in, typed):
    pupil("Ashby")

    response = ask(signed_in("attendance_officer"), typed)

    assert response.status_code == 200
    assert "Ashby" not in response.content.decode().replace("Ashby&#x27;", "")


def test_near_spelling_is_marked_and_comes_after_the_exact(signed_in):
    pupil("Smith")
    pupil("Smythe")
    pupil("Smitten", "Ann")
    pupil("Jones")

    rows = ask(signed_in("attendance_officer"), "smith").context["found"].pupils

    assert [(row.name, row.is_similar) for row in rows] == [("Robin Smith", False)]
    rows = ask(signed_in("attendance_officer"), "smyth").context["found"].pupils
    assert [(row.name, row.is_similar) for row in rows] == [
        ("Robin Smythe", False),
        ("Robin Smith", True),
    ]
    text = ask(signed_in("attendance_officer"), "smyth").content.decode()
    assert text.count(">similar<") == 1


def test_whole_word_comes_before_a_longer_one(signed_in):
    pupil("Abbott", "Anna")
    pupil("Zeal", "Ann")

    assert names(ask(signed_in("attendance_officer"), "ann")) == ["Ann Zeal", "Anna Abbott"]


def test_date_of_birth_tells_twins_from_others(signed_in):
    school = SchoolFactory()
    pupil("Ashby", "Ada", date_of_birth=date(2013, 2, 1), school=school)
    pupil("Ashby", "Ben", date_of_birth=date(2013, 2, 1), school=school)
    pupil("Ashby", "Cal", date_of_birth=date(2014, 2, 1), school=school)
    client = signed_in("attendance_officer")

    assert names(ask(client, "1/2/2013")) == ["Ada Ashby", "Ben Ashby"]
    assert names(ask(client, "ben 1 feb 2013")) == ["Ben Ashby"]
    assert "1 Feb 2013" in ask(client, "ashby").content.decode()


def test_school_is_found_by_its_name(signed_in):
    SchoolFactory(name="Coatham Hall", folded_name="coatham hall")
    SchoolFactory(name="Dormanstown Hall", folded_name="dormanstown hall")

    response = ask(signed_in("attendance_officer"), "hall coat")

    assert [row.name for row in response.context["found"].schools] == ["Coatham Hall"]
    assert response.context["count"] == "1 school"


def test_each_table_shows_twenty_and_how_many_more(signed_in):
    school = SchoolFactory(name="Ash Hall", folded_name="ash hall")
    for number in range(22):
        pupil(f"Ashby{number:02}", school=school)
        SchoolFactory(name=f"Ash Hall {number}", folded_name=f"ash hall {number:02}")

    response = ask(signed_in("attendance_officer"), "ash")

    text = response.content.decode()
    assert len(names(response)) == 20
    assert "and 2 more pupils" in text
    assert "and 3 more schools" in text
    assert response.context["count"] == "22 pupils and 23 schools"


def test_twenty_exactly_have_no_more(signed_in):
    school = SchoolFactory()
    for number in range(20):
        pupil(f"Ashby{number:02}", school=school)

    response = ask(signed_in("attendance_officer"), "ashby")

    assert (len(names(response)), response.context["found"].more_pupils) == (20, 0)


def test_leaver_is_marked_with_the_day(signed_in):
    pupil("Ashby", ends_on=date(2025, 9, 12))

    assert "left 12 Sep 2025" in ask(signed_in("attendance_officer"), "ashby").content.decode()


def test_child_who_moved_has_the_new_school(borough, signed_in):
    borough.ben.ends_on = date(2026, 1, 30)
    borough.ben.save()
    child(borough.elm, "Ben", pupil=borough.ben.pupil, starts_on=date(2026, 2, 2))

    (row,) = ask(signed_in("attendance_officer"), "ben sample").context["found"].pupils
    (old,) = ask(signed_in("school_lead", school=borough.ash), "ben sample").context["found"].pupils

    assert (row.school, row.notes) == ("Elm School", ())
    assert (old.school, old.notes) == ("Ash School", ("left 30 Jan 2026",))


def test_school_finds_its_own_children_and_schools_only(borough, signed_in):
    client = signed_in("school_lead", school=borough.elm)

    assert names(ask(client, "sample")) == ["Eve Sample"]
    assert [row.name for row in ask(client, "school").context["found"].schools] == ["Elm School"]


def test_early_help_finds_the_children_given_to_them_only(borough, signed_in):
    client = signed_in("early_help_worker")
    PupilGrantFactory(user=client.user, pupil=borough.ben.pupil)

    response = ask(client, "sample")

    assert names(response) == ["Ben Sample"]
    assert response.context["found"].schools == []


def test_search_shows_no_school_to_whoever_may_open_none(borough, signed_in):
    client = signed_in("early_help_worker", school=borough.ash)

    assert ask(client, "school").context["found"].is_empty
    assert ask(client, str(borough.ash.urn)).status_code == 200


@pytest.mark.parametrize("role", ["panel_member", "administrator"])
def test_search_is_refused_to_roles_without_it(signed_in, role):
    assert ask(signed_in(role), "ashby").status_code == 403


def test_one_letter_is_too_little_and_says_so(signed_in):
    text = ask(signed_in("attendance_officer"), "a").content.decode()

    assert text.count("Enter 2 letters or more") == 2  # the summary and the field
    assert "<title>Error: Search" in text


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": "  "}])
def test_nothing_typed_shows_the_box_alone(signed_in, query):
    response = signed_in("attendance_officer").get(SEARCH, query)

    assert "Error:" not in response.content.decode()
    assert "found" not in response.context


def test_suggestions_wait_for_three_letters_and_lead_nowhere_by_themselves(signed_in):
    made = pupil("Ashby")
    client = signed_in("attendance_officer")
    typing = {"HX-Request": "true"}

    assert "found" not in ask(client, "as", **typing).context
    assert names(ask(client, "ash", **typing)) == ["Robin Ashby"]
    assert ask(client, made.upn, **typing).status_code == 200


def test_search_is_kept_nowhere(signed_in):
    response = ask(signed_in("attendance_officer"), "ashby")

    assert response["Cache-Control"] == "no-store, private"
    assert response["Referrer-Policy"] == "same-origin"


def test_search_word_is_in_no_line_of_the_log(signed_in, caplog):
    caplog.set_level("DEBUG", logger="django_structlog")
    pupil("Qwertzuiop")

    ask(signed_in("attendance_officer"), "Qwertzuiop")

    assert "GET /search/" in caplog.text
    assert "wertzuiop" not in caplog.text.lower()


def test_search_asks_as_much_of_the_database_for_many_as_for_two(signed_in):
    school = SchoolFactory()
    for number in range(2):
        pupil(f"Ashby{number}", school=school)
    client = signed_in("attendance_officer")
    few = queries_of(client, f"{SEARCH}?q=ashby")
    for number in range(17):
        pupil(f"Ashbyx{number}", school=SchoolFactory())

    assert queries_of(client, f"{SEARCH}?q=ashby") == few
    assert Pupil.objects.count() == 19
