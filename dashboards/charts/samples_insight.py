"""Invented facts for the gallery: few children, others, before and after, places."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from attendance.rules.chance import SESSIONS_A_DRAW
from dashboards.charts.before_after import BeforeAfterFacts, Slope
from dashboards.charts.compared import ComparedFacts, ComparedRow
from dashboards.charts.concentration import ConcentrationFacts
from dashboards.charts.facts import Heading, Share
from dashboards.charts.wards import WardFacts, WardRow
from dashboards.ward_shapes import ward_shapes

_MARKS_TO: Final = date(2026, 3, 2)
_UNAUTHORISED: Final = Heading(
    "Sample School", "2025/26", _MARKS_TO, measure="Unauthorised absence"
)
#: Sessions missed of 1,000 in each ward, in the order of their codes.
_MISSED: Final = (
    14, 31, 44, 52, 38, 109, 26, 12, 58, 21, 41, 18, 29, 33, 27, 49, 24, 22, 17, 88, 36, 30, 5, 39,
)  # fmt: skip
_POSSIBLE: Final = (
    9100, 8800, 9900, 14200, 12100, 11900, 14800, 8200, 15100, 4100, 12900, 7300, 4800, 9600, 6100,
    9200, 9700, 4900, 9300, 12600, 9800, 7900, 6900, 8700,
)  # fmt: skip


def few() -> ConcentrationFacts:
    """F9: 12% of pupils hold 80%."""
    few_much = {96: 2, 74: 4, 61: 5, 48: 9, 37: 10, 28: 12, 22: 15, 17: 15}
    many_little = {9: 22, 5: 32, 4: 30, 2: 42, 1: 58}
    return ConcentrationFacts(_UNAUTHORISED, {**few_much, **many_little, 0: 344})


def compared() -> ComparedFacts:
    """F10: a phase with everything, one without similar schools, one without published figures."""
    return ComparedFacts(
        Heading("The borough", "2025/26", _MARKS_TO),
        [
            ComparedRow(
                "Primary",
                Share(5610, 98000),
                (Decimal("4.9"), Decimal("6.4")),
                Decimal("5.5"),
                Decimal("5.4"),
                Decimal("5.1"),
            ),
            ComparedRow(
                "Secondary",
                Share(8930, 84000),
                None,
                Decimal("10.1"),
                Decimal("9.6"),
                Decimal("8.4"),
            ),
            ComparedRow("Post-16", Share(310, 4100)),
        ],
        us="Sample borough",
        region="North East",
        sources="published figures invented for this page",
    )


def before_after() -> BeforeAfterFacts:
    """F11: eleven children before and after a term of mentoring, beside eight like them."""
    ours = (
        (22, 12), (18, 9), (31, 19), (14, 10), (25, 25), (9, 6), (40, 22), (17, 11), (12, 14),
        (28, 13), (20, 15),
    )  # fmt: skip
    alike = ((21, 20), (17, 18), (30, 26), (13, 12), (24, 27), (10, 9), (38, 36), (19, 17))

    def slope(missed: tuple[int, int], name: str = "") -> Slope:
        return Slope(Share(missed[0], 60), Share(missed[1], 60), name)

    return BeforeAfterFacts(
        Heading("Sample mentoring", "autumn 2025", _MARKS_TO),
        60,
        [slope(missed, f"Robin Sample {n}") for n, missed in enumerate(ours, 1)],
        [slope(missed) for missed in alike],
    )


def wards(*, small: bool = False) -> WardFacts:
    """F12: every ward of the map and one outside it; `small`: two of them with few children."""
    rows = []
    for place, shape in enumerate(ward_shapes().values()):
        few_children = small and place in (9, 17)
        possible = 700 if few_children else _POSSIBLE[place]
        pupils = 6 if few_children else possible // 120
        share = Share(possible * _MISSED[place] // 1000, possible)
        rows.append(WardRow(shape.code, shape.name, pupils, share, "#"))
    rows.append(WardRow("E05000000", "Sample Ward", 14, Share(40, 1700), "#"))
    borough = Share(sum(r.share.part for r in rows), sum(r.share.whole for r in rows))
    heading = Heading("The borough", "2025/26", _MARKS_TO, measure="Unauthorised absence")
    return WardFacts(heading, rows, borough, SESSIONS_A_DRAW)
