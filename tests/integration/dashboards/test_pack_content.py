"""What a pack says, and that it says the same after it was frozen."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import call_command

from attendance.read_models import school_totals
from dashboards.charts import absence_by_week, children_over_the_lines, group_gaps, spread
from dashboards.read_models.meetings.pack import build_pack, content_of, pack_from
from dashboards.read_models.meetings.pack_content import Pack, Share
from dashboards.read_models.school_page import groups_chart
from tests.factories.cases import ActionFactory, ReferralFactory
from tests.factories.classes import LATEST, child
from tests.factories.meetings import (
    CohortNoteFactory,
    DiscussedPupilFactory,
    ExpectationScoreFactory,
    MeetingActionFactory,
    MeetingFactory,
    PlacesOfferedFactory,
    SelfAssessmentFactory,
)
from tests.factories.packs import SAID, TODAY, case_of_ben, case_of_cal, meeting_at
from tests.factories.users import UserFactory


@pytest.fixture
def meeting(borough):
    return meeting_at(borough)


@pytest.fixture
def officer(user_with):
    return user_with("attendance_officer")


def built(meeting, user) -> Pack:
    return build_pack(meeting, user, as_of=LATEST, on=TODAY)


def names(pupils) -> list[str]:
    return [one.name for one in pupils]


def test_figures_equal_the_schools_page_and_the_export(borough, meeting, officer, tmp_path):
    figures = {one.key: one.share for one in built(meeting, officer).figures}
    row = next(one for one in school_totals(officer, as_of=LATEST) if one.urn == borough.ash.pk)

    assert figures == {
        "absence": Share(row.authorised + row.unauthorised, row.possible),
        "authorised": Share(row.authorised, row.possible),
        "unauthorised": Share(row.unauthorised, row.possible),
        "persistent": Share(row.persistent, row.enrolments),
        "severe": Share(row.severe, row.enrolments),
    }
    file = tmp_path / "dashboard.csv"
    call_command("export_dashboard", as_of=LATEST, out=file, verbosity=0)
    line = school_line(file, borough.ash.pk)
    assert figures["absence"] == Share(
        int(line["authorised"]) + int(line["unauthorised"]), int(line["possible"])
    )
    assert figures["persistent"] == Share(int(line["persistent"]), int(line["enrolments"]))
    assert figures["severe"] == Share(int(line["severe"]), int(line["enrolments"]))


def school_line(file: Path, urn: int) -> dict[str, str]:
    rows = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8")))
    return next(row for row in rows if row["dimension"] == "school" and row["value"] == str(urn))


def test_charts_are_drawn_again_exactly_from_what_was_frozen(borough, meeting, signed_in):
    client = signed_in("attendance_officer")
    officer = client.user
    kept = json.loads(json.dumps(content_of(built(meeting, officer))))
    pack = pack_from(kept)
    page = client.get(f"/schools/{borough.ash.pk}/").context["page"]

    drawn = [
        absence_by_week(pack.by_week),
        children_over_the_lines(pack.over_the_lines),
        spread(pack.spread),
    ]
    assert drawn == page.charts
    assert group_gaps(pack.groups) == groups_chart(
        borough.ash, officer, as_of=LATEST, measure="persistent"
    )
    assert content_of(pack) == kept


def test_pack_of_another_version_is_not_read(meeting, officer):
    kept = content_of(built(meeting, officer))

    with pytest.raises(ValueError, match="version 9"):
        pack_from({**kept, "pack_version": 9})
    with pytest.raises(ValueError, match="no Pack"):
        pack_from({"pack_version": 1})
    with pytest.raises(ValueError, match="None"):
        pack_from([])


def test_severe_pupil_has_plan_people_words_and_strip(borough, meeting, officer):
    case = case_of_cal(borough)
    ReferralFactory(case=case, service="Family support")

    (cal,) = built(meeting, officer).severe

    assert (cal.pupil.name, cal.pupil.initials) == ("Cal Sample", "CS")
    assert (cal.pupil.absent, cal.pupil.possible) == (40, 50)
    assert cal.casework is not None
    assert (cal.casework.plan, cal.casework.lead) == ("agreed", "Olu Officer")
    assert [(one.name, one.agency) for one in cal.casework.helpers] == [("Ezra Help", "early_help")]
    assert cal.casework.waits == ["Family support"]
    assert (cal.casework.child_words, cal.casework.child_words_on) == (SAID, date(2026, 3, 1))
    assert cal.strip is not None
    assert [week.marks.strip() for week in cal.strip.weeks] == ["O" * 10] * 4 + ["/\\" * 5]
    assert {week.met for week in cal.strip.weeks} == {"1" * 10 + "0" * 4}


@pytest.mark.parametrize("role", ["attendance_officer", "team_manager"])
def test_restricted_words_are_in_no_pack_whoever_builds_it(borough, meeting, user_with, role):
    case_of_cal(borough)

    kept = json.dumps(content_of(built(meeting, user_with(role))))

    assert "Nobody must read this" not in kept
    assert SAID in kept


def test_severe_pupil_without_a_case_is_there_all_the_same(meeting, officer):
    (cal,) = built(meeting, officer).severe

    assert cal.casework is None


def test_pupils_who_need_more_than_one_agency(borough, meeting, officer):
    case_of_ben(borough)
    assert names(one.pupil for one in built(meeting, officer).agencies) == ["Ben Sample"]

    DiscussedPupilFactory(
        meeting=meeting, pupil=borough.dee.pupil, why="agencies", note="Housing and health",
        by=UserFactory(),
    )  # fmt: skip
    DiscussedPupilFactory(meeting=meeting, pupil=borough.cal.pupil)

    found = built(meeting, officer).agencies
    assert [(one.pupil.name, one.is_chosen, one.note) for one in found] == [
        ("Ben Sample", False, ""),
        ("Dee Sample", True, "Housing and health"),
    ]


def test_cohorts_have_names_barriers_heard_and_what_was_tried(borough, meeting, officer):
    case_of_ben(borough)
    CohortNoteFactory(meeting=meeting, cohort="just_over_the_line", tried="A bus buddy.")

    cohorts = {one.key: one for one in built(meeting, officer).cohorts}

    over = cohorts["just_over_the_line"]
    assert names(over.pupils) == ["Ben Sample"]
    assert [(one.kind, one.children) for one in over.barriers] == [("housing", 1), ("transport", 1)]
    assert over.tried == "A bus buddy."
    assert names(cohorts["severely_absent"].pupils) == ["Cal Sample"]


def test_at_risk_owed_support_and_own_view(borough, meeting, officer):
    child(borough.ash, "Nia", "N/////////")
    borough.run(date(2026, 2, 6))
    PlacesOfferedFactory(meeting=meeting)
    before = SelfAssessmentFactory(school=borough.ash, term=1, state="submitted", submitted_at=AT)
    ExpectationScoreFactory(assessment=before, score=2)
    now = SelfAssessmentFactory(
        school=borough.ash, state="submitted", submitted_at=AT, strengths="Breakfast"
    )
    ExpectationScoreFactory(assessment=now, score=3)

    pack = built(meeting, officer)

    assert names(pack.at_risk) == ["Dee Sample"]
    assert [(one.pupil.name, one.sessions) for one in pack.owed] == [("Nia Sample", 1)]
    assert [(one.what, one.places) for one in pack.support] == [("An hour a week with a mentor", 4)]
    assert pack.own_view is not None
    assert list(pack.own_view.answers) == [("strengths", "Breakfast")]
    assert [(one.key, one.score, one.before) for one in pack.own_view.scores] == [("policy", 3, 2)]


AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def test_own_view_that_is_a_draft_stays_with_the_school(borough, meeting, officer):
    SelfAssessmentFactory(school=borough.ash, strengths="Breakfast")

    assert built(meeting, officer).own_view is None


def test_first_meeting_has_no_last_time(meeting, officer):
    assert built(meeting, officer).last_time is None


def test_last_time_says_what_was_done_and_how_the_children_fared(borough, meeting, officer):
    started = datetime(2026, 1, 21, 9, 0, tzinfo=UTC)
    before = MeetingFactory(
        school=borough.ash, term=1, held=True, starts_at=started, started_at=started,
        ended_at=datetime(2026, 1, 21, 10, 0, tzinfo=UTC),
    )  # fmt: skip
    done = ActionFactory(
        case=None, pupil=borough.cal.pupil, origin="tsm", state="done",
        ended_on=date(2026, 2, 1), outcome="The pass came.",
    )  # fmt: skip
    MeetingActionFactory(meeting=before, action=done, about="pupil")
    DiscussedPupilFactory(meeting=before, pupil=borough.cal.pupil)

    last = built(meeting, officer).last_time

    assert last is not None
    assert last.held_on == date(2026, 1, 21)
    assert [(one.text, one.state, one.outcome) for one in last.actions] == [
        ("Ask about the bus pass", "done", "The pass came.")
    ]
    (cal,) = last.pupils
    assert (cal.weeks, cal.before, cal.since) == (2, Share(20, 20), Share(10, 20))


def test_lead_of_the_school_builds_the_same_pack(borough, meeting, officer, user_with):
    case_of_cal(borough)
    lead = user_with("school_lead", school=borough.ash)

    assert content_of(built(meeting, lead)) == content_of(built(meeting, officer))
