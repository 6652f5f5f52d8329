"""What is on record for one case, as the gates of the six steps ask for it.

Every fact of the child counts, also those that this or that reader may not open: a talk took place
whoever may read of it. So no line here gives anybody's words away, and a restricted note is
nothing but one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Max, Min, Prefetch

from attendance.models import SchoolYear
from attendance.read_models.calendar import ExpectedDays
from attendance.selectors import marks_due_until
from attendance_portal.shared.clock import LONDON
from cases.choices import (
    BARRIERS,
    CONTACT_KINDS,
    HOLDS,
    REACHED,
    REACHED_A_PARENT,
    REACHED_THE_CHILD,
    ContactKind,
    HoldKind,
    Reached,
)
from cases.models import Barrier, Case, Contact, Offer, PlanReview, SupportPlan, TimelineEntry
from cases.rules.graduated_response import (
    Attempt,
    Evidence,
    Item,
    Options,
    StandingHold,
    school_weeks_run,
)
from cases.rules.reviews import falls_due
from cases.selectors import standing_hold
from cases.states import OFFER_ANSWERS, Fact, OfferAnswer

RESTRICTED = "Restricted note"


def options_in_force() -> Options:
    """The lines that the settings hold."""
    return Options(**settings.GRADUATED_RESPONSE)


def counts_since(case: Case) -> date:
    """From when on what was done counts for a case: some weeks before it (last) opened."""
    return case.opened_on - timedelta(weeks=options_in_force().earlier_weeks)


def evidence_of(case: Case, *, on: date) -> Evidence:
    """What is on record for the case on a day. The same few queries, whatever it holds."""
    since = counts_since(case)
    days = ExpectedDays()
    contacts = _contacts(case, since, on)
    facts = _facts(case, since)
    plans = _plans(case, since)
    offers = list(Offer.objects.filter(case=case, offered_on__gte=since).order_by("offered_on"))
    standing = [plan for plan in plans if plan.state != SupportPlan.State.ENDED]
    agreed = [plan for plan in plans if plan.agreed_on is not None]
    return Evidence(
        child_talks=_talks(contacts, REACHED_THE_CHILD),
        parent_talks=_talks(contacts, REACHED_A_PARENT),
        attempts=_attempts(contacts),
        barriers=_barriers(case, since),
        has_plan=bool(standing),
        plans_agreed=tuple(_item(plan, _first_agreed(plan), "Support plan") for plan in agreed),
        plan_reviews=_reviews(agreed),
        plan_school_weeks=max((_weeks_run(plan, on, case, days) for plan in agreed), default=0),
        is_plan_review_due=any(_is_review_due(plan, case, on) for plan in standing),
        offers=tuple(_item(offer, offer.offered_on, offer.what) for offer in offers),
        offers_answered=tuple(_answered(offers)),
        consequences=(
            *_talks([one for one in contacts if one.consequences_explained], REACHED_A_PARENT),
            *_lines(facts, Fact.CONSEQUENCES_EXPLAINED),
        ),
        contracts=_lines(facts, Fact.CONTRACT_OFFERED),
        supervision_orders=_lines(facts, Fact.SUPERVISION_ORDER_CONSIDERED),
        formal_notes=_lines(facts, Fact.FORMAL_NOTES_WRITTEN),
        manager_agreements=_lines(facts, Fact.MANAGER_AGREED, since=case.stage_since),
        term_time_holidays=_lines(facts, Fact.TERM_TIME_HOLIDAY),
        hold=_hold(case),
        school_days_behind=_school_days_behind(case, on, days),
    )


def _is_review_due(plan: SupportPlan, case: Case, on: date) -> bool:
    due_on = falls_due(plan.next_review_on, paused_until=case.paused_until)
    return due_on is not None and due_on <= on


def _item(row: Contact | SupportPlan | Offer | Barrier | PlanReview, on: date, text: str) -> Item:
    return Item(on=on, text=text, kind=str(row._meta.model_name), ref=str(row.pk))


# Contacts.


def _contacts(case: Case, since: date, on: date) -> list[Contact]:
    """The child's, the oldest first; a talk from just before the case opened is one of them."""
    rows = Contact.objects.filter(pupil=case.pupil_id, at__date__gte=since, at__date__lte=on)
    return list(rows.order_by("at", "pk"))


def _day_of(contact: Contact) -> date:
    return contact.at.astimezone(LONDON).date()


def _text_of(contact: Contact) -> str:
    if contact.is_restricted:
        return RESTRICTED
    reached = Reached(contact.reached)
    whom = "the child and a parent" if reached == Reached.BOTH else REACHED[reached].lower()
    return f"{CONTACT_KINDS[ContactKind(contact.kind)]}, {whom}"


def _talks(contacts: Iterable[Contact], whom: Iterable[Reached]) -> tuple[Item, ...]:
    reached = set(whom)
    return tuple(
        _item(contact, _day_of(contact), _text_of(contact))
        for contact in contacts
        if contact.reached in reached
    )


def _attempts(contacts: Iterable[Contact]) -> tuple[Attempt, ...]:
    return tuple(
        Attempt(
            on=_day_of(contact),
            text=_text_of(contact),
            kind="contact",
            ref=str(contact.pk),
            is_visit=contact.kind == ContactKind.VISIT,
            says_why=bool(contact.said.strip()),
        )
        for contact in contacts
        if contact.reached == Reached.NO_ANSWER
    )


# Barriers, plans and offers.


def _barriers(case: Case, since: date) -> tuple[Item, ...]:
    """Named at all: one that has eased since was named too."""
    rows = Barrier.objects.filter(case=case, named_on__gte=since).order_by("named_on", "pk")
    return tuple(_item(row, row.named_on, BARRIERS[row.kind].label) for row in rows)


def _plans(case: Case, since: date) -> list[SupportPlan]:
    """The standing one, and those agreed since then, with their reviews."""
    reviews = Prefetch("reviews", PlanReview.objects.order_by("on", "pk"))
    plans = (
        SupportPlan.objects.filter(case=case)
        .annotate(first_version=Min("versions__at"))
        .prefetch_related(reviews)
        .order_by("started_on", "pk")
    )
    return [
        plan
        for plan in plans
        if plan.state != SupportPlan.State.ENDED
        or (plan.agreed_on is not None and plan.agreed_on >= since)
    ]


def _first_agreed(plan: SupportPlan) -> date:
    """Its day may move when it is agreed anew; the first version keeps the first one."""
    assert plan.agreed_on is not None  # noqa: S101 - only agreed plans are asked
    first = getattr(plan, "first_version", None)
    return min(plan.agreed_on, first.astimezone(LONDON).date()) if first else plan.agreed_on


def _reviews(plans: Iterable[SupportPlan]) -> tuple[Item, ...]:
    """Reviews on a later day than the plan was agreed: a look at what it did."""
    return tuple(
        _item(review, review.on, "Review of the plan")
        for plan in plans
        for review in plan.reviews.all()
        if review.on > _first_agreed(plan)
    )


def _weeks_run(plan: SupportPlan, on: date, case: Case, days: ExpectedDays) -> int:
    def is_school_day(day: date) -> bool:
        return days.is_school_day(day, case.school.meeting_days)

    return school_weeks_run(_first_agreed(plan), plan.ended_on or on, is_school_day)


def _answered(offers: Iterable[Offer]) -> Iterable[Item]:
    """Offers with an answer; one that was tried counts with its result."""
    for offer in offers:
        is_tried = offer.answer == OfferAnswer.TRIED
        if offer.answered_on is None or (is_tried and not offer.result.strip()):
            continue
        answer = OFFER_ANSWERS[OfferAnswer(offer.answer)].lower()
        yield _item(offer, offer.answered_on, f"{offer.what}: {answer}")


# What else is on the timeline.


def _facts(case: Case, since: date) -> list[TimelineEntry]:
    """Entries that say what a gate asks for; those of contacts are read from the contacts."""
    rows = TimelineEntry.objects.filter(case=case, at__date__gte=since).exclude(fact="")
    return list(rows.exclude(object_kind="contact").order_by("at", "pk"))


def _lines(
    facts: Iterable[TimelineEntry], fact: Fact, since: date | None = None
) -> tuple[Item, ...]:
    found = (entry for entry in facts if entry.fact == fact)
    items = (
        Item(
            on=entry.at.astimezone(LONDON).date(),
            text=RESTRICTED if entry.is_restricted else entry.title,
            kind="timelineentry",
            ref=str(entry.pk),
        )
        for entry in found
    )
    return tuple(item for item in items if since is None or item.on >= since)


def _hold(case: Case) -> StandingHold | None:
    hold = standing_hold(case.pupil)
    return StandingHold(HOLDS[HoldKind(hold.kind)], hold.review_on) if hold else None


def _school_days_behind(case: Case, on: date, days: ExpectedDays) -> int | None:
    years = SchoolYear.objects.filter(school=case.school_id, last_mark_on__lte=on)
    last = years.aggregate(last=Max("last_mark_on"))["last"]
    if last is None:
        return None
    return days.between(last, marks_due_until(on), case.school.meeting_days)
