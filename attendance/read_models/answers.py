"""How flags were answered: the answer of each flag, those due again, those nobody has answered."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from attendance.models import Flag, FlagAnswer, NightlyRun
from attendance.read_models.calendar import ExpectedDays
from attendance.rules.answers import UNANSWERED_SCHOOL_DAYS, still_answers
from attendance.states import NOT_ANSWERED, Tag, look_again
from schools.models import School


def answers_of(user: User, flags: Collection[int]) -> dict[int, FlagAnswer]:
    """Flag id to its latest answer, for the flags this person may see; one query."""
    if not flags:
        return {}
    rows = FlagAnswer.objects.visible_to(user).filter(flag__in=list(flags), is_latest=True)
    return {answer.flag_id: answer for answer in rows}


def answer_tag(answer: FlagAnswer | None, today: date) -> Tag:
    """'Not answered', or 'Look again 14 Nov' while the answer holds."""
    if answer is None or not still_answers(answer.look_again_on, today):
        return NOT_ANSWERED
    return look_again(answer.look_again_on)


def look_again_dates(user: User, *, today: date) -> QuerySet[FlagAnswer]:
    """Answers of open flags whose day to look again has come or comes by next week's Sunday."""
    next_sunday = today + timedelta(days=13 - today.weekday())
    return (
        FlagAnswer.objects.visible_to(user)
        .of_open_flags()
        .filter(look_again_on__lte=next_sunday)
        .select_related("flag__enrolment__pupil", "flag__school")
        .order_by("look_again_on", "flag__enrolment__pupil__folded_name", "pk")
    )


def first_run() -> NightlyRun | None:
    """The run that the portal began with; None before it has finished."""
    finished = NightlyRun.objects.filter(is_for_everyone=True, state=NightlyRun.State.FINISHED)
    return finished.order_by("pk").first()


def starting_stock(flags: QuerySet[Flag]) -> QuerySet[Flag]:
    """Those of these flags that the first run found and nobody has ever answered.

    They were never new on a morning: they are where the portal began, and no one's late answer.
    """
    first = first_run()
    if first is None:
        return flags.none()
    ever = FlagAnswer.objects.filter(flag=OuterRef("pk"))
    return flags.filter(~Exists(ever), opened_by_run=first)


def long_unanswered(
    flags: QuerySet[Flag],
    *,
    today: date,
    days: ExpectedDays,
    asks_again: Callable[[date], Q] | None = None,
) -> QuerySet[Flag]:
    """Those of these open flags that nobody has answered for 5 school days of their school.

    An answer that fell due starts the count again on its day to look again. The starting stock is
    left out: see `starting_stock`. `asks_again`: what else started the count after a day; the
    floors above know of more that answers a flag, and may have ended.
    """
    patterns = School.objects.order_by().values_list("meeting_days", flat=True).distinct()
    too_long = Q(pk__in=[])
    for pattern in patterns:
        since = days.before(today, UNANSWERED_SCHOOL_DAYS, pattern)
        waits_again = FlagAnswer.objects.filter(
            flag=OuterRef("pk"), is_latest=True, look_again_on__gt=since
        )
        waited = Q(~Exists(waits_again), school__meeting_days=pattern, opened_on__lte=since)
        too_long |= waited if asks_again is None else waited & ~asks_again(since)
    late = flags.filter(too_long)
    first = first_run()
    if first is None:
        return late
    ever = FlagAnswer.objects.filter(flag=OuterRef("pk"))
    is_news = Q(opened_by_run__isnull=True) | ~Q(opened_by_run=first)
    return late.filter(is_news | Exists(ever))
