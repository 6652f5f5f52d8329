"""The pack's lists of pupils and actions, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from attendance.cohorts import COHORTS
from attendance.rules.percent import shown_percent
from attendance.states import Tag
from attendance_portal.shared import wording
from cases.choices import AGENCIES, BARRIERS, DOMAINS, Agency
from cases.models import CaseWorker
from cases.states import ACTIONS, NO_PLAN, PLANS, STAGES, ActionState, Stage
from dashboards import charts
from dashboards.parts import ContextualDate, due_date
from dashboards.read_models.meetings.pack_content import (
    AgencyPupil,
    LastTime,
    Pack,
    PackCasework,
    PackCohort,
    PackPupil,
    PackStrip,
    PastAction,
    PastPupil,
    SeverePupil,
)
from dashboards.read_models.meetings.pack_reading import Naming
from dashboards.read_models.strip import YearStrip, strip_from
from meetings.choices import ABOUTS, WHY_DISCUSSED, About, WhyDiscussed
from schools.rules.calendar import HalfTerm

_NO_CASE: Final = "No open case"


@dataclass(frozen=True)
class PupilLine:
    """A child in a list: how they are called, the year, what was missed, and their record."""

    public_id: str
    name: str
    href: str
    year_group: str
    missed: str


@dataclass(frozen=True)
class PastActionLine:
    """An action of last time. `tag` where it has ended; `due` while it stands."""

    text: str
    owner: str
    about: str
    tag: Tag | None
    due: ContextualDate | None
    outcome: str


@dataclass(frozen=True)
class PastPupilLine:
    """A child spoken about last time, before and since."""

    pupil: PupilLine
    why: str
    before: str
    since: str


@dataclass(frozen=True)
class LastTimePage:
    """Last time, in words."""

    held_on: date
    kept: str
    actions: list[PastActionLine]
    pupils: list[PastPupilLine]


@dataclass(frozen=True)
class CohortBlock:
    """A named cohort in the pack."""

    key: str
    label: str
    rule: str
    question: str
    size: str
    pupils: list[PupilLine]
    barriers: str
    tried: str


@dataclass(frozen=True)
class HalfPage:
    """Half a page about a severely absent child."""

    pupil: PupilLine
    strip: YearStrip | None
    plan: Tag
    says: str
    says_on: date | None
    facts: list[tuple[str, str]]
    is_without_plan: bool


@dataclass(frozen=True)
class AgencyLine:
    """A child who needs more than one agency, and why."""

    pupil: PupilLine
    why: str
    agencies: str
    plan: Tag
    lead: str


@dataclass(frozen=True)
class OwedLine:
    """A child with marks still owed."""

    pupil: PupilLine
    sessions: str
    since: str


@dataclass(frozen=True)
class PackLists:
    """Every list of the pack."""

    last_time: LastTimePage | None
    cohorts: list[CohortBlock]
    severe: list[HalfPage]
    agencies: list[AgencyLine]
    at_risk: list[PupilLine]
    owed: list[OwedLine]

    @property
    def without_plan(self) -> str:
        """'2 of 3 severely absent pupils have no agreed plan'; empty where each has one."""
        number = sum(one.is_without_plan for one in self.severe)
        if not number:
            return ""
        have = "has" if number == 1 else "have"
        of = wording.counted(len(self.severe), "severely absent pupil")
        return f"{number:,} of {of} {have} no agreed plan"


def lists_of(pack: Pack, naming: Naming) -> PackLists:
    """The lists, with pupils called as `naming` says."""
    return PackLists(
        last_time=_last_time(pack.last_time, pack.as_of, naming) if pack.last_time else None,
        cohorts=[_cohort(one, naming) for one in pack.cohorts if one.pupils],
        severe=[_half_page(one, pack.half_terms, naming) for one in pack.severe],
        agencies=[_agency_line(one, naming) for one in pack.agencies],
        at_risk=[_line(one, naming) for one in pack.at_risk],
        owed=[
            OwedLine(
                _line(one.pupil, naming),
                wording.counted(one.sessions, "session"),
                wording.day_of_week(one.oldest) if one.oldest else "",
            )
            for one in pack.owed
        ],
    )


def _line(pupil: PackPupil, naming: Naming) -> PupilLine:
    return PupilLine(
        public_id=pupil.public_id,
        name=naming.of(pupil),
        href=naming.href(pupil),
        year_group=pupil.year_group,
        missed=missed_words(pupil),
    )


def missed_words(pupil: PackPupil) -> str:
    """'40 of 50 sessions missed, 80.0%'."""
    rate = shown_percent(pupil.absent, pupil.possible)
    return f"{pupil.absent:,} of {wording.counted(pupil.possible, 'session')} missed, {rate}"


def _last_time(last: LastTime, as_of: date, naming: Naming) -> LastTimePage:
    done = sum(one.state == ActionState.DONE for one in last.actions)
    of = wording.counted(len(last.actions), "action")
    return LastTimePage(
        held_on=last.held_on,
        kept=f"{done:,} of {of} done" if last.actions else "No actions were agreed",
        actions=[_past_action(one, as_of, naming) for one in last.actions],
        pupils=[_past_pupil(one, naming) for one in last.pupils],
    )


def _past_action(one: PastAction, as_of: date, naming: Naming) -> PastActionLine:
    state = ActionState(one.state)
    return PastActionLine(
        text=naming.words(one.text, one.pupil) if one.pupil else one.text,
        owner=one.owner,
        about=naming.of(one.pupil) if one.pupil else about_words(one.about),
        tag=ACTIONS.get(state),
        due=due_date(one.due_on, today=as_of) if state == ActionState.OPEN else None,
        outcome=naming.words(one.outcome, one.pupil) if one.pupil else one.outcome,
    )


def about_words(about: str) -> str:
    """What an action is about where it is no child: the name of the group, or the school."""
    if about in COHORTS:
        return COHORTS[about].label
    return ABOUTS[About(about)] if about in set(About) else about


def _past_pupil(one: PastPupil, naming: Naming) -> PastPupilLine:
    return PastPupilLine(
        pupil=_line(one.pupil, naming),
        why=WHY_DISCUSSED[WhyDiscussed(one.why)],
        before=_stretch(one.before, one.weeks),
        since=_stretch(one.since, one.weeks),
    )


def _stretch(share: charts.Share, weeks: int) -> str:
    if not weeks:
        return "Too early to say"
    school_weeks = wording.counted(weeks, "school week")
    return f"{share.part:,} of {wording.counted(share.whole, 'session')} missed in {school_weeks}"


def _cohort(one: PackCohort, naming: Naming) -> CohortBlock:
    cohort = COHORTS[one.key]
    heard = [f"{BARRIERS[each.kind].label} ({each.children:,})" for each in one.barriers]
    return CohortBlock(
        key=one.key,
        label=cohort.label,
        rule=cohort.rule_in_words,
        question=cohort.first_question,
        size=wording.counted(len(one.pupils), "pupil"),
        pupils=[_line(pupil, naming) for pupil in one.pupils],
        barriers=", ".join(heard) or "No barrier is on record yet",
        tried=one.tried,
    )


def _half_page(one: SeverePupil, half_terms: Sequence[HalfTerm], naming: Naming) -> HalfPage:
    known = one.casework
    return HalfPage(
        pupil=_line(one.pupil, naming),
        strip=_strip(one.strip, half_terms) if one.strip else None,
        plan=_plan_tag(known),
        says=naming.words(known.child_words, one.pupil) if known else "",
        says_on=known.child_words_on if known else None,
        facts=_facts(known),
        is_without_plan=known is None or known.plan != "agreed",
    )


def _plan_tag(known: PackCasework | None) -> Tag:
    return PLANS[known.plan] if known and known.plan else NO_PLAN


def _facts(known: PackCasework | None) -> list[tuple[str, str]]:
    if known is None:
        return [("Case", _NO_CASE)]
    helpers = [
        f"{one.name} ({CaseWorker.Part(one.part).label}, {AGENCIES[Agency(one.agency)]})"
        for one in known.helpers
    ]
    review = known.plan_review_on or known.next_review_on
    rows = [
        ("Case", f"{known.reference}, {STAGES[Stage(known.stage)].place}"),
        ("Lead", known.lead or "Nobody yet"),
        ("Who is involved", ", ".join(helpers)),
        ("What makes it hard", ", ".join(BARRIERS[kind].label for kind in known.barriers)),
        ("Waiting for", ", ".join(known.waits)),
        ("Next review", wording.day_of_week(review) if review else ""),
    ]
    return [(key, value) for key, value in rows if value]


def _strip(strip: PackStrip, half_terms: Sequence[HalfTerm]) -> YearStrip:
    met = set()
    for week in strip.weeks:
        for slot, flag in enumerate(week.met):
            if flag == "1":
                met.add((date.fromordinal(week.monday.toordinal() + slot // 2), slot % 2))
    weeks = [charts.Week(week.monday, week.marks) for week in strip.weeks]
    return strip_from(charts.StripFacts(weeks, half_terms, met, strip.first, strip.last))


def _agency_line(one: AgencyPupil, naming: Naming) -> AgencyLine:
    known = one.casework
    domains = {BARRIERS[kind].domain for kind in known.barriers} if known else set()
    areas = ", ".join(DOMAINS[domain].lower() for domain in DOMAINS if domain in domains)
    parts = [
        naming.words(one.note, one.pupil),
        "asked for by one side" if one.is_chosen and not one.note else "",
        f"barriers: {areas}" if areas else "",
    ]
    agencies = known.agencies if known else []
    return AgencyLine(
        pupil=_line(one.pupil, naming),
        why="; ".join(part for part in parts if part),
        agencies=", ".join(AGENCIES[Agency(key)] for key in agencies) or "None yet",
        plan=_plan_tag(known),
        lead=known.lead if known and known.lead else "Nobody yet",
    )
