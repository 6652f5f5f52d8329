"""Today for a manager, for a school, for a trust, and for people to whom children were granted."""

from datetime import UTC, date, datetime

import pytest

from attendance.models import Flag, NightlyRun, RegisterWeek
from attendance.services.answers import answer_flag
from attendance.services.nightly import recompute_schools, run_for_everyone
from schools.models import Household
from tests.factories.classes import LATEST, SmallBorough, child, queries_of
from tests.factories.pupils import PupilGrantFactory
from tests.factories.schools import MembershipFactory, PatchFactory, TrustFactory

TODAY = date(2026, 3, 3)
AT = datetime(2026, 3, 3, 9, tzinfo=UTC)


def work_of(client, query=""):
    return client.get(f"/{query}").context["work"]


def text_of(client, query=""):
    return " ".join(client.get(f"/{query}").content.decode().split())


def answer_all(by, flags, until=date(2026, 3, 20)):
    for flag in flags:
        answer_flag(flag=flag, reason="Known.", look_again_on=until, by=by, on=TODAY, at=AT)


# The manager.


@pytest.fixture
def officer(borough, user_with):
    """The officer of Ash; Elm is in nobody's patch."""
    patch = PatchFactory(name="East", schools=[borough.ash])
    user = user_with("attendance_officer", scope="patch", patch=patch)
    user.name = "Officer East"
    user.save()
    return user


@pytest.fixture
def after_the_start(borough):
    """As if every flag had come up after the very first run."""
    Flag.objects.update(opened_by_run=NightlyRun.objects.latest("pk"))


def test_flags_of_the_first_run_are_shown_apart_and_not_as_late(borough, officer, signed_in):
    client = signed_in("team_manager")
    team, stock = work_of(client).team, Flag.objects.open().filter(opened_on=date(2026, 2, 5))

    assert team.long_unanswered == 1  # Ben's, which the second run found
    assert (team.starting.count, team.starting.on) == (stock.count(), date(2026, 2, 5))
    assert [row.starting for row in team.officers] == [stock.count(), 0]
    assert "The first run, for 5 Feb 2026, found everything" in text_of(client)


def test_flag_of_the_first_run_that_is_answered_leaves_the_stock(borough, officer, signed_in):
    client = signed_in("team_manager")
    before = work_of(client).team.starting.count
    answer_all(officer, Flag.objects.open().filter(opened_on=date(2026, 2, 5))[:1])

    assert work_of(client).team.starting.count == before - 1


def test_manager_sees_flags_nobody_answered_by_school_and_officer(
    borough, officer, after_the_start, signed_in
):
    (row,) = work_of(signed_in("team_manager")).team.unanswered

    standing = Flag.objects.open().filter(school=borough.ash).count()
    assert (row.school, row.officers, row.count) == ("Ash School", "Officer East", standing)
    assert row.since == "5 Feb 2026"


def test_answered_flags_are_not_the_managers(borough, officer, after_the_start, signed_in):
    client = signed_in("team_manager")
    before = work_of(client).team.long_unanswered
    answer_all(officer, Flag.objects.open()[:2])

    assert work_of(client).team.long_unanswered == before - 2


def test_row_of_a_school_opens_as_many_flags_as_it_counts(
    borough, officer, after_the_start, signed_in
):
    client = signed_in("team_manager")
    (row,) = work_of(client).team.unanswered

    opened = client.get(row.href).context["unanswered"]

    assert (opened.school, opened.count, len(opened.lines)) == (row.school, row.count, row.count)


@pytest.mark.parametrize("asked", ["900999999", "x", "-1", "99999999999999999999"])
def test_unanswered_flags_of_no_school_are_not_found(borough, signed_in, asked):
    assert signed_in("team_manager").get(f"/?unanswered={asked}").status_code == 404


def test_unanswered_flags_of_another_school_are_not_found(borough, signed_in):
    client = signed_in("school_lead", school=borough.elm)

    assert client.get(f"/?unanswered={borough.ash.urn}").status_code == 404


def test_table_by_officer_adds_up_and_names_schools_in_nobodys_patch(borough, officer, signed_in):
    work = work_of(signed_in("team_manager"))

    east, rest = work.team.officers
    assert (east.officer, east.patch, east.schools) == ("Officer East", "East", 1)
    assert (rest.officer, rest.schools) == ("No officer's patch", 1)
    assert east.new == work.new_count == 1
    assert east.unanswered == Flag.objects.open().count()
    assert rest.unanswered == 0


def test_counts_of_the_whole_authority_follow_an_answer_and_a_run(borough, officer, signed_in):
    client = signed_in("team_manager")
    first = work_of(client).standing_count
    RegisterWeek.objects.filter(enrolment=borough.cal).update(marks="/" * 10 + " " * 4)
    recompute_schools([borough.ash.urn])

    assert work_of(client).standing_count < first


def test_officer_and_school_see_no_table_by_officer(borough, signed_in):
    assert work_of(signed_in("attendance_officer")).team is None
    assert work_of(signed_in("school_lead", school=borough.ash)).team is None


def test_managers_page_asks_the_same_with_many_schools(borough, officer, signed_in):
    client = signed_in("team_manager")
    few = queries_of(client, "/")
    for number in range(8):
        MembershipFactory(scope="patch", patch=PatchFactory(schools=[borough.elm]))
        child(borough.elm, f"Kid{number}", "O" * 10, year_group=str(number))
    run_for_everyone(as_of=LATEST)

    assert queries_of(client, "/") == few


# A school.


def test_school_sees_that_its_marks_stop_and_where_to_send_them(borough, signed_in):
    run_for_everyone(as_of=date(2026, 2, 11))

    text = text_of(signed_in("school_lead", school=borough.ash))

    assert "Your marks stop at 6 Feb. Upload</a>" in text
    assert 'href="/registers/upload/"' in text


def test_school_whose_marks_are_in_is_not_asked_for_them(borough, signed_in):
    assert "Your marks stop" not in text_of(signed_in("school_lead", school=borough.ash))


def test_one_school_has_no_line_per_school(borough, signed_in):
    client = signed_in("school_lead", school=borough.ash)

    assert 'id="schools"' not in text_of(client)


def test_trust_sees_a_line_per_school_first(borough, signed_in):
    trust = TrustFactory()
    for school in (borough.ash, borough.elm):
        school.trust = trust
        school.save()
    client = signed_in("school_lead", trust=trust)

    work, text = work_of(client), text_of(client)

    assert work.own.lines[0].href == f"/schools/{borough.ash.urn}/"
    assert [(line.name, line.new) for line in work.own.lines] == [
        ("Ash School", 1),
        ("Elm School", 0),
    ]
    assert text.index('id="schools"') < text.index('id="new"')


N_WEEK = "//////////"


@pytest.fixture
def owing(db):
    """Three Ns: six, five and four school days before Friday 6 February, and one outside dates."""
    made = SmallBorough()
    weeks = [N_WEEK] * 3
    made.nia = child(made.ash, "Nia", *weeks, "//////N///", "///////N//")
    made.noa = child(made.ash, "Noa", *weeks, "////////N/")
    child(made.ash, "Nat", *weeks, "////////N/", ends_on=date(2026, 1, 29))
    made.run()
    return made


def test_reasons_owed_say_the_school_days_left(owing, signed_in):
    """Thu 29 January has six school days after it, Fri 30 five, Thu 5 February one."""
    reasons = work_of(signed_in("school_lead", school=owing.ash)).own.reasons

    assert [(line.pupil, line.session, line.left) for line in reasons.lines] == [
        ("Nia Sample", "Thu 29 Jan, AM", "Overdue"),
        ("Noa Sample", "Fri 30 Jan, AM", "Last day"),
        ("Nia Sample", "Thu 5 Feb, PM", "4 school days left"),
    ]
    assert (reasons.count, reasons.overdue) == (3, 1)


def test_overdue_reasons_are_as_many_as_the_checks_say(owing, signed_in):
    work = work_of(signed_in("school_lead", school=owing.ash))

    assert work.own.reasons.overdue == sum(line.reasons_owed for line in work.own.lines) == 1


def test_reasons_owed_elsewhere_are_not_shown(owing, signed_in):
    assert work_of(signed_in("school_lead", school=owing.elm)).own.reasons.count == 0


# People to whom children were granted.


@pytest.mark.parametrize(
    ("role", "title"),
    [("early_help_worker", "My families"), ("panel_member", "The children shared with you")],
)
def test_children_granted_stand_by_household(borough, signed_in, role, title):
    client = signed_in(role)
    home = Household.objects.create()
    for enrolment in (borough.ben, borough.ada):
        enrolment.pupil.household = home
        enrolment.pupil.save()
    for enrolment in (borough.ben, borough.ada, borough.eve):
        PupilGrantFactory(user=client.user, pupil=enrolment.pupil)
    PupilGrantFactory(user=client.user, pupil=borough.cal.pupil, until_on=date(2026, 3, 2))

    response = client.get("/", follow=True)

    names = [[one.name for one in family.children] for family in response.context["families"]]
    assert names == [["Ada Sample", "Ben Sample"], ["Eve Sample"]]
    assert f'<h1 class="govuk-heading-l">{title}</h1>' in response.content.decode()


def test_child_granted_says_school_year_and_until_when(borough, signed_in):
    client = signed_in("early_help_worker")
    PupilGrantFactory(user=client.user, pupil=borough.eve.pupil, until_on=date(2026, 3, 20))

    text = " ".join(client.get("/families/").content.decode().split())

    assert "Elm School, Year 4" in text
    assert "Shared with you to 20 Mar 2026" in text
