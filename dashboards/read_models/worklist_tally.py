"""How many flags stand, and how many wait for an answer, school by school.

For someone who sees everything these are counts over every open flag of the authority, so they are
kept until a run, an answer or a new day changes them: the page costs the same however many children
there are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db.models import Count, IntegerField, Max, Min, Q, QuerySet, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from attendance.models import Flag, FlagAnswer, NightlyRun
from attendance.querysets import FlagQuerySet
from attendance.read_models.calendar import ExpectedDays
from attendance.states import FLAG_ORDER, FLAGS, FlagKind
from cases.flags import long_unanswered, starting_stock, unanswered
from cases.models import Case, Contact, SupportPlan
from dashboards.read_models.rolls import own_enrolments
from dashboards.read_models.worklist_flags import list_of
from schools.scoping import access_of

if TYPE_CHECKING:
    from accounts.models import User

_KEPT_SECONDS = 24 * 3600


@dataclass
class SchoolTally:
    """One school: open flags by kind, how many nothing answers, how many have waited too long."""

    standing: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0
    long_unanswered: int = 0
    starting: Counter[str] = field(default_factory=Counter)  # of the first run, never answered
    waiting_since: date | None = None
    reasons_owed: int = 0  # sessions still coded N after more than 5 school days


@dataclass(frozen=True)
class KindCount:
    """How many flags of a kind stand, and the list of them."""

    kind: str
    count: int
    href: str
    sentence: str


Tallies = dict[int, SchoolTally]  # by URN


def own_flags(user: User, on: date) -> FlagQuerySet:
    """Open flags of the person's own enrolments; those who see everything need no list of them."""
    flags = Flag.objects.visible_to(user).open()
    if access_of(user).everything:
        return flags
    return flags.filter(enrolment__in=own_enrolments(user, on).values("pk"))


def tallies(user: User, *, on: date, days: ExpectedDays) -> Tallies:
    """URN to the counts of its open flags, schools without any left out."""
    if not access_of(user).everything:
        return _counted(own_flags(user, on), on, days)
    key = f"flag-tallies:3:{_state(on)}"
    kept: Tallies | None = cache.get(key)
    if kept is None:
        kept = _counted(own_flags(user, on), on, days)
        cache.set(key, kept, _KEPT_SECONDS)
    return kept


def _state(on: date) -> str:
    """What the counts depend on: the last run that finished, the day, the last answer, and the
    last change of what answers flags as well."""
    finished = NightlyRun.objects.filter(state=NightlyRun.State.FINISHED)
    run = finished.aggregate(last=Max("pk"))["last"]
    answer = FlagAnswer.objects.order_by().aggregate(last=Max("pk"))["last"]
    case = Case.objects.order_by().aggregate(last=Max("updated_at"), number=Count("pk"))
    plan = SupportPlan.objects.order_by().aggregate(last=Max("updated_at"), number=Count("pk"))
    contact = Contact.objects.order_by().aggregate(last=Max("pk"))["last"]
    casework = (*case.values(), *plan.values(), contact)
    return ":".join(map(str, (on.isoformat(), run, answer, *casework))).replace(" ", "T")


def _counted(flags: FlagQuerySet, on: date, days: ExpectedDays) -> Tallies:
    found: Tallies = defaultdict(SchoolTally)
    flags = flags.order_by()
    for urn, kind, number in flags.values_list("school_id", "kind").annotate(n=Count("pk")):
        found[urn].standing[kind] = number
    for urn, number in unanswered(flags, on=on).values_list("school_id").annotate(n=Count("pk")):
        found[urn].unanswered = number
    waiting = long_unanswered(flags, today=on, days=days).values_list("school_id")
    for urn, number, since in waiting.annotate(n=Count("pk"), since=Min("opened_on")):
        found[urn].long_unanswered, found[urn].waiting_since = number, since
    stock = starting_stock(flags).values_list("school_id", "kind")
    for urn, kind, number in stock.annotate(n=Count("pk")):
        found[urn].starting[kind] = number
    for urn, number in _reasons_owed(flags):
        found[urn].reasons_owed = number
    return dict(found)


def _reasons_owed(flags: QuerySet[Flag]) -> QuerySet[Flag, tuple[int, int]]:
    sessions = Cast(KeyTextTransform("n_overdue", "evidence"), IntegerField())
    owed = flags.filter(Q(kind=FlagKind.UNRESOLVED_N))
    return owed.values_list("school_id").annotate(n=Sum(sessions))


def total(found: Tallies, urns: Collection[int] | None = None) -> SchoolTally:
    """The counts of these schools together (None: of all)."""
    summed = SchoolTally()
    for tally in (row for urn, row in found.items() if urns is None or urn in urns):
        summed.standing += tally.standing
        summed.unanswered += tally.unanswered
        summed.long_unanswered += tally.long_unanswered
        summed.starting += tally.starting
        summed.reasons_owed += tally.reasons_owed
    return summed


def standing_counts(tally: SchoolTally) -> list[KindCount]:
    """Open flags by kind, each with the list it opens."""
    in_order = sorted(tally.standing.items(), key=lambda row: FLAG_ORDER[FlagKind(row[0])])
    return [
        KindCount(kind, number, list_of(flag=kind), FLAGS[FlagKind(kind)].sentence)
        for kind, number in in_order
        if number
    ]
