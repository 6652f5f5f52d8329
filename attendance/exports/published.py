"""Files in the column shape of the department's published absence files.

By authority and phase: the year-to-date file of "Pupil attendance in schools". By school: the file
of persistent and overall absence of three years. Both on the basis of the published statistics
(`attendance.rules.published`); names, order and decimals are those of the published files, so that
programs that read those read these. What a column holds is said in docs/domain/published-files.md.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO
from typing import Any, Final

from django.db.models import Q, QuerySet

from attendance.read_models.by_reason import reasons_of_enrolments
from attendance.read_models.by_school import YearSums
from attendance.read_models.published_basis import added_up, published_sums
from attendance.rules.periods import Period, PeriodKind
from attendance.rules.protection import (
    HIDDEN,
    NOT_APPLICABLE,
    NOT_AVAILABLE,
    Thresholds,
    protected_row,
    protected_table,
    rounded,
    whole_percent,
)
from attendance.rules.published import (
    CENSUS_PHASES,
    EXAMINATION_AGE,
    FIRST_HALF_OF_SUMMER,
    PHASES,
    SECOND_HALF_OF_SUMMER,
    YOUNGEST,
)
from schools.choices import (
    LOCAL_AUTHORITY,
    LOCAL_AUTHORITY_ONS,
    NOT_STATE_FUNDED,
    STATISTICAL_PHASE,
    STATISTICAL_PHASE_OF,
)
from schools.models import Enrolment, School, Term
from schools.rules.calendar import academic_year, academic_year_end, academic_year_start

COUNTRY: Final = ("E92000001", "England")
REGION: Final = ("E12000001", "North East")
TOTAL: Final = "Total"

#: Column of sessions to the code that it counts, in the order of the published file.
REASONS: Final = {
    "reason_l_present_late_before_registers_closed": "L",
    "reason_i_authorised_illness": "I",
    "reason_m_authorised_medical_dental": "M",
    "reason_r_authorised_religious_observance": "R",
    "reason_s_authorised_study_leave": "S",
    "reason_t_authorised_mobile_child": "T",
    "reason_h_authorised_holiday": "H",
    "reason_e_authorised_excluded": "E",
    "reason_c_authorised_other": "C",
    "reason_c1_authorised_regulated_performance": "C1",
    "reason_j1_authorised_interview": "J1",
    "reason_c2_authorised_temp_reduced_timetable": "C2",
    "reason_b_aea_education_off_site": "B",
    "reason_j_aea_interview": "J",
    "reason_p_aea_approved_sporting_activity": "P",
    "reason_v_aea_educational_visit_trip": "V",
    "reason_w_aea_work_experience": "W",
    "reason_k_aea_education_arranged_by_la": "K",
    "reason_g_unauthorised_holiday": "G",
    "reason_u_unauthorised_late_after_registers_closed": "U",
    "reason_o_other_unauthorised": "O",
    "reason_n_no_reason_yet": "N",
}
#: Column of a percentage of possible sessions to the code that it counts.
REASON_RATES: Final = {
    "illness_perc": "I",
    "appointments_perc": "M",
    "unauth_hol_perc": "G",
    "unauth_oth_perc": "O",
    "unauth_late_registers_closed_perc": "U",
    "unauth_not_yet_perc": "N",
    "auth_religious_perc": "R",
    "auth_study_perc": "S",
    "auth_mob_perc": "T",
    "auth_excluded_perc": "E",
    "auth_performance_perc": "C1",
    "auth_interview_perc": "J1",
    "auth_part_time_perc": "C2",
    "auth_other_perc": "C",
}
_PLACE: Final = (
    "time_period", "geographic_level", "country_code", "country_name", "region_code",
    "region_name", "new_la_code", "la_name", "old_la_code", "education_phase",
)  # fmt: skip
_SESSIONS: Final = (
    "present_sessions", "overall_attendance", "approved_educational_activity", "overall_absence",
    "authorised_absence", "unauthorised_absence", "late_sessions", "possible_sessions",
    "reason_present_am", "reason_present_pm", "reason_present", *REASONS,
)  # fmt: skip
_RATES: Final = (
    "attendance_perc", "overall_absence_perc", "authorised_absence_perc",
    "unauthorised_absence_perc", *REASON_RATES,
)  # fmt: skip
COLUMNS: Final = (
    *_PLACE, "num_schools", "enrolments", *_SESSIONS, "total_num_schools", "total_enrolments",
    *_RATES, "pa_perc", "time_identifier",
)  # fmt: skip
_DECIMALS: Final = 4  # of percentages in the file by authority
_SCHOOL_DECIMALS: Final = 5  # and in the file by school
_YEARS: Final = 3  # that the file by school looks back over, the year of the figures first

BOROUGH, SCHOOLS = "published", "published_schools"


@dataclass(frozen=True)
class PhaseFacts:
    """What one row of the file by authority is made from: `codes` are sessions by code, `schools`
    those with a session, `all_schools` and `all_enrolments` those that should have one."""

    phase: str
    schools: int
    all_schools: int
    all_enrolments: int
    sums: YearSums
    codes: Mapping[str, int]


def published_percent(part: int, whole: int, decimals: int = _DECIMALS) -> str:
    """As the published files print it: 5.5379, 3.433, 0.0; `z` where nothing was possible."""
    if not whole:
        return NOT_APPLICABLE
    exact = Decimal(100 * part) / Decimal(whole)
    text = str(exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)).rstrip("0")
    return f"{text}0" if text.endswith(".") else text


def write_published(
    kind: str,
    as_of: date,
    target: Any,
    *,
    urns: Collection[int],
    first_lines: Sequence[str] = (),
    thresholds: Thresholds | None = None,
) -> None:
    """The file of these schools, into something that takes bytes.

    `thresholds`: of the protected form, for readers who may not open the children behind it;
    None: as counted.
    """
    schools = list(School.objects.filter(pk__in=urns).order_by("folded_name", "urn"))
    text = StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerows([line] for line in first_lines)
    if kind == BOROUGH:
        out.writerow(COLUMNS)
        out.writerows(_borough_lines(schools, as_of, thresholds))
    else:
        out.writerow(school_columns(academic_year(as_of)))
        out.writerows(_school_lines(schools, as_of, thresholds))
    target.write(text.getvalue().encode())


def _borough_lines(
    schools: Sequence[School], as_of: date, thresholds: Thresholds | None
) -> Iterator[list[str]]:
    facts = list(_phases(schools, as_of))
    if not facts:
        return
    everyone = _together(facts)
    hidden = _is_total_hidden(everyone, thresholds) if thresholds else False
    place = _place(schools, as_of)
    for row in (*facts, everyone):
        cells = (
            _counted(row)
            if thresholds is None
            else _protected(row, is_total=row is everyone, is_hidden=hidden)
        )
        named = {**place, "education_phase": row.phase, "time_identifier": "Academic year", **cells}
        yield [named[column] for column in COLUMNS]


def _place(schools: Sequence[School], as_of: date) -> dict[str, str]:
    """The authority of most of these schools; there is one."""
    ((code, _),) = Counter(school.la_code for school in schools).most_common(1)
    year = academic_year(as_of)
    return {
        "time_period": f"{year}{(year + 1) % 100:02d}",
        "geographic_level": "Local authority",
        "country_code": COUNTRY[0],
        "country_name": COUNTRY[1],
        "region_code": REGION[0],
        "region_name": REGION[1],
        "new_la_code": LOCAL_AUTHORITY_ONS.get(code, NOT_AVAILABLE),
        "la_name": LOCAL_AUTHORITY.get(code, NOT_AVAILABLE),
        "old_la_code": code,
    }


def _phases(schools: Sequence[School], as_of: date) -> Iterator[PhaseFacts]:
    """The phases of the published statistics that have a school here, in their order."""
    found = published_sums([school.pk for school in schools], as_of)
    counted = [
        school
        for school in schools
        if school.phase in CENSUS_PHASES and school.type not in NOT_STATE_FUNDED
    ]
    for phase in PHASES:
        mine = [one.pk for one in counted if STATISTICAL_PHASE_OF[one.phase] == phase]
        if mine:
            rows = counted_enrolments(mine, as_of)
            yield PhaseFacts(
                phase=STATISTICAL_PHASE[phase],
                schools=sum(urn in found for urn in mine),
                all_schools=len(mine),
                all_enrolments=rows.count(),
                sums=added_up([YearSums(), *(found[urn] for urn in mine if urn in found)]),
                codes=_codes(rows, as_of),
            )


def counted_enrolments(urns: Collection[int], as_of: date) -> QuerySet[Enrolment]:
    """The enrolments of the year, up to a day, that the published basis counts at these schools."""
    year = academic_year(as_of)
    rows = Enrolment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=academic_year_start(year)),
        school__in=urns,
        starts_on__lte=as_of,
        pupil__date_of_birth__gt=date(year - EXAMINATION_AGE - 1, 8, 31),
        pupil__date_of_birth__lte=date(year - YOUNGEST, 8, 31),
    )
    first_half = Term.objects.filter(academic_year=year, half_term=FIRST_HALF_OF_SUMMER).first()
    return rows.filter(starts_on__lte=first_half.ends_on) if first_half else rows


def _codes(rows: QuerySet[Enrolment], as_of: date) -> dict[str, int]:
    """Sessions by code; of those of examination age without the second half of the summer."""
    year = academic_year(as_of)
    whole = Period(year, PeriodKind.YEAR, str(year))
    late = Period(year, PeriodKind.HALF_TERM, str(SECOND_HALF_OF_SUMMER))
    eldest = rows.filter(pupil__date_of_birth__lte=date(year - EXAMINATION_AGE, 8, 31))
    sessions: Counter[str] = Counter()
    for line in reasons_of_enrolments(rows, as_of=as_of, period=whole).codes:
        sessions[line.code] += line.sessions
    for line in reasons_of_enrolments(eldest, as_of=as_of, period=late).codes:
        sessions[line.code] -= line.sessions
    return dict(sessions)


def _together(facts: Sequence[PhaseFacts]) -> PhaseFacts:
    codes: Counter[str] = Counter()
    for row in facts:
        codes.update(row.codes)
    return PhaseFacts(
        phase=TOTAL,
        schools=sum(row.schools for row in facts),
        all_schools=sum(row.all_schools for row in facts),
        all_enrolments=sum(row.all_enrolments for row in facts),
        sums=added_up(row.sums for row in facts),
        codes=codes,
    )


def _sessions(row: PhaseFacts) -> dict[str, int]:
    """Every count of sessions; sums by the identities of the published file."""
    sums, codes = row.sums, row.codes
    am, pm, late = codes.get("/", 0), codes.get("\\", 0), codes.get("L", 0)
    return {
        "present_sessions": am + pm + late,
        "overall_attendance": sums.attended,
        "approved_educational_activity": sums.attended - am - pm - late,
        "overall_absence": sums.absent,
        "authorised_absence": sums.authorised,
        "unauthorised_absence": sums.unauthorised,
        "late_sessions": late + codes.get("U", 0),
        "possible_sessions": sums.possible,
        "reason_present_am": am,
        "reason_present_pm": pm,
        "reason_present": am + pm,
        **{column: codes.get(code, 0) for column, code in REASONS.items()},
    }


def _parts(row: PhaseFacts) -> dict[str, int]:
    """The sessions that each rate counts."""
    sums = row.sums
    return {
        "attendance_perc": sums.attended,
        "overall_absence_perc": sums.absent,
        "authorised_absence_perc": sums.authorised,
        "unauthorised_absence_perc": sums.unauthorised,
        **{column: row.codes.get(code, 0) for column, code in REASON_RATES.items()},
    }


def _counted(row: PhaseFacts) -> dict[str, str]:
    sums = row.sums
    return {
        "num_schools": str(row.schools),
        "enrolments": str(sums.enrolments),
        **{column: str(number) for column, number in _sessions(row).items()},
        "total_num_schools": str(row.all_schools),
        "total_enrolments": str(row.all_enrolments),
        **{name: published_percent(part, sums.possible) for name, part in _parts(row).items()},
        "pa_perc": published_percent(sums.persistent, sums.enrolments),
    }


def _is_total_hidden(row: PhaseFacts, thresholds: Thresholds) -> bool:
    """Whether the persistent of everyone may not be told."""
    sums = row.sums
    parts, _ = protected_row([sums.persistent, sums.enrolments - sums.persistent], thresholds)
    return None in parts


def _protected(row: PhaseFacts, *, is_total: bool, is_hidden: bool) -> dict[str, str]:
    """Schools, whole percentages of sessions, and of everyone together enrolments to the nearest 5
    and persistent absence. Sums of sessions would give a group's away by subtraction, and so would
    pupils by phase beside those by school."""
    sums = row.sums
    open_to_all = is_total and not is_hidden
    share = rounded(sums.persistent), rounded(sums.enrolments)
    return {
        "num_schools": str(row.schools),
        "enrolments": str(share[1]) if open_to_all else HIDDEN,
        **dict.fromkeys(_SESSIONS, HIDDEN),
        "total_num_schools": str(row.all_schools),
        "total_enrolments": HIDDEN,
        **{column: _whole(part, sums.possible) for column, part in _main_parts(row, is_hidden)},
        **dict.fromkeys(REASON_RATES, HIDDEN),
        "pa_perc": str(whole_percent(*share)) if open_to_all and share[1] else HIDDEN,
    }


def _main_parts(row: PhaseFacts, is_hidden: bool) -> Iterable[tuple[str, int | None]]:
    for column, part in _parts(row).items():
        if column not in REASON_RATES:
            yield column, None if is_hidden else part


def _whole(part: int | None, whole: int) -> str:
    if part is None:
        return HIDDEN
    return str(whole_percent(part, whole)) if whole else NOT_APPLICABLE


def school_columns(year: int) -> list[str]:
    """The heading of the file by school: its years are those of the figures and the two before."""
    years = [f"{one}_{(one + 1) % 100:02d}" for one in _years(year)]
    return [
        *("urn", "laestab", "name", "la_code", "la_name", "phase"),
        *(f"persistent_absence_pct_{one}" for one in years),
        *(f"overall_absence_pct_{one}" for one in years),
        f"authorised_absence_pct_{years[0]}",
        f"unauthorised_absence_pct_{years[0]}",
    ]


def _years(year: int) -> list[int]:
    return [year - back for back in range(_YEARS)]


def _school_lines(
    schools: Sequence[School], as_of: date, thresholds: Thresholds | None
) -> Iterator[list[str]]:
    """A line a school that counts, A to Z."""
    counted = [
        one for one in schools if one.phase in CENSUS_PHASES and one.type not in NOT_STATE_FUNDED
    ]
    urns = [school.pk for school in counted]
    _, *before = _years(academic_year(as_of))
    sums = [
        published_sums(urns, day) for day in (as_of, *(academic_year_end(year) for year in before))
    ]
    rates = [_rates(urns, each, thresholds) for each in sums]
    for school in counted:
        of_years = [each[school.pk] for each in rates]
        yield [
            str(school.pk),
            f"{school.la_code}{school.estab}" if school.estab else NOT_AVAILABLE,
            school.name,
            school.la_code,
            LOCAL_AUTHORITY.get(school.la_code, NOT_AVAILABLE),
            STATISTICAL_PHASE[STATISTICAL_PHASE_OF[school.phase]],
            *(persistent for persistent, *_ in of_years),
            *(overall for _, overall, *_ in of_years),
            *of_years[0][2:],
        ]


_Rates = tuple[str, str, str, str]  # persistent, overall, authorised, unauthorised


def _rates(
    urns: Sequence[int], sums: Mapping[int, YearSums], thresholds: Thresholds | None
) -> dict[int, _Rates]:
    """Each school's rates of one year; `x` where the year has no mark of it."""
    none: _Rates = (NOT_AVAILABLE, NOT_AVAILABLE, NOT_AVAILABLE, NOT_AVAILABLE)
    found = dict.fromkeys(urns, none)
    known = [urn for urn in urns if urn in sums]
    if thresholds is None:
        return found | {urn: _exact(sums[urn]) for urn in known}
    cells = protected_table(
        [
            [sums[urn].persistent, sums[urn].enrolments - sums[urn].persistent]
            for urn in known
        ],
        thresholds,
    ) if known else []  # fmt: skip
    return found | {
        urn: _rounded(sums[urn], persistent, enrolments)
        for urn, (persistent, _, enrolments) in zip(known, cells, strict=False)
    }


def _exact(sums: YearSums) -> _Rates:
    parts = (sums.absent, sums.authorised, sums.unauthorised)
    overall, authorised, unauthorised = (
        published_percent(part, sums.possible, _SCHOOL_DECIMALS) for part in parts
    )
    persistent = published_percent(sums.persistent, sums.enrolments, _SCHOOL_DECIMALS)
    return persistent, overall, authorised, unauthorised


def _rounded(sums: YearSums, persistent: int | None, enrolments: int | None) -> _Rates:
    """As the borough's page shows a school to anyone: without the two kinds of absence."""
    share = HIDDEN
    if persistent is not None and enrolments:
        share = str(whole_percent(persistent, enrolments))
    overall = HIDDEN if enrolments is None else _whole(sums.absent, sums.possible)
    return share, overall, HIDDEN, HIDDEN
