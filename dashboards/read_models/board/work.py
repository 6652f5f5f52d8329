"""The report's sections of work: cases by step, support beside legal steps, and meetings."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, QuerySet

from accounts.roles import Permission
from attendance.rules.protection import HIDDEN, protected_count, protected_row
from attendance_portal.shared import wording
from cases.models import Case, Offer, Referral, SupportPlan
from cases.states import STAGES, OfferAnswer, PlanState, Stage
from dashboards.charts.words import thresholds
from dashboards.read_models.board.figures import Ground
from dashboards.read_models.board.parts import ReportTable, Section
from meetings.read_models.board import board
from schools.permissions import has_permission


def cases(ground: Ground) -> Section | None:
    """Open cases by step, and what support they have beside legal steps; None for a reader of the
    portal who reads no casework."""
    if not has_permission(ground.user, Permission.SEE_CASES):
        return None
    live = Case.objects.visible_to(ground.user).live()
    counts = dict(live.order_by().values_list("stage").annotate(Count("pk")))
    stages = [stage for stage in Stage if counts.get(stage.value)]
    parts, whole = protected_row([counts[stage.value] for stage in stages], thresholds())
    return Section(
        key="cases",
        heading="Cases, and support beside legal steps",
        paragraphs=[
            f"Open cases: {HIDDEN if whole is None else f'{whole:,}'}, as they stand on "
            f"{wording.day(ground.today)}. A case may stand in several rows of the second table."
        ],
        tables=[
            ReportTable(
                "Open cases by step",
                ("Step", "Cases"),
                [
                    (STAGES[stage].place, HIDDEN if number is None else f"{number:,}")
                    for stage, number in zip(stages, parts, strict=True)
                ],
            ),
            _support(live),
        ],
    )


def _support(live: QuerySet[Case]) -> ReportTable:
    """Support and legal steps, each of all open cases."""
    of_case = {"case": OuterRef("pk")}
    plans = SupportPlan.objects.filter(**of_case, state=PlanState.AGREED)
    offers = Offer.objects.filter(**of_case).exclude(answer=OfferAnswer.NOT_TAKEN_UP)
    whole = live.count()
    legal = live.filter(stage=Stage.ENFORCE)
    lines = {
        "With an agreed plan": live.filter(Exists(plans)),
        "With support offered": live.filter(Exists(offers)),
        "With a referral to another agency": live.filter(
            Exists(Referral.objects.filter(**of_case))
        ),
        "At the step of formal support": live.filter(stage=Stage.FORMALISE),
        "At the legal step": legal,
        "At the legal step, with an agreed plan": legal.filter(Exists(plans)),
    }
    rows = [
        (name, protected_count(found.count(), whole, thresholds())) for name, found in lines.items()
    ]
    return ReportTable("Support beside legal steps", ("Open cases", "Cases"), rows)


def meetings(ground: Ground, *, year: int, term: int) -> Section | None:
    """How many schools have had their targeting support meeting; None without the permission."""
    if not has_permission(ground.user, Permission.SEE_MEETINGS):
        return None
    found = board(ground.user, academic_year=year, term=term)
    cells = [cell for row in found.rows for cell in row.cells if cell.term == term]
    held = [cell for cell in cells if cell.has_decision_maker is not None]
    there = sum(bool(cell.has_decision_maker) for cell in held)
    return Section(
        key="meetings",
        heading="Targeting support meetings",
        paragraphs=[
            f"{found.coverage_words}.",
            *([f"A decision maker was at {there:,} of {len(held):,} held."] if held else []),
        ],
    )
