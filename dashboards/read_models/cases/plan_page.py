"""P9: one plan as a page: its tasks, what is in the way, what the marks show, its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from attendance.rules.absence import is_too_early_to_say
from attendance.rules.marks import Register
from attendance.rules.percent import shown_percent
from attendance.selectors import figures_date
from attendance_portal.shared import wording
from cases.models import PlanReview, PlanVersion, SupportPlan
from cases.permissions import is_lead_of
from cases.read_models.plan_facts import problems_of
from cases.rules import plans as rules
from cases.services.planning import check_can_change
from cases.states import ACTIONS, PART_TO_DO, ActionState, PlanState
from dashboards import charts
from dashboards.parts import Reason, Stale, Task, marks_behind
from dashboards.read_models.cases.plan_read import PlanRead, read_plan
from dashboards.read_models.pupil import Record, record_of
from dashboards.read_models.pupil_attendance import Absence, pupil_weeks
from schools.permissions import allowed, permissions_of
from schools.rules.calendar import academic_year, academic_year_label

if TYPE_CHECKING:
    from accounts.models import User

DONE = ACTIONS[ActionState.DONE]


@dataclass(frozen=True)
class Progress:
    """What the marks show with the start of the plan marked, and the small steps in one line."""

    chart: charts.Chart | None
    no_chart: str
    stale: Stale | None
    after_marks: str
    steps: str


@dataclass(frozen=True)
class PlanPage:
    """The page. `problems` stand in the way of agreeing; `may_change`: this person edits it now.

    `agree_as`: what pressing the button does, "Agree the plan" or "Agree it again"; empty where
    there is nothing to agree. `leads`: the reader leads or covers the case.
    """

    plan: SupportPlan
    read: PlanRead
    tasks: list[Task]
    problems: list[Reason]
    agree_as: str
    may_change: bool
    leads: bool
    may_review: bool
    progress: Progress
    versions: list[PlanVersion]
    reviews: list[PlanReview]
    changed_since: bool

    @property
    def is_empty(self) -> bool:
        """Nothing was written in it yet."""
        return all(task.tag != DONE for task in self.tasks)


def plan_page(plan: SupportPlan, user: User, *, on: date) -> PlanPage:
    """Everything of one plan that its page and the record's sub-page print.

    `plan` with its pupil and its case's school, from `visible_to(user)`.
    """
    may_change = allowed(check_can_change, user, plan)
    record = _record(plan, user, on)
    register, source = _register(plan, record)
    read = read_plan(plan, user, on=on, progress=_goal_progress(plan, register))
    problems = problems_of(plan, on=on)
    versions = list(plan.versions.select_related("by"))
    changed = bool(versions) and plan.updated_at > versions[0].at
    return PlanPage(
        plan=plan,
        read=read,
        tasks=_tasks(plan, read, problems, may_change=may_change),
        problems=[Reason(one.text, _part_href(plan, one.part)) for one in problems],
        agree_as=_agree_as(plan, may_change=may_change, changed=changed),
        may_change=may_change,
        leads=is_lead_of(user, plan.case, on),
        may_review=may_change and plan.state == PlanState.AGREED,
        progress=_progress(plan, record, register, source, read),
        versions=versions,
        reviews=list(plan.reviews.select_related("by")),
        changed_since=changed,
    )


def _agree_as(plan: SupportPlan, *, may_change: bool, changed: bool) -> str:
    if not may_change or plan.state == PlanState.ENDED:
        return ""
    if plan.state == PlanState.DRAFT:
        return "Agree the plan"
    return "Agree it again" if changed else ""


def _part_href(plan: SupportPlan, part: str) -> str:
    return reverse("plan_part", args=[plan.pk, part])


def part_titles(forename: str) -> dict[str, str]:
    """Part to the words of its task and page."""
    return {
        rules.CHILD: f"What {forename} says",
        rules.FAMILY: "What the family says",
        rules.BARRIERS: "What makes it hard",
        rules.GOALS: "What we hope for",
        rules.STEPS: "Small steps",
        rules.ACTIONS: "Who will do what",
        rules.SCHOOL: "Adjustments and fresh start",
        rules.REVIEW: "Next review and who has a copy",
    }


def _tasks(
    plan: SupportPlan, read: PlanRead, problems: Sequence[rules.Problem], *, may_change: bool
) -> list[Task]:
    """The parts in their order, each with how far it is."""
    unfinished = {problem.part for problem in problems}
    hints = _hints(read)
    return [
        Task(
            text=title,
            href=_part_href(plan, part) if may_change else "",
            hint=hints[part],
            tag=DONE if part not in unfinished and hints[part] else PART_TO_DO,
        )
        for part, title in part_titles(read.forename).items()
    ]


def _hints(read: PlanRead) -> dict[str, str]:
    """What stands in each part so far, in a few words; empty where nothing does."""
    barriers = sum(len(domain.rows) for domain in read.domains)
    taken = f"{read.steps_reached} of {wording.counted(len(read.steps), 'step')} reached"
    agreed = wording.counted(len(read.adjustments), "adjustment")
    return {
        rules.CHILD: _heard(read.child.words, read.child.on, read.child.why_not),
        rules.FAMILY: _heard(read.family.words, read.family.on, read.family.why_not),
        rules.BARRIERS: wording.counted(barriers, "barrier") if barriers else "",
        rules.GOALS: wording.counted(len(read.goals), "goal") if read.goals else "",
        rules.STEPS: taken if read.steps else "",
        rules.ACTIONS: wording.counted(len(read.actions), "action") if read.actions else "",
        rules.SCHOOL: agreed if read.adjustments else ("Fresh start" if read.fresh_start else ""),
        rules.REVIEW: wording.day_of_week(read.next_review_on) if read.next_review_on else "",
    }


def _heard(words: str, on: date | None, why_not: str) -> str:
    if words:
        return f"Heard on {wording.day(on)}" if on else "Written down"
    return f"Not heard: {why_not}" if why_not else ""


def _record(plan: SupportPlan, user: User, on: date) -> Record:
    return record_of(
        plan.pupil,
        user,
        permissions=permissions_of(user),
        as_of=figures_date(),
        on=on,
        minimum=settings.MINIMUM_POSSIBLE_SESSIONS,
    )


def _register(plan: SupportPlan, record: Record) -> tuple[Register, str]:
    """The marks of this school year at the school of the case, else at the main school."""
    rows = record.this_year
    row = next((one for one in rows if one.school_id == plan.case.school_id), None)
    row = row or next(iter(rows), None)
    if row is None:
        return (), ""
    year = academic_year(record.stands)
    marks = record.registers.get(row.pk, ())
    kept = tuple(mark for mark in marks if academic_year(mark.date) == year)
    return kept, f"The registers of {row.school.name}"


def _goal_progress(plan: SupportPlan, register: Register) -> dict[int, str]:
    """Goal id to what the marks show since it was set, for goals about days."""
    return {
        goal.pk: _since(register, goal.baseline_on)
        for goal in plan.goals.all()
        if goal.kind == "attendance" and goal.baseline_on
    }


def _since(register: Register, baseline_on: date) -> str:
    possible = [mark for mark in register if mark.meaning.is_possible and mark.date > baseline_on]
    missed = sum(not mark.meaning.is_attended for mark in possible)
    since = f"Since {wording.day(baseline_on)}"
    if not possible:
        return f"{since}: no marks yet."
    counts = f"{missed} of {wording.counted(len(possible), 'session')} missed"
    if is_too_early_to_say(len(possible), settings.MINIMUM_POSSIBLE_SESSIONS):
        return f"{since}: {counts}. Too early to say."
    return f"{since}: {counts}, {shown_percent(missed, len(possible))}."


def _progress(
    plan: SupportPlan, record: Record, register: Register, source: str, read: PlanRead
) -> Progress:
    heading = charts.Heading(
        who=str(record.pupil),
        period=academic_year_label(academic_year(record.stands)),
        marks_to=record.as_of,
        source=source,
    )
    weeks = pupil_weeks(register, record, Absence.ALL)
    events = [event for event in _events(plan) if _is_shown(event, weeks)]
    is_after = bool(weeks) and plan.started_on >= weeks[-1].monday + timedelta(days=7)
    chart = charts.weeks_missed(charts.PupilWeeksFacts(heading, weeks, events))
    return Progress(
        chart=chart,
        no_chart="" if chart else "No marks received for this school year yet.",
        stale=_stale(plan, record),
        after_marks=f"The plan started on {wording.day(plan.started_on)}, after these marks."
        if is_after
        else "",
        steps=_steps_line(read),
    )


def _stale(plan: SupportPlan, record: Record) -> Stale | None:
    """How late the registers of the case's school are."""
    feed = record.feeds.get(plan.case.school_id)
    return marks_behind(feed.last_mark_on, feed.school_days_behind) if feed else None


def _events(plan: SupportPlan) -> list[charts.Event]:
    events = [charts.Event(plan.started_on, "Plan started")]
    return events + [charts.Event(row.on, "Review") for row in plan.reviews.all()]


def _is_shown(event: charts.Event, weeks: Sequence[charts.PupilWeek]) -> bool:
    """Inside the weeks drawn: one that came after the last mark has no bar to stand at."""
    return bool(weeks) and weeks[0].monday <= event.on < weeks[-1].monday + timedelta(days=7)


def _steps_line(read: PlanRead) -> str:
    if not read.steps:
        return ""
    reached = [step for step in read.steps if step.reached_on]
    of = f"{len(reached)} of {wording.counted(len(read.steps), 'small step')} reached"
    if not reached:
        return f"{of}. They count whatever the registers show."
    latest = max(reached, key=lambda step: step.reached_on or date.min)
    day = wording.day(latest.reached_on) if latest.reached_on else ""
    return f"{of}, the latest on {day}: {latest.text}. They count whatever the registers show."
