"""Who is near the line: the list, its order, and what is still ahead of each child."""

from datetime import date

import pytest

from attendance.read_models.days_left import DaysLeft
from attendance.rules.projection import can_still_miss
from attendance.services.nightly import run_for_everyone
from tests.factories.classes import LATEST, child

PAGE = "/explore/at-risk/"


@pytest.fixture
def officer(borough, signed_in):
    return signed_in("attendance_officer")


def rows_of(client, query=""):
    return client.get(PAGE + query).context["rows"]


def names(rows):
    return [row.name.split(",")[0].split(" ")[0] for row in rows]


def test_list_holds_five_percent_and_up_to_just_over_the_line(borough, officer):
    child(borough.ash, "Fay", "II////////", "II////////", "II////////")  # 6 of 50: 12%
    child(borough.ash, "Gus", "II////////")  # 2 of 50: 4%
    child(borough.ash, "Hal", "III///////", ends_on=date(2026, 2, 5))
    run_for_everyone(as_of=LATEST)

    answer = officer.get(PAGE)

    assert sorted(names(answer.context["rows"])) == ["Ben", "Dee"]
    assert answer.context["count"] == 2


def test_each_line_says_what_may_still_be_missed_and_from_when_it_is_under(borough, officer):
    left = 2 * len(DaysLeft(LATEST).of("12345"))
    ben, dee = rows_of(officer)

    assert names([ben, dee]) == ["Ben", "Dee"]
    assert (ben.sessions, ben.can_miss) == ("5 of 50 sessions", f"{can_still_miss(5, 50, left)}")
    assert ben.sessions_left == f"{left}"
    assert ben.under_from == "9 Feb 2026"
    assert (dee.absence, dee.under_from) == ("6.0%", "Under 10% now")
    assert dee.can_miss == f"{can_still_miss(3, 50, left)}"


def test_order_is_by_what_is_left_and_by_any_column(borough, officer):
    borough.dee.ends_on = date(2026, 2, 10)
    borough.dee.save()

    assert names(rows_of(officer)) == ["Dee", "Ben"]
    assert names(rows_of(officer, "?sort=-left")) == ["Ben", "Dee"]
    for sort in ("name", "-name", "school", "year_group", "absence", "-absence"):
        assert len(rows_of(officer, f"?sort={sort}")) == 2
    assert names(rows_of(officer, "?sort=-absence")) == ["Ben", "Dee"]


def test_a_line_may_say_none_and_not_this_year(borough, officer):
    borough.ben.ends_on = date(2026, 2, 6)
    borough.ben.save()

    ben = rows_of(officer)[0]

    assert (ben.can_miss, ben.sessions_left, ben.under_from) == ("None", "0", "Not this year")


def test_explorer_counts_the_list(officer):
    page = officer.get("/explore/").context["page"]

    assert page.at_risk == "2 pupils"
    assert officer.get(page.at_risk_href).context["count"] == 2
    chosen = officer.get("/explore/?year_group=4&period=term_2").context["page"]
    assert chosen.at_risk == "0 pupils"
    assert "No pupil that these filters name" in officer.get(chosen.at_risk_href).content.decode()


def test_period_of_the_bar_does_not_change_who_is_near_the_line_of_the_year(officer):
    assert len(rows_of(officer, "?period=half_term_3")) == 2


def test_a_past_day_is_asked_with_the_days_that_were_left_then(officer):
    (first, *_) = rows_of(officer, "?as_of=2026-02-05")

    assert first.sessions_left == f"{2 * len(DaysLeft(date(2026, 2, 5)).of('12345'))}"


def test_nobody_near_the_line_and_no_figures_say_so(borough, signed_in):
    body = signed_in("school_lead", school=borough.elm).get(PAGE).content.decode()

    assert "No pupil of yours is at risk" in body


def test_no_figures_yet(db, signed_in):
    assert "has not finished once" in signed_in("analyst").get(PAGE).content.decode()


def test_record_says_what_is_ahead_of_a_child_near_the_line(borough, officer):
    def said(enrolment):
        (roll,) = officer.get(f"/pupils/{enrolment.pupil.public_id}/").context["page"].rolls
        return roll.ahead

    assert said(borough.ada) == said(borough.cal) == ()
    assert len(said(borough.dee)) == 1
    assert said(borough.ben)[1] == "Under 10% from Mon 9 Feb 2026 if at school every day"
    assert said(borough.ben)[0].startswith("Can miss ")


def test_days_left_end_with_the_enrolment_and_the_year(borough):
    days = DaysLeft(LATEST)

    assert days.of("12345", LATEST) == ()
    assert days.of("12345", date(2026, 2, 9)) == (date(2026, 2, 9),)
    assert days.of("12345", date(2030, 1, 1)) == days.of("12345")
    assert set(days.of("1")) < set(days.of("12345"))
    assert max(days.of("12345")) < date(2026, 8, 1)
