"""What a slice adds up to: five figures, each with its count, its list and last year's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Count, F, Q

from attendance.read_models.figures import ABSENT
from attendance.rules.percent import shown_percent
from attendance.rules.protection import HIDDEN, protected_percent, whole_percent
from attendance_portal.shared import wording
from dashboards.charts.facts import Share
from dashboards.read_models.slices import Slice, Sums
from dashboards.read_models.slices.protection import ProtectedCounts
from dashboards.read_models.slices.slice import MISSED
from dashboards.read_models.slices.sums import figures_of

LINES: Final = {"persistent": "Persistent absence", "severe": "Severe absence"}
ILLNESS: Final = "illness"


@dataclass(frozen=True)
class Figure:
    """A rate and its count as printed, and what it stands beside.

    `href` opens the children that make it up; `opens`: how many they are, in words.
    """

    name: str
    rate: str
    count: str
    href: str
    opens: str
    last_year: str


@dataclass(frozen=True)
class LastYear:
    """The same filters at the same time last year; None: its terms are not known, or it would tell
    too much."""

    on: date
    sums: Sums


def figures(asked: Slice, sums: Sums, before: LastYear | None) -> list[Figure]:
    """Absence, authorised, unauthorised, persistent and severe; illness where it is asked for."""
    missing = _who_missed(asked)
    kinds = [ABSENT, "authorised", "unauthorised"]
    if asked.missed == ILLNESS:
        kinds.append(ILLNESS)
    found = [_of_sessions(asked, kind, sums, missing[kind], before) for kind in kinds]
    return [*found, *(_of_enrolments(asked, line, sums, before) for line in LINES)]


def _who_missed(asked: Slice) -> Mapping[str, int]:
    """How many enrolments missed a session of each kind: the lists that the rates open."""

    def work_out() -> dict[str, int]:
        rows = figures_of(asked, asked.rows).annotate(absent=F("authorised") + F("unauthorised"))
        counts = {
            f"of_{kind}": Count("enrolment", filter=Q(**{f"{kind}__gt": 0})) for kind in MISSED
        }
        found = rows.aggregate(**counts)
        return {kind: found[f"of_{kind}"] for kind in MISSED}

    return asked.kept("who-missed", work_out)


def _of_sessions(
    asked: Slice, kind: str, sums: Sums, enrolments: int, before: LastYear | None
) -> Figure:
    share = sums.missed(kind)
    changes = {"absence": "" if kind == ABSENT else kind, "missed": "1", "sort": "-absence"}
    return Figure(
        name=MISSED[kind],
        rate=shown_percent(share.part, share.whole),
        count=f"{share.part:,} of {share.whole:,} sessions",
        href=asked.list_of(**changes) if enrolments else "",
        opens=f"missed by {wording.counted(enrolments, 'pupil')}",
        last_year=_beside(before, before.sums.missed(kind) if before else None, "sessions"),
    )


def _of_enrolments(asked: Slice, line: str, sums: Sums, before: LastYear | None) -> Figure:
    share = sums.of_enrolments(line)
    return Figure(
        name=LINES[line],
        rate=shown_percent(share.part, share.whole),
        count=f"{share.part:,} of {share.whole:,} enrolments",
        href=asked.list_of(**{line: "true"}) if share.part else "",
        opens=wording.counted(share.part, "pupil"),
        last_year=_beside(before, before.sums.of_enrolments(line) if before else None, ""),
    )


def _beside(before: LastYear | None, share: Share | None, unit: str) -> str:
    """'Same time last year: 9.8%, 1,204 of 12,300 sessions, to 4 Mar 2025'."""
    if before is None or share is None or not share.whole:
        return "Same time last year: no figures"
    counted = f"{share.part:,} of {share.whole:,} {unit}".rstrip()
    rate = shown_percent(share.part, share.whole)
    return f"Same time last year: {rate}, {counted}, to {wording.day(before.on)}"


def protected_figures(sums: Sums, counts: ProtectedCounts) -> list[Figure]:
    """The same for people outside the team: whole percentages, and no sessions of so few."""
    kinds = (ABSENT, "authorised", "unauthorised")
    rates = [Figure(MISSED[kind], _protected_rate(sums, kind), "", "", "", "") for kind in kinds]
    return [
        *rates,
        *(_protected_line(name, getattr(counts, line), counts) for line, name in LINES.items()),
    ]


def _protected_rate(sums: Sums, kind: str) -> str:
    share = sums.missed(kind)
    return protected_percent(share.part, share.whole)


def _protected_line(name: str, part: int | None, counts: ProtectedCounts) -> Figure:
    if part is None or not counts.enrolments:
        return Figure(name, HIDDEN, "", "", "", "")
    part = min(part, counts.enrolments)
    rate = f"{whole_percent(part, counts.enrolments)}%"
    return Figure(name, rate, f"about {part:,} of {counts.enrolments:,} enrolments", "", "", "")
