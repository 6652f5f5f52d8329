"""The paper for people on the case: everything but restricted notes, overrides in full."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from accounts.roles import ROLE_CHOICES
from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from cases.choices import AGENCIES, CONTACT_KINDS, HOLDS, REACHED, Agency, ContactKind, HoldKind
from cases.choices import Reached as ReachedKind
from cases.models import Action, Case, Contact, Hold, Offer, Referral, StageChange, StageOverride
from cases.states import (
    DIRECTIONS,
    OFFER_ANSWERS,
    STAGES,
    STEP_LABELS,
    TRACKS,
    Direction,
    OfferAnswer,
    Stage,
    StepState,
    Track,
    case_tag,
)
from dashboards.read_models.cases.case_paper import (
    CasePaper,
    Gathered,
    PaperSection,
    earlier_words,
    iso_day,
    restricted_words,
)

_ROLES: Final = dict(ROLE_CHOICES)


def people_paper(found: Gathered, *, contacts: int, lines: int) -> CasePaper:
    """The paper with so many of the latest contacts and lines."""
    case = found.case
    sections = [
        _identity(case),
        *_holds(found),
        *_overrides(found),
        _ladder(found),
        *_plan(found.plan),
        _actions(found),
        _help(found),
        _contacts(found.contacts[:contacts]),
        _timeline(found, lines),
    ]
    left_out = (
        restricted_words(found.restricted),
        earlier_words(len(found.contacts) - contacts, len(found.lines) - lines),
    )
    return CasePaper(
        title=f"Case summary {case.reference}: {case.pupil}",
        intro="For people on the case. Keep it as safe as the record itself.",
        sections=tuple(sections),
        left_out=tuple(words for words in left_out if words),
    )


def _identity(case: Case) -> PaperSection:
    pupil = case.pupil
    tag = case_tag(case.status, case.paused_until)
    facts = (
        ("Child", f"{pupil}, born {wording.day(pupil.date_of_birth)}"),
        ("School", case.school.name),
        ("Case", f"{case.reference}, {tag.label.lower()}, opened {wording.day(case.opened_on)}"),
        ("Stage", f"{STAGES[Stage(case.stage)].place}, since {wording.day(case.stage_since)}"),
        ("Aim", case.aim),
        ("Lead worker", str(case.lead) if case.lead else "Nobody yet"),
        ("Lead practitioner", str(case.lead_practitioner) if case.lead_practitioner else ""),
        ("Trusted adult", case.trusted_adult),
        ("Preferred way to be in touch", case.preferred_contact),
        ("Team", AGENCIES[Agency(case.team)]),
        ("Track", TRACKS[Track(case.track)].label),
        ("Direction, as the worker sees it", _direction(case)),
        ("What would let us step down", case.deescalation),
        ("Next review", wording.day_of_week(case.next_review_on) if case.next_review_on else ""),
    )
    return PaperSection("The case", facts=_known(facts))


def _known(facts: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((key, value) for key, value in facts if value)


def _direction(case: Case) -> str:
    label = DIRECTIONS[Direction(case.worker_direction)]
    return f"{label}: {case.worker_direction_why}" if case.worker_direction_why else label


def _holds(found: Gathered) -> list[PaperSection]:
    standing = Hold.objects.visible_to(found.user).filter(
        pupil=found.case.pupil, ended_at__isnull=True
    )
    return [
        PaperSection(
            "On hold: nothing steps up and nothing is sent",
            facts=(
                ("Why", f"{HOLDS[HoldKind(hold.kind)]}. {hold.reason}"),
                ("Review", wording.day_of_week(hold.review_on)),
            ),
        )
        for hold in standing
    ]


def _overrides(found: Gathered) -> list[PaperSection]:
    """In full: they show on every page and pack (P6)."""
    rows = StageOverride.objects.visible_to(found.user).filter(case=found.case)
    return [
        PaperSection(f"Override {number}", facts=_override(row))
        for number, row in enumerate(
            rows.select_related("asked_by", "decided_by").order_by("pk"), start=1
        )
    ]


def _override(row: StageOverride) -> tuple[tuple[str, str], ...]:
    asked = wording.day(row.asked_at.astimezone(LONDON).date())
    decided = ""
    if row.decided_at:
        decided = f"{row.decided_by}, {wording.day(row.decided_at.astimezone(LONDON).date())}"
    return _known(
        (
            ("Asked", f"{row.asked_by}, {asked}, to move to {STAGES[Stage(row.to_stage)].label}"),
            ("Why", row.reason),
            ("What was missing", "; ".join(str(gate.get("text", "")) for gate in row.missing)),
            ("Decision", StageOverride.Decision(row.decision).label),
            ("Decided by", decided),
            ("Why so", row.decision_reason),
        )
    )


def _ladder(found: Gathered) -> PaperSection:
    steps = StageChange.objects.visible_to(found.user).filter(case=found.case).order_by("pk")
    last = {step.to_stage: step for step in steps}
    rows = []
    for stage, facts in STAGES.items():
        step = last.get(stage.value)
        rows.append(
            (
                f"{stage.value} {facts.label}",
                STEP_LABELS[_state(stage, found.case, is_reached=step is not None)],
                wording.day(step.on) if step else "",
                step.reason if step else "",
            )
        )
    return PaperSection(
        "The six steps", columns=("Step", "How it stands", "Since", "Reason"), rows=tuple(rows)
    )


def _state(stage: Stage, case: Case, *, is_reached: bool) -> StepState:
    if stage == case.stage:
        return StepState.NOW
    is_done = stage == Stage.EXPECT or is_reached
    return StepState.DONE if is_done and stage < case.stage else StepState.NOT_REACHED


def _plan(plan: dict[str, Any] | None) -> list[PaperSection]:
    if plan is None:
        return [PaperSection("Support plan", empty="There is no plan yet.")]
    barriers = "; ".join(
        f"{one['label']} ({one['domain_label'].lower()})" for one in plan["barriers"]
    )
    steps = "; ".join(
        one["text"] + (f" (reached {iso_day(one['reached_on'])})" if one["reached_on"] else "")
        for one in plan["small_steps"]
    )
    adjustments = "; ".join(one["text"] for one in plan["adjustments"])
    agreed = "; ".join(f"{one['name']} ({one['agency_label']})" for one in plan["parties"])
    facts = (
        ("What the child says", plan["child_view"] or plan["no_child_view"]),
        ("What the family says", plan["family_view"] or plan["no_family_view"]),
        ("Strengths", plan["strengths"]),
        ("What makes it hard", barriers),
        ("Small steps", steps),
        ("What the child will try", plan["child_will_try"]),
        ("At school", adjustments),
        ("Agreed by", agreed),
        ("Agreed on", iso_day(plan["agreed_on"]) or "Not agreed yet"),
        ("Next review", iso_day(plan["next_review_on"])),
    )
    goals = tuple(
        (one["text"], one["baseline"], one["target"], iso_day(one["target_on"]))
        for one in plan["goals"]
    )
    shown = [PaperSection("Support plan", facts=_known(facts))]
    if goals:
        columns = ("What we hope for", "Where it starts", "Where it should get to", "By")
        shown.append(PaperSection("Goals", columns=columns, rows=goals))
    return shown


def _actions(found: Gathered) -> PaperSection:
    open_ones = Action.objects.visible_to(found.user).open().filter(case=found.case)
    rows = tuple(
        (
            action.text,
            str(action.owner) if action.owner else action.owner_name,
            AGENCIES[Agency(action.agency)],
            wording.day(action.due_on),
        )
        for action in open_ones.select_related("owner").order_by("due_on", "pk")
    )
    return PaperSection(
        "Open actions",
        columns=("What", "Who", "Agency", "Due"),
        rows=rows,
        empty="Nothing is promised and open.",
    )


def _help(found: Gathered) -> PaperSection:
    offers = Offer.objects.visible_to(found.user).filter(case=found.case)
    rows = [
        (
            offer.what,
            AGENCIES[Agency(offer.agency)],
            wording.day(offer.offered_on),
            _sentence(OFFER_ANSWERS[OfferAnswer(offer.answer)], offer.result),
        )
        for offer in offers
    ]
    referrals = Referral.objects.visible_to(found.user).filter(case=found.case)
    rows += [
        (
            f"Referral: {row.service}",
            AGENCIES[Agency(row.to_agency)],
            wording.day(row.sent_on),
            _sentence(Referral.State(row.state).label, row.outcome or row.decline_reason),
        )
        for row in referrals
    ]
    return PaperSection(
        "Support offered and asked for",
        columns=("What", "By", "On", "What became of it"),
        rows=tuple(rows),
        empty="No support has been offered yet.",
    )


def _sentence(*parts: str) -> str:
    return ". ".join(part.rstrip(".") for part in parts if part)


def _contacts(contacts: list[Contact]) -> PaperSection:
    rows = tuple(
        (
            wording.moment(row.at),
            f"{CONTACT_KINDS[ContactKind(row.kind)]}: {REACHED[ReachedKind(row.reached)].lower()}",
            _ROLES.get(row.by_role, row.by_role),
            _words(row),
        )
        for row in contacts
    )
    return PaperSection(
        "Contacts, latest first",
        columns=("When", "What, and who was reached", "By", "What was said"),
        rows=rows,
        empty="No contact is printed here.",
    )


def _words(row: Contact) -> str:
    said = [row.said]
    if row.child_words:
        said.append(f"The child: “{row.child_words}”")
    if row.family_words:
        said.append(f"The family: “{row.family_words}”")
    return "\n".join(part for part in said if part)


def _timeline(found: Gathered, lines: int) -> PaperSection:
    rows = tuple((line.when, line.label, line.title, line.who) for line in found.lines[:lines])
    return PaperSection(
        "Timeline, latest first",
        columns=("When", "About", "What happened", "By"),
        rows=rows,
        empty="No line is printed here.",
    )
