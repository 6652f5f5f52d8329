"""The paper for people on the case: everything but restricted notes, overrides in full."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from accounts.roles import ROLE_CHOICES
from attendance_portal.shared import wording
from cases.choices import AGENCIES, CONTACT_KINDS, REACHED, Agency, ContactKind
from cases.choices import Reached as ReachedKind
from cases.models import Contact, Referral, StageOverride
from cases.states import OFFER_ANSWERS, STAGES, OfferAnswer, Stage
from dashboards.read_models.cases.case_page import DirectionLine
from dashboards.read_models.cases.case_paper import (
    CasePaper,
    Gathered,
    PaperSection,
    earlier_words,
    iso_day,
    restricted_words,
)
from dashboards.read_models.cases.gates import sentence

_ROLES: Final = dict(ROLE_CHOICES)


def people_paper(found: Gathered, *, contacts: int, lines: int) -> CasePaper:
    """The paper with so many of the latest contacts and lines."""
    case = found.case
    sections = [
        _identity(found),
        *_holds(found),
        *_overrides(found),
        *_ladder(found),
        *_closures(found),
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


def _identity(found: Gathered) -> PaperSection:
    case, page = found.case, found.page
    pupil = case.pupil
    facts = (
        ("Child", f"{pupil}, born {wording.day(pupil.date_of_birth)}"),
        ("Case", f"{page.caption}. {page.tag.label}"),
        ("Stage", f"{found.ladder.place}, since {wording.day(case.stage_since)}"),
        ("Aim", case.aim),
        *page.identity,
        ("Team", AGENCIES[Agency(case.team)]),
        *((f"Direction, {line.who.lower()}", _told(line)) for line in page.directions),
        ("What would let us step down", case.deescalation),
        ("Next review", wording.day_of_week(case.next_review_on) if case.next_review_on else ""),
        ("Opened from", _sentence(page.from_what, case.concern)),
        *((flag.label, flag.sentence) for flag in page.flags),
    )
    return PaperSection("The case", facts=_known(facts), paragraphs=tuple(page.notices))


def _known(facts: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((key, value) for key, value in facts if value)


def _told(line: DirectionLine) -> str:
    return f"{line.label}: {line.text}" if line.text else line.label


def _holds(found: Gathered) -> list[PaperSection]:
    hold = found.page.hold
    if hold is None:
        return []
    return [PaperSection("On hold", paragraphs=(hold.text, hold.reason))]


def _overrides(found: Gathered) -> list[PaperSection]:
    """In full, whatever was decided: they show on every page and pack (P6)."""
    return [
        PaperSection(f"Override {number}", facts=_override(row))
        for number, row in enumerate(found.overrides, start=1)
    ]


def _override(row: StageOverride) -> tuple[tuple[str, str], ...]:
    decided = f"{row.decided_by}, {wording.moment(row.decided_at)}" if row.decided_at else ""
    to = STAGES[Stage(row.to_stage)].label
    return _known(
        (
            ("Asked for", f"{row.asked_by}, {wording.moment(row.asked_at)}, to move to {to}"),
            ("Why", row.reason),
            ("What was missing", " ".join(sentence(one.get("text", "")) for one in row.missing)),
            ("Decision", StageOverride.Decision(row.decision).label),
            ("Decided by", decided),
            ("Why so", row.decision_reason),
        )
    )


def _ladder(found: Gathered) -> list[PaperSection]:
    """The six steps as the page shows them, then each step that was taken, with its reason."""
    rows = tuple(
        (f"{step.facts.stage.value} {step.facts.label}", step.state, step.dates, step.why)
        for step in found.ladder.steps
    )
    taken = tuple(
        (
            wording.day(step.on),
            STAGES[Stage(step.to_stage)].label,
            step.reason,
            _ROLES.get(step.by_role, ""),
        )
        for step in found.steps
    )
    return [
        PaperSection("The six steps", columns=("Step", "How it stands", "When", "Note"), rows=rows),
        PaperSection("Steps taken", columns=("On", "To", "Why", "By"), rows=taken, empty="None."),
    ]


def _closures(found: Gathered) -> list[PaperSection]:
    rows = tuple(
        (one.dates, one.outcome, one.what_helped, one.reopened) for one in found.page.closures
    )
    columns = ("Open", "How it ended", "What helped", "Opened again")
    return [PaperSection("Closed before", columns=columns, rows=rows)] if rows else []


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
    rows = tuple(
        (
            action.text,
            str(action.owner) if action.owner else action.owner_name,
            AGENCIES[Agency(action.agency)],
            wording.day(action.due_on),
        )
        for action in found.actions
    )
    return PaperSection(
        "Open actions",
        columns=("What", "Who", "Agency", "Due"),
        rows=rows,
        empty="Nothing is promised and open.",
    )


def _help(found: Gathered) -> PaperSection:
    rows = [
        (
            offer.what,
            AGENCIES[Agency(offer.agency)],
            wording.day(offer.offered_on),
            _sentence(OFFER_ANSWERS[OfferAnswer(offer.answer)], offer.result),
        )
        for offer in found.offers
    ]
    rows += [
        (
            f"Referral: {row.service}",
            AGENCIES[Agency(row.to_agency)],
            wording.day(row.sent_on),
            _sentence(Referral.State(row.state).label, row.outcome or row.decline_reason),
        )
        for row in found.referrals
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
