"""P1: what changed since the run before, for whom."""

from datetime import date

from attendance.models import NightlyRun
from tests.factories.classes import LATEST, SmallBorough, child, queries_of

TODAY = "/"


def page(client):
    return client.get(TODAY).content.decode()


def test_worklist_before_the_first_run_says_what_will_be_there(signed_in):
    assert "nightly run has not finished once" in page(signed_in("attendance_officer"))


def test_worklist_says_whose_schools_when_it_ran_and_to_which_day(borough, signed_in):
    text = page(signed_in("attendance_officer"))

    assert "All 2 schools." in text
    assert "marks to Fri 6 Feb" in text
    assert "Since Thursday 5 February 2026" in text


def test_worklist_shows_the_flag_that_the_latest_run_opened(borough, signed_in):
    work = signed_in("attendance_officer").get(TODAY).context["work"]

    found = [(group.title, line.pupil) for group in work.new for line in group.lines]
    assert found == [("Persistent absence", "Ben Sample")]


def test_worklist_shows_the_flag_that_the_latest_run_closed(borough, signed_in):
    work = signed_in("attendance_officer").get(TODAY).context["work"]

    cleared = {(line.pupil, line.kind) for line in work.cleared}
    assert ("Ben Sample", "at_risk") in cleared


def test_worklist_counts_standing_flags_as_the_list_they_open(borough, signed_in):
    client = signed_in("attendance_officer")
    work = client.get(TODAY).context["work"]

    counts = {row.kind: row.count for row in work.standing}
    assert counts["persistent_absence"] == 2
    for row in work.standing:
        assert client.get(row.href).context["count"] == row.count


def test_worklist_of_one_school_has_nothing_of_another(borough, signed_in):
    text = page(signed_in("school_lead", school=borough.elm))

    assert "Your 1 school." in text
    assert "Sample" not in text
    assert "Ash School" not in text


def test_worklist_after_one_run_has_no_day_to_compare_with(db, signed_in):
    SmallBorough().run(LATEST)

    assert "the first run" in page(signed_in("attendance_officer"))


def test_worklist_folds_five_of_a_kind_in_one_year_group(db, signed_in):
    made = SmallBorough()
    for number in range(5):
        child(made.elm, f"Child{number}", "/" * 10, "/" * 10, "/" * 10, "/" * 10, "///////III")
    made.run()

    work = signed_in("attendance_officer").get(TODAY).context["work"]

    folds = [fold.text for group in work.new for fold in group.folds]
    assert folds == ["5 pupils in Year 8 moved over 5%"]


def test_worklist_of_four_of_a_kind_shows_each(db, signed_in):
    made = SmallBorough()
    for number in range(4):
        child(made.elm, f"Child{number}", "/" * 10, "/" * 10, "/" * 10, "/" * 10, "///////III")
    made.run()

    work = signed_in("attendance_officer").get(TODAY).context["work"]

    at_risk = next(group for group in work.new if group.title == "At risk")
    assert (at_risk.folds, len(at_risk.lines)) == ([], 4)


def test_worklist_when_last_nights_run_failed_says_so(borough, signed_in):
    NightlyRun.objects.create(
        as_of=date(2026, 2, 9),
        is_for_everyone=True,
        state="failed",
        started_at="2026-02-10T04:00:00Z",
    )

    assert "did not finish. These are the figures of Friday 6 February 2026" in page(
        signed_in("attendance_officer")
    )


def test_first_page_of_an_analyst_is_the_borough(signed_in):
    assert signed_in("analyst").get(TODAY).url == "/borough/"


def test_first_page_of_an_administrator_is_people_and_access(signed_in):
    assert signed_in("administrator").get(TODAY).url == "/people/"


def test_first_page_of_someone_without_a_role_says_whom_to_ask(client, user_with):
    person = user_with("attendance_officer")
    person.memberships.all().delete()
    client.force_login(person)

    assert "Ask the attendance team" in page(client)


def test_worklist_asks_the_same_with_few_flags_and_with_many(borough, signed_in):
    client = signed_in("attendance_officer")
    few = queries_of(client, TODAY)
    for number in range(60):
        late = ["/" * 10] * 4
        child(borough.elm, f"Child{number}", *late, "/////IIIII", year_group=str(number % 9 + 1))
    borough.run(LATEST)

    assert queries_of(client, TODAY) == few
    assert client.get(TODAY).context["work"].new_count > 50
