"""P17: our figures beside similar schools', the borough's, the region's and England's, by phase.

What stands beside a published figure is ours on the published basis, of the same stretch: the year
so far beside the daily series, the whole year before beside the accredited one (STAT-24). No school
but those chosen, which the reader sees, is named.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from django.urls import reverse

from attendance.models import SchoolYear
from attendance.read_models.by_school import YearSums, sums_on
from attendance.read_models.published_basis import added_up, published_sums
from attendance.read_models.similar import TOO_FEW, Similar, how_matched, range_of, similar_to
from attendance.rules.published import PHASES
from attendance.selectors import figures_date
from attendance_portal.shared import wording
from dashboards import benchmarks
from dashboards.benchmarks import Beside, Published, SideBySide, side_by_side
from dashboards.charts import Chart, Heading, Share, words
from dashboards.charts.compared import ComparedFacts, ComparedRow, compared_with_others
from dashboards.read_models.series import half_terms_known
from schools.choices import STATISTICAL_PHASE, STATISTICAL_PHASE_OF
from schools.rules.alignment import same_time_before
from schools.rules.calendar import academic_year, academic_year_end, academic_year_label

if TYPE_CHECKING:
    from schools.models import School

NOT_PUBLISHED: Final = "Not published"
NO_FIGURES: Final = "No figures"
EVERYONE: Final = "the borough"
_SUMS: Final = (
    "enrolments", "possible", "attended", "authorised", "unauthorised", "persistent", "severe",
)  # fmt: skip


@dataclass(frozen=True)
class Measure:
    """What is compared: its name, what it is published as, how it comes from sums, its list."""

    key: str
    label: str
    published: str
    share: Callable[[YearSums], Share]
    filters: Mapping[str, str]


MEASURES: Final[Mapping[str, Measure]] = {
    each.key: each
    for each in (
        Measure(
            "absence",
            "All absence",
            benchmarks.ABSENCE,
            lambda sums: Share(sums.absent, sums.possible),
            {"sort": "-absence"},
        ),
        Measure(
            "persistent",
            "Persistent absence",
            benchmarks.PERSISTENT,
            lambda sums: Share(sums.persistent, sums.enrolments),
            {"persistent": "true"},
        ),
        Measure(
            "severe",
            "Severe absence",
            benchmarks.SEVERE,
            lambda sums: Share(sums.severe, sums.enrolments),
            {"severe": "true"},
        ),
        Measure(
            "unauthorised",
            "Unauthorised absence",
            benchmarks.UNAUTHORISED,
            lambda sums: Share(sums.unauthorised, sums.possible),
            {"sort": "-unauthorised"},
        ),
    )
}


@dataclass(frozen=True)
class Question:
    """What is asked. `schools`: those chosen among those the reader sees; `who`: they in words;
    `address`: the filters of the page, for links; `has_lists`: whether lists stand at that day;
    `others`: schools that the reader sees and the filters leave out."""

    as_of: date
    schools: Sequence[School]
    who: str
    measure: Measure
    address: Mapping[str, str]
    has_lists: bool = True
    is_protected: bool = False
    others: Sequence[School] = ()


@dataclass(frozen=True)
class BasisLine:
    """One phase on both bases: rates with their counts; `href`: the list of all pupils' figure."""

    phase: str
    published: str
    everyone: str
    href: str


@dataclass(frozen=True)
class LastYearLine:
    """One phase a year before: ours on the published basis, and what was published."""

    phase: str
    us: str
    borough: str
    region: str
    england: str


@dataclass(frozen=True)
class BenchmarkPage:
    """The whole page. `chart` is None where nothing of ours can be compared."""

    chart: Chart | None
    period: str
    last_year: str
    bases: tuple[BasisLine, ...]
    before: tuple[LastYearLine, ...]
    region: str
    similar: tuple[str, ...]
    sources: tuple[str, ...]
    unpublished: str


@dataclass(frozen=True)
class _Phase:
    """One statistical phase: its schools and what is published of it."""

    key: str
    urns: tuple[int, ...]
    beside: SideBySide

    @property
    def label(self) -> str:
        return STATISTICAL_PHASE[self.key]


@dataclass(frozen=True)
class _Stretch:
    """The one series of the page, and the days that ours stand at: now and a year before."""

    series: str
    now: date
    before: date | None

    def of(self, beside: Beside) -> Beside:
        """What is published in this series; nothing of another one (STAT-24)."""
        return beside if beside.series == self.series else Beside()


def benchmark_page(asked: Question) -> BenchmarkPage:
    """The comparison as asked."""
    phases = _phases(asked)
    stretch = _stretch(phases, asked.as_of)
    if asked.is_protected:
        phases = [phase for phase in phases if not _is_telling(asked, phase, stretch)]
    urns = [urn for phase in phases for urn in phase.urns]
    ours = published_sums(urns, stretch.now)
    then = published_sums(urns, stretch.before) if stretch.before else {}
    similar = _similar(asked, stretch)
    year = academic_year(stretch.now)
    is_whole = stretch.series == benchmarks.ACCREDITED
    period = f"{academic_year_label(year)}, the whole year" if is_whole else (
        f"{academic_year_label(year)} so far"
    )  # fmt: skip
    return BenchmarkPage(
        chart=_chart(asked, phases, stretch, ours, similar, period),
        period=period,
        last_year=_last_year_words(stretch),
        bases=() if asked.is_protected else _bases(asked, phases, stretch, ours),
        before=tuple(_line_before(asked, phase, stretch, then) for phase in phases),
        region=benchmarks.REGION,
        similar=(*how_matched(), _similar_words(asked, similar)),
        sources=_sources(phases, stretch),
        unpublished=_unpublished(asked),
    )


def _phases(asked: Question) -> list[_Phase]:
    """The phases that are published and have a school here."""
    by_phase: dict[str, list[int]] = {}
    for school in asked.schools:
        by_phase.setdefault(STATISTICAL_PHASE_OF[school.phase], []).append(school.pk)
    return [
        _Phase(
            key,
            tuple(by_phase[key]),
            side_by_side(asked.measure.published, phase=key, on=asked.as_of),
        )
        for key in PHASES
        if key in by_phase
    ]


def _stretch(phases: Sequence[_Phase], as_of: date) -> _Stretch:
    """The series of the first phase that is published; ours stand where it does."""
    known = next((phase.beside.now for phase in phases if phase.beside.now.known), Beside())
    if known.series == benchmarks.ACCREDITED:
        year = int(known.known[0].academic_year[:4])
        return _Stretch(known.series, academic_year_end(year), academic_year_end(year - 1))
    return _Stretch(known.series, as_of, same_time_before(as_of, half_terms_known()))


def _is_telling(asked: Question, phase: _Phase, stretch: _Stretch) -> bool:
    """Whether the schools left out have so few pupils of the phase that the figures of all schools
    less those of these would tell of them."""
    left_out = [
        school.pk for school in asked.others if STATISTICAL_PHASE_OF[school.phase] == phase.key
    ]
    pupils = added_up(published_sums(left_out, stretch.now).values()).enrolments
    return 0 < pupils < words.thresholds().smallest_group


def _of(phase: _Phase, sums: Mapping[int, YearSums]) -> YearSums:
    return added_up(sums[urn] for urn in phase.urns if urn in sums)


def _similar(asked: Question, stretch: _Stretch) -> Similar | None:
    """The range of the schools like the one school chosen; None where several are."""
    if len(asked.schools) != 1:
        return None
    nearest = similar_to(asked.schools[0].pk, asked.as_of)
    sums = published_sums(nearest, stretch.now)
    shares = {urn: asked.measure.share(each) for urn, each in sums.items()}
    return range_of(nearest, {urn: (share.part, share.whole) for urn, share in shares.items()})


def _chart(
    asked: Question,
    phases: Sequence[_Phase],
    stretch: _Stretch,
    ours: Mapping[int, YearSums],
    similar: Similar | None,
    period: str,
) -> Chart | None:
    rows = []
    for phase in phases:
        beside = stretch.of(phase.beside.now)
        rows.append(
            ComparedRow(
                phase=phase.label,
                us=asked.measure.share(_of(phase, ours)),
                similar=similar.middle_half if similar else None,
                borough=_value(beside.borough),
                region=_value(beside.region),
                england=_value(beside.england),
            )
        )
    heading = Heading(
        who=asked.who,
        period=period,
        marks_to=stretch.now,
        source="The schools' registers, on the published basis",
        measure=asked.measure.label,
    )
    facts = ComparedFacts(
        heading=heading,
        rows=rows,
        us=_us(asked),
        region=benchmarks.REGION,
        sources=_source(phases, stretch),
    )
    return compared_with_others(facts, protected=asked.is_protected)


def _us(asked: Question) -> str:
    """How our dot is named: the one school, or ours beside the published ones."""
    return asked.schools[0].name if len(asked.schools) == 1 else "Our registers"


def _value(published: Published | None) -> Decimal | None:
    return None if published is None else published.value


def _source(phases: Sequence[_Phase], stretch: _Stretch) -> str:
    known = [stretch.of(phase.beside.now).source for phase in phases]
    return next((source for source in known if source), "")


def _bases(
    asked: Question, phases: Sequence[_Phase], stretch: _Stretch, ours: Mapping[int, YearSums]
) -> tuple[BasisLine, ...]:
    everyone = {phase.key: _everyone(phase.urns, stretch.now) for phase in phases}
    return tuple(
        BasisLine(
            phase=phase.label,
            published=_shown(asked, asked.measure.share(_of(phase, ours))),
            everyone=_shown(asked, asked.measure.share(everyone[phase.key])),
            href=_list_of(asked, phase, stretch),
        )
        for phase in phases
    )


def _everyone(urns: Collection[int], day: date) -> YearSums:
    """All pupils of these schools: stored of the figures' date and of a year that is over."""
    figures, end = figures_date(), academic_year_end(academic_year(day))
    if figures is None or min(day, end) != min(figures, end):
        return sums_on(urns, [day])[day]
    years = SchoolYear.objects.filter(school__in=urns, academic_year=academic_year(day))
    return added_up(YearSums(*row) for row in years.values_list(*_SUMS))


def _list_of(asked: Question, phase: _Phase, stretch: _Stretch) -> str:
    """The pupils behind all pupils' figure, where one filter names the schools of the phase."""
    codes = {school.phase for school in asked.schools if school.pk in phase.urns}
    if not asked.has_lists or stretch.now != asked.as_of or len(codes) != 1:
        return ""
    chosen = {"phase": next(iter(codes)), **asked.address, "sessions": "true"}
    return f"{reverse('pupil_list')}?{urlencode({**chosen, **asked.measure.filters})}"


def _shown(asked: Question, share: Share) -> str:
    """'9.4%, 940 of 10,000'."""
    if not share.whole:
        return NO_FIGURES
    return words.figure(share, protected=asked.is_protected).words


def _line_before(
    asked: Question, phase: _Phase, stretch: _Stretch, then: Mapping[int, YearSums]
) -> LastYearLine:
    beside = stretch.of(phase.beside.last_year)
    return LastYearLine(
        phase=phase.label,
        us=_shown(asked, asked.measure.share(_of(phase, then))),
        borough=_published(beside.borough),
        region=_published(beside.region),
        england=_published(beside.england),
    )


def _published(found: Published | None) -> str:
    return NOT_PUBLISHED if found is None else found.shown


def _last_year_words(stretch: _Stretch) -> str:
    """'2024/25, to 3 Mar 2025'."""
    if stretch.before is None:
        return "Last year's terms are not known"
    label = academic_year_label(academic_year(stretch.before))
    if stretch.series == benchmarks.ACCREDITED:
        return f"{label}, the whole year"
    return f"{label}, ours to {wording.day(stretch.before)}"


def _similar_words(asked: Question, similar: Similar | None) -> str:
    if similar is None:
        return "Choose one school to see the range of schools like it."
    name = asked.schools[0].name
    if similar.middle_half is None:
        return f"{name}: {TOO_FEW[0].lower()}{TOO_FEW[1:]}"
    return f"{name} stands beside {wording.counted(similar.schools, 'school')}."


def _sources(phases: Sequence[_Phase], stretch: _Stretch) -> tuple[str, ...]:
    """Each source once, with its date and series."""
    found = [
        beside.source
        for phase in phases
        for beside in (stretch.of(phase.beside.now), stretch.of(phase.beside.last_year))
        if beside.source
    ]
    return tuple(dict.fromkeys(found))


def _unpublished(asked: Question) -> str:
    """Which schools nothing published stands beside."""
    without = sum(STATISTICAL_PHASE_OF[school.phase] not in PHASES for school in asked.schools)
    if not without:
        return ""
    counted = wording.counted(without, "school")
    return f"No published figure for {counted} of another phase: alternative provision or nursery."
