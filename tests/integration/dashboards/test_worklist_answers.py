"""Since yesterday: how flags were answered, what waits, and what the next days bring."""

from datetime import UTC, date, datetime, timedelta

import pytest

from attendance.models import Flag
from attendance.services.answers import answer_flag
from attendance.services.nightly import run_for_everyone
from tests.factories.classes import LATEST, SmallBorough, child
from tests.factories.schools import MembershipFactory, PatchFactory

TODAY = date(2026, 3, 3)
AT = datetime(2026, 3, 3, 9, tzinfo=UTC)
REASON = "Plan agreed with the family."


def answer(flag, by, until, *, on=TODAY):
    return answer_flag(flag=flag, reason=REASON, look_again_on=until, by=by, on=on, at=AT)


def work_of(client):
    return client.get("/").context["work"]


def text_of(client):
    return " ".join(client.get("/").content.decode().split())


@pytest.fixture
def new_flag(borough) -> Flag:
    return Flag.objects.get(enrolment=borough.ben, kind="persistent_absence")


def line_of(client):
    return work_of(client).new[0].lines[0]


def test_new_flag_is_not_answered_and_offers_an_answer(new_flag, signed_in):
    client = signed_in("attendance_officer")

    assert line_of(client).answer.label == "Not answered"
    assert f'href="/flags/{new_flag.pk}/answer/?next=/"' in text_of(client)


def test_answered_flag_says_by_which_role_when_why_and_until(new_flag, signed_in, user_with):
    answer(new_flag, user_with("school_lead", school=new_flag.school), date(2026, 3, 10))
    client = signed_in("attendance_officer")

    line = line_of(client)

    assert line.answer.label == "Look again 10 Mar"
    assert (line.answered, line.reason) == ("School lead, 3 Mar 2026, 9:00am", REASON)
    assert f'href="/flags/{new_flag.pk}/answer/' not in text_of(client)


def test_role_that_may_not_answer_is_offered_nothing(new_flag, signed_in, settings, monkeypatch):
    monkeypatch.setattr("dashboards.read_models.worklist.permissions_of", lambda user: frozenset())
    assert "No action needed now" not in text_of(signed_in("attendance_officer"))


@pytest.mark.parametrize(
    ("until", "title", "tag"),
    [
        (date(2026, 3, 2), "Overdue", "Overdue"),
        (TODAY, "Today", "Today"),
        (date(2026, 3, 8), "This week", None),
    ],
)
def test_look_again_date_waits_under_its_heading(new_flag, signed_in, user_with, until, title, tag):
    answer(new_flag, user_with("team_manager"), until, on=date(2026, 2, 27))

    (group,) = work_of(signed_in("attendance_officer")).waiting.groups

    (due,) = group.lines
    assert (group.title, due.line.pupil, due.reason) == (title, "Ben Sample", REASON)
    assert (due.tag.label if due.tag else None) == tag


def test_look_again_date_of_next_week_is_said_on_a_quiet_morning(borough, signed_in, user_with):
    flag = Flag.objects.get(enrolment=borough.ben, kind="persistent_absence")
    answer(flag, user_with("team_manager"), date(2026, 3, 9))
    run_for_everyone(as_of=LATEST + timedelta(days=3))

    assert work_of(signed_in("attendance_officer")).quiet == (
        "Nothing new since Friday 6 February 2026. "
        "1 flag falls due to be looked at again next week."
    )


def test_look_again_date_of_another_school_waits_for_nobody_here(
    borough, new_flag, signed_in, user_with
):
    answer(new_flag, user_with("team_manager"), TODAY, on=date(2026, 2, 27))

    assert work_of(signed_in("school_lead", school=borough.elm)).waiting.groups == []


def test_first_run_after_a_holiday_compares_with_the_last_school_day(db, signed_in):
    made = SmallBorough()
    made.run(date(2026, 2, 13), date(2026, 2, 14), date(2026, 2, 22), date(2026, 2, 23))

    assert "Since Friday 13 February 2026" in text_of(signed_in("attendance_officer"))


def test_next_five_school_days_name_what_falls_on_them(new_flag, signed_in, user_with):
    answer(new_flag, user_with("team_manager"), date(2026, 3, 7))

    ahead = work_of(signed_in("attendance_officer")).ahead

    assert [day.when for day in ahead] == [
        "Wed 4 Mar", "Thu 5 Mar", "Fri 6 Mar", "Mon 9 Mar", "Tue 10 Mar",
    ]  # fmt: skip
    assert ahead[3].notes == ["1 flag to look at again."]


def test_next_school_days_name_the_edges_of_the_half_term(borough, signed_in, settings):
    settings.PORTAL_TODAY = date(2026, 2, 12)

    ahead = work_of(signed_in("attendance_officer")).ahead

    assert (ahead[0].when, ahead[0].notes) == ("Fri 13 Feb", ["Last day of Spring 1."])
    assert ahead[1].when == "Mon 23 Feb"
    assert ahead[1].notes == ["First school day after Fri 13 Feb.", "Spring 2 starts."]


def test_role_held_to_a_date_beside_another_is_cover(borough, signed_in):
    client = signed_in(
        "attendance_officer", scope="patch", patch=PatchFactory(schools=[borough.ash])
    )
    MembershipFactory(
        user=client.user,
        role="attendance_officer",
        scope="patch",
        patch=PatchFactory(schools=[borough.elm]),
        until_on=date(2026, 3, 14),
    )

    assert "including cover for attendance officer, until 14 Mar." in text_of(client)


def test_only_role_held_to_a_date_is_no_cover(borough, signed_in):
    client = signed_in("attendance_officer", until_on=date(2026, 3, 14))

    assert "cover for" not in text_of(client)


def test_reasons_overdue_stand_by_school_as_the_list_they_open(db, signed_in):
    made = SmallBorough()
    child(made.elm, "Nia", "/" * 10, "/" * 10, "NN////////")
    child(made.elm, "Noa", "/" * 10, "/" * 10, "N/////////")
    made.run()
    client = signed_in("attendance_officer")

    (row,) = work_of(client).owed

    assert (row.school, row.pupils, row.sessions) == ("Elm School", 2, 3)
    assert client.get(row.href).context["count"] == row.pupils


def test_schools_behind_stand_above_the_flags(borough, signed_in):
    run_for_everyone(as_of=date(2026, 2, 11))

    text = text_of(signed_in("attendance_officer"))

    assert text.index('id="behind"') < text.index('id="new"')
    assert "marks to Fri 6 Feb, 3 school days behind" in text


def test_nobody_behind_is_said_below_the_flags(borough, signed_in):
    text = text_of(signed_in("attendance_officer"))

    assert text.index('id="behind"') > text.index('id="new"')
    assert "Every school has sent its marks to Fri 6 Feb." in text


PLACES = ("new", "waiting", "owed", "cleared", "behind", "unanswered", "reasons")


@pytest.mark.parametrize("role", ["attendance_officer", "team_manager", "school_lead"])
def test_each_part_of_the_sentence_leads_to_a_place_on_the_page(borough, signed_in, role):
    facts = {"school": borough.ash} if role == "school_lead" else {}
    text = text_of(signed_in(role, **facts))

    led_to = [place for place in PLACES if f'href="#{place}"' in text]
    assert led_to == [place for place in PLACES if f'id="{place}"' in text]
    assert len(led_to) >= 5
