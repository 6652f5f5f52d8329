"""The report's sections of attendance: four figures, charts, phases, groups, cohorts, change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from attendance.cohorts import COHORTS
from attendance.read_models import SchoolTotals
from attendance.read_models.by_school import YearSums, sums_on
from attendance.read_models.cohorts import cohort_counts
from attendance.read_models.movement import Window, movement_counts, usual_since
from attendance.read_models.past import PastFigures
from attendance.read_models.published_basis import added_up, published_sums
from attendance.rules.movement import Movement
from attendance.rules.protection import (
    HIDDEN,
    NOT_AVAILABLE,
    protected_count,
    protected_percent,
    protected_table,
    protected_total,
    share_alone,
    whole_percent,
)
from attendance.selectors import figures_date
from attendance.states import FLAGS, FlagKind
from attendance_portal.shared import wording
from dashboards import benchmarks
from dashboards.charts import GroupFacts, Heading, group_gaps
from dashboards.charts.words import thresholds
from dashboards.read_models.board.parts import ReportTable, Section
from dashboards.read_models.borough import BoroughPage
from dashboards.read_models.borough_tables import added, statistical_phase
from dashboards.read_models.explore.movement import is_known, not_known
from dashboards.read_models.groups import group_rows
from dashboards.read_models.rolls import enrolments_of_year
from schools.choices import STATISTICAL_PHASE
from schools.models import Enrolment, School
from schools.scoping import access_of

if TYPE_CHECKING:
    from accounts.models import User

#: Name, count of a sum and its whole, and what it is published as.
_MEASURES: Final = (
    ("Absence", benchmarks.ABSENCE),
    ("Persistent absence", benchmarks.PERSISTENT),
    ("Severe absence", benchmarks.SEVERE),
    ("Unauthorised absence", benchmarks.UNAUTHORISED),
)


@dataclass(frozen=True)
class Ground:
    """Whose figures, as of when, and beside which days. None: a day whose terms are not known."""

    user: User
    as_of: date
    today: date
    totals: Sequence[SchoolTotals]
    schools: Mapping[int, School]
    then: date | None
    before: date | None
    period: str

    @property
    def urns(self) -> list[int]:
        return [row.urn for row in self.totals]


def _counts(name: str, sums: YearSums) -> tuple[int, int]:
    return {
        "Absence": (sums.absent, sums.possible),
        "Persistent absence": (sums.persistent, sums.enrolments),
        "Severe absence": (sums.severe, sums.enrolments),
        "Unauthorised absence": (sums.unauthorised, sums.possible),
    }[name]


def _shown(name: str, sums: YearSums) -> str:
    """The rate for anyone; `x` where no mark of that time is known."""
    part, whole = _counts(name, sums)
    return protected_percent(part, whole, thresholds()) if whole else NOT_AVAILABLE


def four_figures(ground: Ground) -> Section:
    """Each beside last year, and beside England and the region in one series with its source."""
    now = added(ground.totals)
    then = sums_on(ground.urns, [ground.then])[ground.then] if ground.then else YearSums()
    basis = added_up([YearSums(), *published_sums(ground.urns, ground.as_of).values()])
    rows: list[tuple[str, ...]] = []
    sources: dict[str, list[str]] = {}
    for name, published in _MEASURES:
        beside = benchmarks.side_by_side(published, phase=None, on=ground.as_of).now
        rows.append(
            (
                name,
                _shown(name, now),
                _shown(name, then),
                _shown(name, basis),
                beside.england.shown if beside.england else NOT_AVAILABLE,
                beside.region.shown if beside.region else NOT_AVAILABLE,
            )
        )
        if beside.source:
            sources.setdefault(beside.source, []).append(name.lower())
    then_words = f"to {wording.day(ground.then)}" if ground.then else "not known"
    return Section(
        key="figures",
        heading="The four figures",
        paragraphs=[
            f"The same time last year is {then_words}. England and the North East are compared "
            "with our figure on the published basis, which counts pupils aged 5 to 15 in "
            "state-funded primary, secondary and special schools.",
            *(
                f"England and the North East, {wording.listed(names)}: {source}."
                for source, names in sources.items()
            ),
        ],
        tables=[
            ReportTable(
                "Absence, persistent, severe and unauthorised",
                (
                    "Measure",
                    "All pupils",
                    "Same time last year",
                    "On the published basis",
                    "England",
                    "North East",
                ),
                rows,
            )
        ],
    )


def drawn(page: BoroughPage) -> Section:
    """F1, F2 and F3, protected."""
    charts = (page.charts.by_week, page.charts.over_the_lines, page.charts.spread)
    return Section("charts", "Over time and over children", charts=[one for one in charts if one])


def by_phase(ground: Ground) -> Section:
    """Persistent and severe absence by phase. Where the borough's page for anyone hides one school
    of a phase, that school would follow from its phase: the phase is hidden too, and never alone,
    so that it does not follow from the total; a large one keeps its share, of which no school
    follows. Of severe absence no school is shown to anyone."""
    phases = {
        label: [row for row in ground.totals if statistical_phase(ground.schools[row.urn]) == code]
        for code, label in STATISTICAL_PHASE.items()
    }
    held = {label: added(rows) for label, rows in phases.items() if rows}
    telling = _phases_that_tell(ground, phases)
    persistent = _protected({name: sums.persistent for name, sums in held.items()}, held, telling)
    severe = _protected({name: sums.severe for name, sums in held.items()}, held, frozenset())
    rows = [(name, *persistent[name], *severe[name]) for name in held]
    return Section(
        key="phases",
        heading="Persistent and severe absence by phase",
        paragraphs=[
            f"Of enrolments, {ground.period}. {HIDDEN} means hidden to protect children. A share "
            "may stand without its count, where the count would give one school away."
        ],
        tables=[
            ReportTable(
                "Enrolments over the two lines, by phase",
                ("Phase", "Persistent", "Persistent, share", "Severe", "Severe, share"),
                rows,
            )
        ],
    )


def _phases_that_tell(
    ground: Ground, phases: Mapping[str, Sequence[SchoolTotals]]
) -> frozenset[str]:
    """The phases of which the borough's page for anyone hides one school, and no other."""
    rows = list(ground.totals)
    if not rows:
        return frozenset()
    cells = protected_table(
        [[row.persistent, row.enrolments - row.persistent] for row in rows], thresholds()
    )
    hidden = {row.urn for row, cell in zip(rows, cells, strict=False) if None in cell}
    return frozenset(
        name for name, mine in phases.items() if len(hidden & {row.urn for row in mine}) == 1
    )


def _protected(
    counts: Mapping[str, int], held: Mapping[str, YearSums], telling: frozenset[str]
) -> dict[str, tuple[str, str]]:
    """Count and share of each phase as anyone may read them."""
    if not counts:
        return {}
    cells = protected_table(
        [[count, held[name].enrolments - count] for name, count in counts.items()], thresholds()
    )
    found = {
        name: None if name in telling or None in row else (row[0] or 0, row[2] or 0)
        for name, row in zip(counts, cells, strict=False)
    }
    hidden = [name for name, share in found.items() if share is None]
    shown = [name for name, share in found.items() if share is not None]
    if len(hidden) == 1 and shown:
        found[min(shown, key=lambda name: (held[name].enrolments, name))] = None
    return {
        name: _share(share, counts[name], held[name].enrolments) for name, share in found.items()
    }


def _share(share: tuple[int, int] | None, count: int, whole: int) -> tuple[str, str]:
    """A large phase whose count would give a school away still has its share."""
    if share is None or not share[1]:
        return HIDDEN, share_alone(count, whole, thresholds())
    return f"{share[0]:,} of {share[1]:,}", f"{whole_percent(*share)}%"


def groups(ground: Ground) -> Section:
    """F8: each group beside everyone else."""
    rows = group_rows(ground.user, urns=ground.urns, as_of=ground.as_of, measure="persistent")
    heading = Heading(
        who="the borough", period=ground.period, marks_to=ground.as_of, measure="Persistent absence"
    )
    chart = group_gaps(GroupFacts(heading, rows), protected=True)
    return Section(
        key="groups",
        heading="Groups beside everyone else",
        paragraphs=["A difference is where to ask, not why."],
        charts=[chart] if chart else [],
    )


def named_cohorts(ground: Ground) -> Section:
    """How many children are in each of the named cohorts."""
    enrolments = enrolments_of_year(ground.user, as_of=ground.as_of, on=ground.today)
    past = None
    if ground.as_of != figures_date():
        urns = None if access_of(ground.user).everything else ground.urns
        past = PastFigures(ground.as_of, urns=urns)
        enrolments = enrolments.filter(starts_on__lte=ground.as_of)
    whole = enrolments.count()
    counts = cohort_counts(enrolments, past=past)
    return Section(
        key="cohorts",
        heading="Named cohorts",
        paragraphs=[
            f"Of {protected_total(whole, thresholds())} enrolments of the year. A child may be in "
            "several cohorts."
        ],
        tables=[
            ReportTable(
                "Enrolments in each named cohort",
                ("Cohort", "Enrolments", "Who is in it"),
                [
                    (
                        cohort.label,
                        _grouped(protected_count(counts[key], whole, thresholds())),
                        cohort.rule_in_words,
                    )
                    for key, cohort in COHORTS.items()
                ],
                is_numeric=False,
            )
        ],
    )


def _grouped(count: str) -> str:
    return f"{int(count):,}" if count.isdecimal() else count


def movement(ground: Ground) -> Section:
    """Who came over a line and who cleared it since the term before, and who stays over it."""
    window = Window(ground.before or usual_since(ground.as_of), ground.as_of)
    rows = enrolments_of_year(ground.user, as_of=ground.as_of, on=ground.today)
    rows = rows.filter(starts_on__lte=ground.as_of)
    counts = movement_counts(rows, window, Enrolment.objects.visible_to(ground.user))
    whole = rows.count()

    def shown(movement: Movement) -> str:
        return _grouped(protected_count(counts[movement], whole, thresholds()))

    since = wording.day(window.since)
    note = not_known(window)
    return Section(
        key="movement",
        heading="New, cleared and long-standing",
        paragraphs=[
            "New and cleared rest on the day that a child came over a line, or fell below it. "
            "Long-standing: over it now, at each half-term's end and in all of last year.",
            *filter(None, [note]),
        ],
        tables=[]
        if not is_known(window)
        else [
            ReportTable(
                "Enrolments that moved over a line",
                ("Line", f"New since {since}", f"Cleared since {since}", "Long-standing"),
                [
                    (FLAGS[kind].label, *(shown(one) for one in Movement if one.line is kind))
                    for kind in (FlagKind.PERSISTENT_ABSENCE, FlagKind.SEVERE_ABSENCE)
                ],
            )
        ],
    )


def since_last_term(ground: Ground) -> Section:
    """The year to date at the end of the term before, and now."""
    if ground.before is None:
        words = "The term before is not known, or lies in the year before: nothing to compare."
        return Section("change", "What changed since last term", [words])
    now = added(ground.totals)
    before = sums_on(ground.urns, [ground.before])[ground.before]
    rows = []
    for name, _ in _MEASURES:
        first, second = _shown(name, before), _shown(name, now)
        rows.append((name, first, second, _change(first, second)))
    return Section(
        key="change",
        heading="What changed since last term",
        paragraphs=["Both are of the year to that day, so the earlier one is part of the later."],
        tables=[
            ReportTable(
                "The year to date, then and now",
                (
                    "Measure",
                    f"To {wording.day(ground.before)}",
                    f"To {wording.day(ground.as_of)}",
                    "Change",
                ),
                rows,
            )
        ],
    )


def _change(before: str, now: str) -> str:
    """'2 points up', of whole percentages as shown; `c` or `x` where one is not."""
    if not before.endswith("%") or not now.endswith("%"):
        return HIDDEN if HIDDEN in (before, now) else NOT_AVAILABLE
    points = int(now[:-1]) - int(before[:-1])
    if not points:
        return "about the same"
    return f"{wording.counted(abs(points), 'point')} {'up' if points > 0 else 'down'}"
