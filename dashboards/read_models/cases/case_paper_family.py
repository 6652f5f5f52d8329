"""The paper for the family: what we wrote down about the child, without third parties' names, our
own words for our own work, and what staff wrote for staff."""

from __future__ import annotations

from typing import Any, Final

from attendance_portal.shared import wording
from attendance_portal.shared.banned_words import words_not_for_families
from cases.choices import AGENCIES, CONTACT_KINDS, REACHED, Agency, ContactKind, Reached
from cases.models import Contact
from cases.rules.family_words import hard_things
from cases.states import OFFER_ANSWERS, EntryKind, OfferAnswer
from dashboards.read_models.cases.case_paper import (
    CasePaper,
    Gathered,
    PaperSection,
    earlier_words,
    iso_day,
    restricted_words,
)
from dashboards.read_models.cases.timeline import CaseworkEntry

#: What a family was part of or was told: the rest of the timeline is our own work.
OF_THE_FAMILY: Final = frozenset(
    {
        EntryKind.CONTACT,
        EntryKind.PLAN,
        EntryKind.ACTION,
        EntryKind.OFFER,
        EntryKind.REFERRAL,
        EntryKind.CONSENT,
        EntryKind.LETTER,
        EntryKind.MEETING,
    }
)


def family_paper(found: Gathered, *, contacts: int, lines: int) -> CasePaper:
    """The paper with so many of the latest contacts and lines."""
    told = [line for line in found.lines if _is_for_families(line)]
    name = found.case.pupil.forename
    own = len(found.lines) - len(told)
    left_out = (
        f"{wording.counted(own, 'line')} about our own work left out." if own else "",
        earlier_words(len(found.contacts) - contacts, len(told) - lines),
    )
    return CasePaper(
        title=f"What we wrote down about {name}",
        intro=f"For {name} and the people who look after {name}.",
        sections=(
            _who(found),
            *_plan(found.plan, name),
            _promises(found),
            _offers(found),
            _contacts(found.contacts[:contacts]),
            _timeline(told[:lines]),
        ),
        left_out=tuple(words for words in left_out if words),
        to_know=_to_know(found, name),
    )


def _to_know(found: Gathered, name: str) -> tuple[str, ...]:
    """What whoever hands it over must know, and the paper does not say: it could harm a child."""
    talks = sum(1 for row in found.contacts if row.child_words)
    said = wording.counted(talks, "talk")
    kept = f"What {name} said in {said} is not printed. {name}'s view in the plan is."
    words = (restricted_words(found.restricted), kept if talks else "")
    return tuple(one for one in words if one)


def _is_for_families(line: CaseworkEntry) -> bool:
    return line.kind in OF_THE_FAMILY and not words_not_for_families(line.title)


def _who(found: Gathered) -> PaperSection:
    case = found.case
    review = wording.long_day(case.next_review_on) if case.next_review_on else ""
    facts = (
        ("Name", str(case.pupil)),
        ("School", case.school.name),
        ("What you hope for", case.aim),
        ("When we look at it again", review),
    )
    return PaperSection(
        f"About {case.pupil.forename}",
        facts=tuple((key, value) for key, value in facts if value),
    )


def _plan(plan: dict[str, Any] | None, name: str) -> list[PaperSection]:
    if plan is None:
        return []
    hard = wording.listed(hard_things([one["kind"] for one in plan["barriers"]]) or [""])
    at_school = "; ".join(one["text"] for one in plan["adjustments"])
    facts = (
        (f"What {name} told us", plan["child_view"]),
        ("What you told us", plan["family_view"]),
        ("What goes well", plan["strengths"]),
        ("What makes it hard", hard),
        (f"What {name} will try", plan["child_will_try"]),
        ("What school does", at_school),
        ("Agreed on", iso_day(plan["agreed_on"])),
        ("When we meet next", iso_day(plan["next_review_on"])),
    )
    known = tuple((key, value) for key, value in facts if value)
    return [PaperSection("Our plan", facts=known, empty="Nothing is written yet.")]


def _promises(found: Gathered) -> PaperSection:
    rows = tuple(
        (action.text, AGENCIES[Agency(action.agency)], wording.day(action.due_on))
        for action in found.actions
        if action.on_family_copy
    )
    return PaperSection(
        "What we will do",
        columns=("What", "Who", "By when"),
        rows=rows,
        empty="We are still working this out with you.",
    )


def _offers(found: Gathered) -> PaperSection:
    rows = tuple(
        (
            offer.what,
            AGENCIES[Agency(offer.agency)],
            wording.day(offer.offered_on),
            OFFER_ANSWERS[OfferAnswer(offer.answer)],
        )
        for offer in found.offers
    )
    return PaperSection(
        "Help we offered",
        columns=("What", "Who", "When", "Answer"),
        rows=rows,
        empty="We have not offered help yet.",
    )


def _contacts(contacts: list[Contact]) -> PaperSection:
    """When we were in touch and what the family said. Our own notes are left out, and so is what
    the child said: a child who spoke in confidence is not quoted to those at home."""
    rows = tuple(
        (
            wording.moment(row.at),
            f"{CONTACT_KINDS[ContactKind(row.kind)]}: {REACHED[Reached(row.reached)].lower()}",
            AGENCIES[Agency(row.agency)],
            f"“{row.family_words}”" if row.family_words else "",
        )
        for row in contacts
    )
    return PaperSection(
        "When we were in touch",
        columns=("When", "What, and who we reached", "Who", "In your own words"),
        rows=rows,
        empty="Nothing is printed here.",
    )


def _timeline(lines: list[CaseworkEntry]) -> PaperSection:
    return PaperSection(
        "What happened",
        columns=("When", "What"),
        rows=tuple((line.when, line.title) for line in lines),
        empty="Nothing is printed here.",
    )
