"""How long help takes, who came back, and how cases ended: this academic year, of the cases that
the reader may open. Every count is of cases that the reader may open one by one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Min, Q
from django.urls import reverse

from attendance.models import Flag
from attendance.states import FlagKind
from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from cases.choices import OUTCOMES, Outcome
from cases.models import Case, CaseClosure, Offer, Referral, SupportPlan
from cases.rules.waits import (
    BOUNCE_BACK_DAYS,
    Help,
    TimeToHelp,
    bounced_back,
    middle,
    time_to_help,
)
from cases.states import OfferAnswer
from dashboards.charts import Chart
from dashboards.read_models.cases.stuck import stuck_cases
from schools.models import Term
from schools.rules.calendar import (
    TERM_NAMES,
    academic_year,
    academic_year_label,
    academic_year_start,
    term_of_half_term,
)
from schools.scoping import casework_access_of

if TYPE_CHECKING:
    from accounts.models import User

MONTH, TERM = "month", "term"
#: Flags about the register, not about the child: they ask the school, not for help.
OF_THE_REGISTER = (FlagKind.UNRESOLVED_N, FlagKind.NO_RECENT_MARKS)
LATEST = 20  # closings whose words are shown

# the key of a child -> the days on which help came
_Helps = dict[int, list[date]]


@dataclass(frozen=True)
class HelpLine:
    """Children whose first flag of the year was met from a day in one month or term."""

    label: str
    flagged: int
    came: int
    before: int
    not_yet: int
    middle: str


@dataclass(frozen=True)
class BackLine:
    """A case that came back within twelve weeks of a closing."""

    reference: str
    href: str
    closed: str
    back: str
    days: int


@dataclass(frozen=True)
class OutcomeLine:
    """How cases of the year ended."""

    label: str
    count: int


@dataclass(frozen=True)
class HelpedLine:
    """What helped, as it was written when a case closed."""

    reference: str
    href: str
    closed: str
    outcome: str
    words: str


@dataclass(frozen=True)
class HelpReport:
    """The page."""

    year: str
    helped: str
    lines: list[HelpLine]
    total: HelpLine | None
    backs: str
    back: list[BackLine]
    outcomes: list[OutcomeLine]
    what_helped: list[HelpedLine]
    chart: Chart | None


def help_report(user: User, *, by: str, on: date) -> HelpReport:
    """The report of the academic year of a day. `by`: month or term."""
    year = academic_year(on)
    start = academic_year_start(year)
    times = _times(user, start, on)
    lines = _lines(times, _periods(by, year))
    closed = _closures(user, start, on)
    back = _came_back(user, closed)
    return HelpReport(
        year=academic_year_label(year),
        helped=_sentence(times),
        lines=lines,
        total=_line("All", times) if times else None,
        backs=_back_sentence(closed, back, on),
        back=back,
        outcomes=_outcomes(closed),
        what_helped=[_helped(one) for one in closed[:LATEST]],
        chart=stuck_cases(user, on),
    )


def _times(user: User, start: date, on: date) -> list[TimeToHelp]:
    """One a child whose first flag of the year is about absence."""
    helps = _helps(user, start, on)
    return [time_to_help(first, helps.get(pupil, ())) for pupil, first in _flagged(user, start, on)]


def _flagged(user: User, start: date, on: date) -> Iterable[tuple[int, date]]:
    """Each child and the day from which its first flag was met, which a flag found late has too. A
    school's leavers are left out: what came after is not for the reader to see."""
    access = casework_access_of(user)
    flags = Flag.objects.visible_to(user).filter(met_on__gte=start, met_on__lte=on)
    if not access.everything:
        here = Q(enrolment__ends_on__isnull=True) | Q(enrolment__ends_on__gte=on)
        flags = flags.filter(here, enrolment__school_id__in=access.urns)
    rows = flags.exclude(kind__in=OF_THE_REGISTER).values("enrolment__pupil_id")
    found: Iterable[tuple[int, date]] = rows.annotate(first=Min("met_on")).values_list(
        "enrolment__pupil_id", "first"
    )
    return found


def _helps(user: User, start: date, on: date) -> _Helps:
    """The days on which help came: an offer taken up, a service that began, a plan agreed. Of
    earlier years: what had not ended when this one began."""
    found: _Helps = defaultdict(list)
    taken_up = (OfferAnswer.ACCEPTED, OfferAnswer.TRIED)
    offers = Offer.objects.visible_to(user).filter(
        answer__in=taken_up, answered_on__gte=start, answered_on__lte=on
    )
    still = Q(ended_on__isnull=True) | Q(ended_on__gte=start)
    begun = Referral.objects.visible_to(user).filter(still, started_on__lte=on)
    plans = SupportPlan.objects.visible_to(user).filter(still)
    agreed = plans.filter(agreed_on__lte=on).values_list("pupil_id", "agreed_on")
    first = (
        plans.filter(versions__isnull=False).values_list("pupil_id").annotate(Min("versions__at"))
    )
    rows = [
        *offers.values_list("case__pupil_id", "answered_on"),
        *begun.values_list("case__pupil_id", "started_on"),
        *agreed,
        *((pupil, at.astimezone(LONDON).date()) for pupil, at in first),
    ]
    for pupil, day in rows:
        if day <= on:
            found[pupil].append(day)
    return found


def _periods(by: str, year: int) -> list[tuple[date, str]]:
    """The first day of each period and its name, in order."""
    if by == TERM:
        return _terms(year)
    start = academic_year_start(year)
    months = [
        date(start.year + (start.month - 1 + n) // 12, (start.month - 1 + n) % 12 + 1, 1)
        for n in range(12)
    ]
    return [(month, f"{month:%B %Y}") for month in months]


def _terms(year: int) -> list[tuple[date, str]]:
    """What is flagged in a holiday belongs to the term before it."""
    rows = Term.objects.filter(academic_year=year).order_by("half_term")
    firsts: dict[int, date] = {}
    for half_term, starts_on in rows.values_list("half_term", "starts_on"):
        firsts.setdefault(term_of_half_term(half_term), starts_on)
    return [(day, TERM_NAMES[term]) for term, day in firsts.items()]


def _lines(times: list[TimeToHelp], periods: list[tuple[date, str]]) -> list[HelpLine]:
    """One a period in which anybody was flagged."""
    of_period: dict[str, list[TimeToHelp]] = {label: [] for _, label in periods}
    for one in times:
        begun = [label for first, label in periods if first <= one.flagged_on]
        label = begun[-1] if begun else next(iter(of_period), "")
        of_period.setdefault(label, []).append(one)
    return [_line(label, of) for label, of in of_period.items() if of]


def _line(label: str, times: list[TimeToHelp]) -> HelpLine:
    states = Counter(one.state for one in times)
    return HelpLine(
        label=label,
        flagged=len(times),
        came=states[Help.CAME],
        before=states[Help.BEFORE],
        not_yet=states[Help.NOT_YET],
        middle=_middle(times),
    )


def _middle(times: list[TimeToHelp]) -> str:
    found = middle([one.days for one in times if one.days is not None])
    return "None yet" if found is None else f"{found:,.1f}".removesuffix(".0")


def _sentence(times: list[TimeToHelp]) -> str:
    if not times:
        return "No child has been flagged for absence this year."
    whole = _line("", times)
    children = wording.counted(whole.flagged, "child", "children")
    if not whole.came:
        return f"{children} flagged this year. Help has come to none of them after the flag yet."
    days = "day" if whole.middle == "1" else "days"
    return (
        f"{children} flagged this year. Help came to {whole.came:,} of them after the flag, "
        f"to half of those within {whole.middle} {days}."
    )


def _closures(user: User, start: date, on: date) -> list[CaseClosure]:
    """The closings of the year, latest first."""
    rows = CaseClosure.objects.visible_to(user).filter(closed_on__gte=start, closed_on__lte=on)
    return list(rows.select_related("case").order_by("-closed_on", "-pk"))


def _came_back(user: User, closed: list[CaseClosure]) -> list[BackLine]:
    """Those that opened again, or whose child has a new case, within twelve weeks."""
    pupils = {one.case.pupil_id for one in closed}
    others: dict[int, list[Case]] = defaultdict(list)
    for case in Case.objects.visible_to(user).filter(pupil__in=pupils).order_by("created_at"):
        others[case.pupil_id].append(case)
    lines = (_back(one, others[one.case.pupil_id]) for one in closed)
    return [line for line in lines if line is not None]


def _back(closure: CaseClosure, cases: list[Case]) -> BackLine | None:
    again = [
        (case.created_at.astimezone(LONDON).date(), case)
        for case in cases
        if case.pk != closure.case_id
    ]
    if closure.reopened_on is not None:
        again.append((closure.reopened_on, closure.case))
    found = [(day, case) for day, case in again if bounced_back(closure.closed_on, day)]
    if not found:
        return None
    day, case = min(found, key=lambda one: (one[0], one[1].pk))
    return BackLine(
        reference=case.reference,
        href=reverse("case", args=[case.reference]),
        closed=wording.day(closure.closed_on),
        back=wording.day(day),
        days=(day - closure.closed_on).days,
    )


def _back_sentence(closed: list[CaseClosure], back: list[BackLine], on: date) -> str:
    if not closed:
        return "No case has closed this year."
    recent = sum(one.closed_on > on - timedelta(days=BOUNCE_BACK_DAYS) for one in closed)
    cases = wording.counted(len(closed), "case")
    said = f"{len(back):,} of {cases} closed this year came back within 12 weeks."
    if not recent:
        return said
    return f"{said} The 12 weeks are not over for {recent:,} of them."


def _outcomes(closed: list[CaseClosure]) -> list[OutcomeLine]:
    counts = Counter(one.outcome for one in closed)
    return [OutcomeLine(label, counts[key.value]) for key, label in OUTCOMES.items()]


def _helped(closure: CaseClosure) -> HelpedLine:
    return HelpedLine(
        reference=closure.case.reference,
        href=reverse("case", args=[closure.case.reference]),
        closed=wording.day(closure.closed_on),
        outcome=OUTCOMES[Outcome(closure.outcome)],
        words=closure.what_helped,
    )
