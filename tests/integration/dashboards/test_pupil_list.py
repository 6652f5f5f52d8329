"""The pupil list: who is on it, filters, order, figures."""

from dataclasses import replace
from datetime import date

import pytest

from attendance.cohorts import COHORTS
from tests.factories.classes import LATEST, UNAUTHORISED_WEEK, child, queries_of
from tests.factories.pupils import PupilGrantFactory
from tests.factories.registers import PRESENT_WEEK
from tests.factories.schools import SchoolFactory, TrustFactory

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


@pytest.mark.parametrize("as_of", ["", "&as_of=2026-01-09"])
def test_list_by_year_group_is_in_the_order_of_school_life(borough, signed_in, as_of):
    groups = zip(("ada", "ben", "cal", "dee", "eve"), ("10", "R", "2", "", "1"), strict=True)
    for name, year_group in groups:
        enrolment = getattr(borough, name)
        enrolment.year_group = year_group
        enrolment.save()
    client = signed_in("attendance_officer")

    up, down = ["Ben", "Eve", "Cal", "Ada", "Dee"], ["Ada", "Cal", "Eve", "Ben", "Dee"]
    assert names(client.get(f"{LIST}?sort=year_group{as_of}")) == up
    assert names(client.get(f"{LIST}?sort=-year_group{as_of}")) == down


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


def cohort_links(response):
    return {link.label: link for link in response.context["cohorts"]}


def test_cohort_links_count_the_lists_they_open(borough, signed_in):
    client = signed_in("attendance_officer")
    for query in ("", "school=" + str(borough.ash.pk), "severe=true", "sort=-absence"):
        links = cohort_links(client.get(f"{LIST}?{query}")).values()
        assert [link.label for link in links] == [cohort.label for cohort in COHORTS.values()]
        for link in links:
            if link.href:
                assert f"{client.get(LIST + link.href).context['count']:,}" == link.shown
            else:
                assert link.shown == "0"


def test_cohort_link_keeps_the_other_filters_and_is_current_in_its_own_list(borough, signed_in):
    client = signed_in("attendance_officer")

    response = client.get(f"{LIST}?school={borough.ash.pk}&cohort=severely_absent")

    link = cohort_links(response)["Severely absent"]
    assert (link.shown, link.is_current) == ("1", True)
    assert names(client.get(LIST + link.href)) == ["Cal"]
    assert names(response) == ["Cal"]


def test_cohort_list_says_the_rule_its_question_and_why_each_child_is_in_it(borough, signed_in):
    response = signed_in("attendance_officer").get(f"{LIST}?cohort=just_over_the_line")

    text = response.content.decode()
    assert [row.reason for row in response.context["rows"]] == [
        "5 of 50 sessions missed this year, 10.0%."
    ]
    assert "10% to under 12% of this year&#x27;s possible sessions missed." in text
    assert "First question: Which few days would change it?" in text
    assert "5 of 50 sessions missed this year, 10.0%." in text


def test_cohort_links_of_a_school_count_its_own_children_only(borough, signed_in):
    links = cohort_links(signed_in("school_lead", school=borough.elm).get(LIST))

    assert {link.shown for link in links.values()} == {"0"}
    assert not [link for link in links.values() if link.href]


def test_cohort_list_of_someone_with_a_grant_has_that_child_only(borough, signed_in):
    client = signed_in("early_help_worker")
    PupilGrantFactory(user=client.user, pupil=borough.dee.pupil)

    response = client.get(f"{LIST}?cohort=severely_absent")

    assert names(response) == []
    assert cohort_links(response)["Severely absent"].shown == "0"


def test_cohort_that_is_none_of_ours_is_said_to_be_unknown(borough, signed_in):
    response = signed_in("attendance_officer").get(f"{LIST}?cohort=anybody")

    assert response.status_code == 200
    assert response.context["filter_form"].errors["cohort"]


def test_list_by_cohort_equals_the_api(borough, signed_in, system_of):
    listed = names(signed_in("attendance_officer").get(f"{LIST}?cohort=severely_absent"))

    system = system_of("attendance:read", schools=[borough.ash])
    address = f"/api/v1/schools/{borough.ash.pk}/absence/?kind=year&cohort=severely_absent"
    rows = system.get(address).json()["results"]

    assert listed == ["Cal"]
    assert [row["upn"] for row in rows] == [borough.cal.pupil.upn]


def test_list_by_trust_shows_the_schools_of_the_trust(borough, signed_in):
    borough.elm.trust = TrustFactory(uid="5001")
    borough.elm.save()

    assert names(signed_in("attendance_officer").get(f"{LIST}?trust=5001")) == ["Eve"]
    lead = signed_in("school_lead", school=borough.ash)
    assert "trust" in lead.get(f"{LIST}?trust=5001").context["filter_form"].errors


FRIDAY = "2026-01-09"  # after the first week: Ben and Dee missed 3 of 10, Cal all 10


def test_list_as_of_an_earlier_day_has_its_banner_and_its_figures(borough, signed_in):
    response = signed_in("attendance_officer").get(f"{LIST}?as_of={FRIDAY}&sort=-absence")

    rows = {row.name.split()[0]: row for row in response.context["rows"]}
    assert rows["Cal"].sessions == "10 of 10 sessions"
    assert rows["Dee"].sessions == "3 of 10 sessions"
    assert rows["Cal"].is_too_early
    text = response.content.decode()
    assert "Marks up to Fri 9 Jan 2026, as known today." in text
    assert f"{LIST}?sort=-absence" in text or 'href="?sort=-absence"' in text


def test_list_as_of_the_figures_date_equals_one_worked_out(borough, signed_in, monkeypatch):
    """The same day by the stored rows and by the statements of a past day."""
    client = signed_in("attendance_officer")
    stored = client.get(f"{LIST}?sort=-absence&cohort=severely_absent").context
    monkeypatch.setattr("dashboards.read_models.standing.figures_date", lambda: date(2026, 2, 9))

    then = client.get(f"{LIST}?sort=-absence&cohort=severely_absent&as_of={LATEST}").context

    assert not then["standing"].is_latest
    assert [replace(row, stale=None) for row in then["rows"]] == [
        replace(row, stale=None) for row in stored["rows"]
    ]
    assert [link.shown for link in then["cohorts"]] == [link.shown for link in stored["cohorts"]]


def test_cohorts_of_everyone_on_a_past_day_are_counted_once_one_is_opened(borough, signed_in):
    client = signed_in("attendance_officer")
    before = cohort_links(client.get(f"{LIST}?as_of={FRIDAY}"))
    assert {link.shown for link in before.values()} == {""}

    opened = client.get(LIST + before["Severely absent"].href)
    assert cohort_links(opened)["Severely absent"].shown == f"{opened.context['count']}"

    lead = signed_in("school_lead", school=borough.ash)
    of_a_school = cohort_links(lead.get(f"{LIST}?as_of={FRIDAY}"))
    assert {link.shown for link in of_a_school.values()} == {"0"}


@pytest.mark.parametrize("sort", ["name", "-school", "absence", "-absence", "-unauthorised"])
def test_list_of_a_past_day_is_in_the_order_of_the_same_day_stored(
    borough, signed_in, monkeypatch, sort
):
    client = signed_in("attendance_officer")
    stored = names(client.get(f"{LIST}?sort={sort}"))
    monkeypatch.setattr("dashboards.read_models.standing.figures_date", lambda: date(2026, 2, 9))

    assert names(client.get(f"{LIST}?sort={sort}&as_of={LATEST}")) == stored


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("persistent=true", ["Ben", "Cal", "Dee"]),
        ("persistent=false", ["Ada", "Eve"]),
        ("severe=true", ["Cal"]),
        ("flag=severe_absence", []),  # no run had stood yet
        ("cohort=severely_absent", []),  # ten sessions are too few to say
    ],
)
def test_list_as_of_an_earlier_day_filters_by_that_days_figures(borough, signed_in, query, found):
    client = signed_in("attendance_officer")

    assert names(client.get(f"{LIST}?as_of={FRIDAY}&{query}")) == found


def test_list_as_of_an_earlier_day_leaves_out_who_came_later(borough, signed_in):
    borough.ada.starts_on = date(2026, 1, 12)
    borough.ada.save()

    assert "Ada" not in names(signed_in("attendance_officer").get(f"{LIST}?as_of={FRIDAY}"))


def test_list_as_of_an_earlier_day_is_scoped_like_any_other(borough, signed_in):
    client = signed_in("school_lead", school=borough.elm)

    assert names(client.get(f"{LIST}?as_of={FRIDAY}")) == ["Eve"]


def test_list_as_of_tomorrow_is_a_bad_request(borough, signed_in):
    client = signed_in("attendance_officer")

    assert client.get(f"{LIST}?as_of=2036-01-01").status_code == 400


def test_list_keeps_the_date_when_filtered_anew(borough, signed_in):
    response = signed_in("attendance_officer").get(f"{LIST}?as_of={FRIDAY}&sort=-name")

    assert response.context["filter_form"]["as_of"].value() == FRIDAY
    assert all(FRIDAY in header.href for header in response.context["headers"] if header.href)


def test_list_names_both_schools_of_a_child_on_two_rolls(borough, signed_in):
    cal = borough.cal
    child(borough.elm, "Cal", pupil=cal.pupil, status="S")
    borough.run(LATEST)

    rows = [
        row
        for row in signed_in("attendance_officer").get(LIST).context["rows"]
        if row.name == "Cal Sample"
    ]

    at = {row.school: row for row in rows}
    assert "also on roll at Elm School" in at["Ash School"].notes
    assert at["Elm School"].notes == ("main school elsewhere", "also on roll at Ash School")
    assert at["Ash School"].flags_at == "Ash School"
    assert at["Elm School"].flags_at == ""  # no flag of its own


def test_list_does_not_call_a_childs_former_school_a_second_roll(borough, signed_in):
    borough.ada.ends_on = date(2026, 1, 30)
    borough.ada.save()
    child(borough.elm, "Ada", pupil=borough.ada.pupil, starts_on=date(2026, 2, 2))

    rows = signed_in("attendance_officer").get(f"{LIST}?q=ada").context["rows"]

    assert not [note for row in rows for note in row.notes if "also on roll" in note]


def test_list_says_beside_the_school_how_far_its_marks_go(borough, signed_in):
    late = SchoolFactory(name="Oak School", folded_name="oak school")
    child(late, "Fay", *[PRESENT_WEEK] * 4, " " * 10)
    borough.run(LATEST)

    rows = {row.name: row for row in signed_in("attendance_officer").get(LIST).context["rows"]}

    assert rows["Fay Sample"].stale.text == "Marks to Fri 30 Jan, 5 school days behind"
    assert rows["Ada Sample"].stale is None


def test_list_of_a_cohort_or_a_past_day_asks_the_same_with_few_rows_and_with_many(
    borough, signed_in
):
    client = signed_in("attendance_officer")
    addresses = [f"{LIST}?cohort=severely_absent", f"{LIST}?as_of={FRIDAY}&sort=-absence"]
    few = [queries_of(client, address) for address in addresses]
    for number in range(60):
        child(borough.elm, f"Child{number}", *[UNAUTHORISED_WEEK] * 4)
    borough.run(LATEST)

    assert [queries_of(client, address) for address in addresses] == few
