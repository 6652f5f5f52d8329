"""The demo keeps its word: each login finds, on its first morning, what the welcome promises.

One small demo, loaded as `make demo` loads it, serves every test here and is rolled back after.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from accounts.models import AccessLogEntry, AuditEvent, ChainCheckRecord, User
from accounts.roles import Role
from accounts.services import verify_audit_chain
from attendance.borough.fixtures import SCHOOLS, upn_of
from attendance.models import Flag, FlagAnswer, NightlyRun
from attendance.read_models.calendar import ExpectedDays
from attendance.selectors import latest_run, schools_behind
from attendance.states import FlagKind
from attendance_portal.shared import clock
from cases.models import Action, Case, CaseClosure, StageOverride, SupportPlan
from cases.states import Stage
from dashboards.management.demo import RUNS, load_demo
from dashboards.management.demo_cases import EARLY_HELP_CHILDREN
from dashboards.management.demo_meetings import AUTUMN, SPRING
from dashboards.management.demo_people import EAST, LOCALITIES, WARDS, WEST, Login
from dashboards.read_models.meetings.pack import pack_from
from dashboards.read_models.people import with_access
from dashboards.read_models.series import weekly_points
from dashboards.read_models.worklist import Worklist, worklist
from meetings.choices import EXPECTATIONS, TASKS, About
from meetings.models import (
    Meeting,
    MeetingAction,
    MeetingMail,
    PackSnapshot,
    PracticeNote,
    SelfAssessment,
)
from meetings.read_models.agreed import last_actions
from meetings.read_models.board import Board, board, not_booked, upcoming
from meetings.read_models.own_view import own_view
from meetings.read_models.preparation import tasks_of
from meetings.services.pack import is_intact
from meetings.states import MailState, MeetingState
from schools.models import Place, Pupil, School
from tests.factories.kept import never_kept
from tests.factories.standing import TODAY, stands_still

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

UNTIL = date(2026, 3, 2)
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """Where this demo keeps its bundle and its password."""
    return tmp_path_factory.mktemp("demo")


def _load(home: Path) -> list[Login]:
    return load_demo(
        pupils=1200, until=UNTIL, today=TODAY, home=home, at=clock.now(), say=lambda _: None
    )


@pytest.fixture(scope="module")
def logins(django_db_setup, django_db_blocker, home) -> Iterator[list[Login]]:
    """The demo, inside a transaction that is never kept; each test is a savepoint in it."""
    with django_db_blocker.unblock(), stands_still(), never_kept():
        yield _load(home)


@pytest.fixture
def people(logins) -> dict[str, User]:
    """By what stands before the @."""
    return {user.email.split("@")[0]: user for user in User.objects.all()}


def _today(user: User) -> Worklist:
    run = latest_run()
    assert run is not None
    return worklist(user, run, on=TODAY)


def test_every_role_has_a_login_with_its_password_and_a_promise(logins) -> None:
    assert {login.role for login in logins} == {role.value for role in Role}
    for login in logins:
        assert User.objects.get(email=login.email).check_password(login.password)
        assert login.finds


def test_loading_again_changes_nothing_and_tells_the_same(logins, home) -> None:
    before = (User.objects.count(), FlagAnswer.objects.count(), AccessLogEntry.objects.count())
    assert _load(home) == logins
    after = (User.objects.count(), FlagAnswer.objects.count(), AccessLogEntry.objects.count())
    assert after == before


def test_last_ten_school_days_each_had_a_run(logins) -> None:
    days = set(NightlyRun.objects.values_list("as_of", flat=True))
    assert len(days) == RUNS
    assert max(days) == UNTIL


def test_officer_finds_new_flags_and_a_school_that_stopped(people) -> None:
    page = _today(people["attendance.officer"])
    assert page.new_count > 0
    stopped = School.objects.get(pk=SCHOOLS["three_days_behind"]).name
    assert stopped in {line.name for line in page.behind}


def test_exactly_20_of_200_is_new_since_yesterday_and_20_of_201_is_not(people) -> None:
    flags = Flag.objects.visible_to(people["attendance.officer"]).filter(
        kind=FlagKind.PERSISTENT_ABSENCE, closed_on=None
    )
    mine = flags.filter(enrolment__pupil__upn=upn_of("exactly_20_of_200"))
    assert [flag.opened_on for flag in mine] == [UNTIL]
    assert not flags.filter(enrolment__pupil__upn=upn_of("exactly_20_of_201")).exists()


def test_manager_finds_two_patches_and_unanswered_flags(people) -> None:
    team = _today(people["team.manager"]).team
    assert team is not None
    assert len(team.officers) >= 2
    assert team.long_unanswered > 0


def test_second_officer_finds_unanswered_flags_and_no_school_of_the_first(people) -> None:
    east = set(School.objects.filter(patches__name=EAST))
    west = set(School.objects.filter(patches__name=WEST))
    assert west
    assert not east & west
    officer = people["attendance.officer.west"]
    assert _today(officer).standing_count > 0
    answered = FlagAnswer.objects.values("flag")
    assert not Flag.objects.visible_to(officer).filter(pk__in=answered).exists()


def test_school_lead_finds_marks_three_days_behind_and_reasons_owed(people) -> None:
    lead = people["school.lead"]
    (feed,) = schools_behind(lead, UNTIL)
    assert feed.school_days_behind == 3
    own = _today(lead).own
    assert own is not None
    assert own.stopped
    assert own.reasons.count > 0


def test_trust_lead_finds_several_schools(people) -> None:
    own = _today(people["trust.lead"]).own
    assert own is not None
    assert own.is_trust


def test_early_help_worker_sees_three_families(people) -> None:
    pupils = Pupil.objects.visible_to(people["early.help.worker"])
    assert {pupil.upn for pupil in pupils} == {upn_of(key) for key in EARLY_HELP_CHILDREN}
    parents = [set(pupil.responsibilities.values_list("parent", flat=True)) for pupil in pupils]
    assert all(parents)
    assert len(set.union(*parents)) == sum(map(len, parents))  # no parent in two of the families


def test_officers_find_cases_at_every_stage(people) -> None:
    east, west = people["attendance.officer"], people["attendance.officer.west"]
    for stage in (Stage.MONITOR, Stage.LISTEN, Stage.FACILITATE, Stage.FORMALISE, Stage.ENFORCE):
        assert Case.objects.live().filter(stage=stage, lead__in=(east, west)).exists(), stage
    assert Case.objects.live().led_by(west, TODAY).exists()
    assert Case.objects.filter(status="closed").exists()
    assert Case.objects.filter(status="paused").exists()
    assert CaseClosure.objects.exclude(reopened_on=None).exists()


def test_every_step_of_a_case_was_let_by_its_gates(people) -> None:
    """Whatever is past Listen has a child heard, or a manager's word that it may go on."""
    for case in Case.objects.live().filter(stage__gte=Stage.FACILITATE):
        heard = case.contacts.exclude(child_words="").exists()
        assert heard or case.overrides.filter(decision="agreed").exists(), case


def test_manager_finds_cases_nobody_leads_and_one_to_decide_on(people) -> None:
    manager = people["team.manager"]
    assert Case.objects.visible_to(manager).unallocated().count() == 3
    waiting = StageOverride.objects.visible_to(manager).filter(decision="waiting")
    assert waiting.count() == 1


def test_every_ward_of_the_borough_lies_in_a_locality(people) -> None:
    wards = Place.objects.filter(code__startswith=WARDS, pupils__isnull=False).distinct()
    assert wards.count() > 20
    assert not wards.filter(part_of=None).exists()
    assert {ward.part_of.name for ward in wards} == set(LOCALITIES)


def test_school_lead_finds_two_cases_of_its_own(people) -> None:
    lead = people["school.lead"]
    assert Case.objects.visible_to(lead).live().led_by(lead, TODAY).count() == 2


def test_each_family_of_early_help_has_an_agreed_plan(people) -> None:
    worker = people["early.help.worker"]
    plans = SupportPlan.objects.visible_to(worker).filter(state="agreed")
    assert plans.count() == len(EARLY_HELP_CHILDREN)
    assert all(plan.small_steps.exclude(reached_on=None).exists() for plan in plans)


def test_children_whose_journeys_begin_without_a_case_have_none(people) -> None:
    free = [upn_of(key) for key in ("exactly_20_of_200", "exactly_20_of_201", "always_there")]
    assert not Case.objects.filter(pupil__upn__in=free).exists()


def test_most_promises_are_in_hand_and_some_are_overdue(people) -> None:
    open_ones = Action.objects.open()
    overdue = open_ones.overdue(TODAY).count()
    assert 0 < overdue < open_ones.count() / 2


def test_panel_member_sees_one_child(people) -> None:
    assert Pupil.objects.visible_to(people["panel.member"]).count() == 1


def test_analyst_finds_this_year_beside_last(people) -> None:
    analyst = people["analyst"]
    this_year = weekly_points(analyst, urns=None, year=2025, as_of=UNTIL)
    last_year = weekly_points(analyst, urns=None, year=2024, as_of=UNTIL)
    assert len(this_year) > 18
    assert len(last_year) > 35


def test_administrator_finds_access_that_ends_and_an_unused_account(people) -> None:
    everyone = User.objects.filter(is_machine=False)
    ending = with_access(everyone, "ending", on=TODAY)
    assert [user.name for user in ending] == ["Priya Nair"]
    unused = with_access(everyone, "unused", on=TODAY)
    assert [user.name for user in unused] == ["Colin Marsh"]


def test_administrator_finds_readings_within_scope_and_a_whole_chain(people) -> None:
    readings = AccessLogEntry.objects.filter(action="view")
    assert readings.count() == 7
    for reading in readings:
        seen = Pupil.objects.visible_to(reading.user)
        assert seen.filter(public_id=reading.subject_ref).exists()
    assert not AuditEvent.objects.filter(sequence=None).exists()
    assert verify_audit_chain().broken is None
    assert ChainCheckRecord.objects.filter(broken_at=None).count() == 1


# Meetings.


def _board(user: User) -> Board:
    return board(user, academic_year=2025, term=SPRING)


def test_officer_finds_a_school_without_a_meeting_this_term(people) -> None:
    page = _board(people["attendance.officer"])
    assert not_booked(page)
    assert 0 < page.coverage.held < page.coverage.due


def test_autumn_is_behind_and_spring_goes_on(people) -> None:
    manager = people["team.manager"]
    autumn = Meeting.objects.visible_to(manager).of_term(2025, AUTUMN)
    spring = Meeting.objects.visible_to(manager).of_term(2025, SPRING)
    held = autumn.filter(state=MeetingState.HELD)
    called_off = autumn.filter(state=MeetingState.NOT_HELD)
    assert held.count() > called_off.count() > 0
    assert all(called_off.values_list("not_held_reason", flat=True))
    assert held.with_decision_maker().filter(has_decision_maker=False).exists()
    assert autumn.count() == held.count() + called_off.count()
    assert set(spring.values_list("state", flat=True)) == set(MeetingState)


def test_both_officers_have_meetings_in_either_term(people) -> None:
    for address in ("attendance.officer", "attendance.officer.west"):
        held = Meeting.objects.visible_to(people[address]).held()
        assert set(held.values_list("term", flat=True)) == {AUTUMN, SPRING}


def test_school_lead_finds_a_meeting_on_thursday_in_the_middle_of_preparation(people) -> None:
    lead = people["school.lead"]
    (meeting,) = upcoming(lead, NOON)
    assert meeting.starts_at.date() == date(2026, 3, 5)
    assert meeting.agenda_shared_at is not None
    done = [{task.is_done for task in tasks_of(meeting)[side]} for side in TASKS]
    assert done == [{True, False}, {True, False}]
    view = own_view(lead, meeting.school, academic_year=2025, term=SPRING)
    assert 0 < view.scored < len(EXPECTATIONS)
    assert all(row.last_score for row in view.scores)
    assert last_actions(lead, meeting, TODAY)


def test_packs_of_this_term_are_frozen_and_whole(people) -> None:
    packs = list(PackSnapshot.objects.visible_to(people["team.manager"]))
    held = Meeting.objects.filter(term=SPRING, state=MeetingState.HELD)
    assert {pack.meeting_id for pack in packs} > set(held.values_list("pk", flat=True))
    assert all(is_intact(pack) and pack_from(pack.content).school for pack in packs)
    for pack in packs:  # the figures of its own day, and not of today
        read = pack_from(pack.content)
        before = read.last_time.pupils if read.last_time else []
        behind = [one.pupil for one in (*read.severe, *before)]
        days = ExpectedDays().between(date(2025, 8, 31), pack.as_of, "123456")
        assert all(one.possible <= 2 * days for one in behind)
    own = Meeting.objects.get(term=SPRING, school=SCHOOLS["three_days_behind"])
    assert own.packs.get().stale_reason


def test_trust_lead_finds_meetings_of_several_schools(people) -> None:
    meetings = Meeting.objects.visible_to(people["trust.lead"])
    assert meetings.values("school").distinct().count() > 1


def test_what_was_agreed_is_mostly_done_and_some_is_overdue(people) -> None:
    rows = MeetingAction.objects.visible_to(people["team.manager"])
    agreed = Action.objects.filter(pk__in=rows.filter(meeting__term=AUTUMN).values("action"))
    done, overdue = agreed.filter(state="done").count(), agreed.open().overdue(TODAY).count()
    assert done > agreed.count() / 2
    assert 0 < overdue < done / 2
    assert set(rows.values_list("about", flat=True)) == set(About)


def test_schools_see_themselves_better_and_worse_than_in_autumn(people) -> None:
    shared = SelfAssessment.objects.filter(state="submitted")
    both = shared.filter(term=SPRING, school__in=shared.filter(term=AUTUMN).values("school"))
    changes = {
        row.change
        for one in both
        for row in own_view(
            people["team.manager"], one.school, academic_year=2025, term=SPRING
        ).scores
    }
    assert len(changes) > 1


def test_what_worked_is_shared_with_leave_alone(people) -> None:
    leave = PracticeNote.objects.values_list("leave_given_at", flat=True)
    assert any(leave)
    assert not all(leave)


def test_no_mail_about_meetings_waits_to_be_sent(people) -> None:
    assert set(MeetingMail.objects.values_list("state", flat=True)) == {MailState.SENT}
