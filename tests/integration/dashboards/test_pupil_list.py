"""The pupil list: who is on it, filters, order, figures."""

from datetime import date

import pytest

from tests.factories.classes import LATEST, child, queries_of
from tests.factories.pupils import PupilGrantFactory

LIST = "/pupils/"


def names(response):
    return [row.name.split()[0] for row in response.context["rows"]]


def test_list_of_the_whole_la_counts_enrolments(borough, signed_in):
    response = signed_in("attendance_officer").get(LIST)

    assert response.context["count"] == 5
    assert names(response) == ["Ada", "Ben", "Cal", "Dee", "Eve"]


def test_list_of_a_school_has_its_own_roll_only(borough, signed_in):
    assert names(signed_in("school_lead", school=borough.elm).get(LIST)) == ["Eve"]


def test_list_of_a_school_leaves_out_a_childs_time_at_another(borough, signed_in):
    borough.ada.ends_on = date(2026, 1, 30)
    borough.ada.save()
    child(borough.elm, "Ada", pupil=borough.ada.pupil, starts_on=date(2026, 2, 2))

    rows = signed_in("school_lead", school=borough.elm).get(LIST).context["rows"]

    assert [(row.name, row.school) for row in rows] == [
        ("Ada Sample", "Elm School"),
        ("Eve Sample", "Elm School"),
    ]


def test_list_of_someone_with_a_grant_has_that_child_only(borough, signed_in):
    client = signed_in("early_help_worker")
    PupilGrantFactory(user=client.user, pupil=borough.dee.pupil)

    assert names(client.get(LIST)) == ["Dee"]


def test_list_of_someone_with_no_child_says_so(borough, signed_in):
    assert "There are none yet" in signed_in("early_help_worker").get(LIST).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("flag=severe_absence", ["Cal"]),
        ("flag=at_risk", ["Dee"]),
        ("persistent=true", ["Ben", "Cal"]),
        ("persistent=false", ["Ada", "Dee", "Eve"]),
        ("severe=true", ["Cal"]),
        ("phase=PS", ["Eve"]),
        ("year_group=4", ["Eve"]),
        ("q=DÉE", ["Dee"]),
        ("q=sample+b", ["Ben"]),
        ("q=nobody", []),
        ("status=S", []),
        ("on_roll=true", ["Ada", "Ben", "Cal", "Dee", "Eve"]),
        ("on_roll=false", []),
        ("sort=-absence", ["Cal", "Ben", "Dee", "Ada", "Eve"]),
        ("sort=absence", ["Ada", "Eve", "Dee", "Ben", "Cal"]),
        ("sort=-school", ["Eve", "Ada", "Ben", "Cal", "Dee"]),
        ("sort=-name", ["Eve", "Dee", "Cal", "Ben", "Ada"]),
    ],
)
def test_list_by_its_address_shows_whom_it_asks_for(borough, signed_in, query, found):
    assert names(signed_in("attendance_officer").get(f"{LIST}?{query}")) == found


@pytest.mark.parametrize(
    ("query", "field", "value"),
    [
        ("sex=F", "sex", "F"),
        ("fsm=true", "fsm_eligible", True),
        ("fsm=false", "fsm_eligible", False),
        ("sen=K", "sen_provision", "K"),
        ("ethnicity=WBRI", "ethnicity", "WBRI"),
    ],
)
def test_list_by_a_fact_of_the_child_shows_those_with_it(borough, signed_in, query, field, value):
    setattr(borough.ada.pupil, field, value)
    borough.ada.pupil.save()

    assert names(signed_in("attendance_officer").get(f"{LIST}?{query}")) == ["Ada"]


def test_list_by_school_offers_only_schools_in_scope(borough, signed_in):
    client = signed_in("school_lead", school=borough.elm)

    response = client.get(f"{LIST}?school={borough.ash.pk}")

    assert "Ash School" not in response.content.decode()


def test_list_for_a_role_without_sensitive_facts_does_not_filter_by_them(borough, signed_in):
    client = signed_in("early_help_worker")
    PupilGrantFactory(user=client.user, pupil=borough.dee.pupil)

    response = client.get(f"{LIST}?sen=K")

    assert names(response) == ["Dee"]
    assert "SEN" not in response.content.decode()


def test_list_prints_the_rate_with_its_count(borough, signed_in):
    rows = signed_in("attendance_officer").get(LIST).context["rows"]

    ben = next(row for row in rows if row.name == "Ben Sample")
    assert (ben.absence, ben.sessions) == ("10.0%", "5 of 50 sessions")


def test_list_of_under_twenty_sessions_says_too_early(borough, signed_in):
    child(borough.elm, "New", "/" * 10, "/" * 9, *[" " * 10] * 3)
    child(borough.elm, "Newer", "/" * 10, "/" * 10, *[" " * 10] * 3)
    borough.run(LATEST)

    rows = signed_in("attendance_officer").get(LIST).context["rows"]

    early = {row.name: row.is_too_early for row in rows}
    assert (early["New Sample"], early["Newer Sample"]) == (True, False)


def test_list_marks_a_leaver_and_a_second_roll(borough, signed_in):
    borough.ada.ends_on = date(2026, 2, 1)
    borough.ada.save()
    borough.eve.status = "S"
    borough.eve.save()

    rows = signed_in("attendance_officer").get(LIST).context["rows"]

    notes = {row.name: row.notes for row in rows}
    assert notes["Ada Sample"] == ("left 1 Feb 2026",)
    assert notes["Eve Sample"] == ("main school elsewhere",)


def test_list_of_a_school_whose_claim_waits_names_no_child(borough, signed_in):
    child(borough.elm, "Ada", pupil=borough.ada.pupil, awaiting_confirmation=True)

    response = signed_in("school_lead", school=borough.elm).get(LIST)

    text = response.content.decode()
    assert names(response) == ["Eve"]
    assert "Waiting for the council to confirm the move" in text
    assert borough.ada.pupil.upn in text
    assert "Ada Sample" not in text


def test_list_with_a_filter_that_finds_nobody_offers_the_way_back(borough, signed_in):
    text = signed_in("attendance_officer").get(f"{LIST}?q=nobody").content.decode()

    assert "matches these filters" in text
    assert "Clear filters" in text


def test_list_filters_stand_as_tags_that_come_off(borough, signed_in):
    response = signed_in("attendance_officer").get(f"{LIST}?flag=at_risk&sort=-name")

    assert [(chip.label, chip.href) for chip in response.context["chips"]] == [
        ("Open flag: At risk, 5% to under 10%", "?sort=-name")
    ]


def test_list_shows_twenty_five_and_a_second_page(borough, signed_in):
    for number in range(21):
        child(borough.elm, f"Child{number:02}")
    client = signed_in("attendance_officer")

    assert len(client.get(LIST).context["rows"]) == 25
    assert len(client.get(f"{LIST}?page=2").context["rows"]) == 1


def test_list_asks_the_same_with_few_rows_and_with_many(borough, signed_in):
    client = signed_in("attendance_officer")
    few = queries_of(client, f"{LIST}?phase=PS")
    for number in range(200):
        child(borough.elm, f"Child{number}")

    assert queries_of(client, f"{LIST}?phase=PS") == few


def test_list_by_absence_puts_what_is_too_early_to_say_last(borough, signed_in):
    child(borough.elm, "New", "O" * 10, *[" " * 10] * 4)
    borough.run(LATEST)

    found = names(signed_in("attendance_officer").get(f"{LIST}?sort=-absence"))

    assert (found[0], found[-1]) == ("Cal", "New")
