"""The access log and the audit trail, as the administrator reads them.

No name, UPN or other fact of a child is shown: a record is called by the first figures of its
public id, so that readings of the same child can be told apart from those of another. The two
questions below that ask of pupils answer with such an id or with a number of records only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from accounts.models import AccessLogEntry, AuditEvent, ChainCheckRecord, User
from accounts.roles import ROLES, Role
from accounts.rules.readings import (
    Busy,
    Hours,
    Reading,
    busiest_hour,
    outside_hours,
    with_own_surname,
)
from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from schools.models import Pupil
from schools.rules.names import fold_text

#: What a page is called in the log. A page that is not here is called by its own name.
PAGES: Final = {
    "pupil": "Record",
    "pupil_attendance": "Attendance of the record",
    "pupil_timeline": "Timeline of the record",
    "pupil_family": "Family and contacts",
    "pupil_viewed": "Who viewed the record",
    "flag_why": "Why this flag",
    "flag_answer": "Answer to a flag",
    "plan_family": "Family copy of the plan",
    "plan_family_pdf": "Family copy of the plan, taken out",
    "case_print": "Paper about the case",
    "case_pdf": "Paper about the case, taken out",
    "register_review": "Review of a register",
    "register_batch": "Receipt of a register",
    "access_log": "Access log",
    "access_log_file": "File for a subject access request",
    "audit": "Audit trail",
    "export_file": "Exports",
    "search": "Search",
}
_KINDS: Final = {
    "access_log": "Looked at the access log",
    "audit": "Looked at the audit trail",
    "periods": "Took out the file of periods",
    "checks": "Took out the file of checks",
    "dashboard": "Took out the file of sums",
    "published": "Took out the borough in the published shape",
    "published_schools": "Took out the schools in the published shape",
}
LOOK_UPS: Final = frozenset({"access_log", "access_log_file"})


@dataclass(frozen=True)
class LogRow:
    """One line of the access log."""

    at: str
    who: str
    who_href: str
    roles: str
    what: str
    what_href: str
    page: str


@dataclass(frozen=True)
class Pattern:
    """Something worth a look, in words, and the readings behind it."""

    text: str
    href: str


@dataclass(frozen=True)
class AuditRow:
    """One deed: who did what to what, what was so before and after, and its place in the chain."""

    at: str
    who: str
    verb: str
    object: str
    before: list[tuple[str, str]]
    after: list[tuple[str, str]]
    entry: str
    hash: str


@dataclass(frozen=True)
class ChainState:
    """What the last check of the audit chain found."""

    text: str
    problem: str = ""
    entry_href: str = ""


def record_of(upn: str) -> UUID | None:
    """The public id of the child who has or had this UPN. The one way from a UPN into the log."""
    number = upn.strip().upper()
    found = Pupil.objects.filter(Q(upn=number) | Q(former_upns__upn=number)).order_by("pk")
    return found.values_list("public_id", flat=True).first() if number else None


def short_record(record: str) -> str:
    """'record 1a2b3c4d'."""
    return f"record {record[:8]}"


def log_rows(entries: Iterable[AccessLogEntry]) -> list[LogRow]:
    """The lines of one page of the access log."""
    return [_log_row(entry) for entry in entries]


def _log_row(entry: AccessLogEntry) -> LogRow:
    is_record = entry.subject_kind == "pupil"
    log = reverse("access_log")
    return LogRow(
        at=wording.moment(entry.at),
        who=str(entry.user),
        who_href=reverse("person", args=[entry.user_id]),
        roles=roles_in_words(entry.roles),
        what=what(entry),
        what_href=f"{log}?pupil={entry.subject_ref}" if is_record else "",
        page=page_in_words(entry.page),
    )


def roles_in_words(roles: str) -> str:
    """The roles held at that moment."""
    known = set(Role)
    held = [ROLES[Role(one)].label for one in roles.split() if one in known]
    return wording.listed(held) if held else "None"


def what(entry: AccessLogEntry) -> str:
    """What was read or taken out, without a fact of a child."""
    if entry.subject_kind.startswith(("table_", "chart_")):
        return f"Took out the {_plain(entry.subject_kind)}"
    if entry.subject_kind != "pupil":
        return _KINDS.get(entry.subject_kind, entry.subject_kind.replace("_", " "))
    if entry.page in LOOK_UPS:
        return f"Looked up who opened {short_record(entry.subject_ref)}"
    return f"Opened {short_record(entry.subject_ref)}"


def page_in_words(page: str) -> str:
    """What the page is called."""
    return PAGES.get(page, _plain(page).capitalize())


def _plain(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")


def patterns(*, at: datetime) -> list[Pattern]:
    """What is worth a look in the readings of the last days, by reader."""
    since = at - timedelta(days=settings.ACCESS_LOG_DAYS)
    found: list[Pattern] = []
    for user, readings in _readings_by_person(since):
        found += _patterns_of(user, readings, since)
    return found


def _readings_by_person(since: datetime) -> Iterator[tuple[User, list[Reading]]]:
    entries = AccessLogEntry.objects.filter(at__gte=since, subject_kind="pupil", action="view")
    rows = list(
        entries.exclude(page__in=LOOK_UPS)
        .order_by("user_id", "at", "pk")
        .values_list("user_id", "at", "subject_ref")
    )
    surnames = _surnames({ref for *_, ref in rows})
    people = User.objects.in_bulk({pk for pk, *_ in rows})
    for pk, group in groupby(rows, key=lambda row: row[0]):
        yield (
            people[pk],
            [Reading(at.astimezone(LONDON), ref, surnames.get(ref, "")) for _, at, ref in group],
        )


def _surnames(records: set[str]) -> dict[str, str]:
    """The folded surname of each child, for comparing with the reader's and nothing else."""
    pupils = Pupil.objects.filter(public_id__in=records).values_list("public_id", "surname")
    return {str(record): fold_text(surname) for record, surname in pupils}


def _patterns_of(user: User, readings: list[Reading], since: datetime) -> list[Pattern]:
    hours = Hours(*settings.ACCESS_LOG_HOURS)
    words = []
    busy = busiest_hour(readings)
    if busy is not None and busy.records >= settings.ACCESS_LOG_MANY_RECORDS:
        words.append(_busy_in_words(busy))
    own = with_own_surname(readings, fold_text(user.name.split()[-1]) if user.name else "")
    if own:
        words.append(f"{wording.counted(own, 'record')} with the reader's own surname")
    outside = outside_hours(readings, hours)
    if outside:
        words.append(
            f"{wording.counted(outside, 'reading')} before {_hour(hours.first)}, after "
            f"{_hour(hours.last)} or at a weekend"
        )
    day = since.astimezone(LONDON).date()
    href = f"{reverse('access_log')}?person={user.pk}&since={day.isoformat()}"
    return [Pattern(f"{user}: {text}", href) for text in words]


def _busy_in_words(busy: Busy) -> str:
    return f"{busy.records:,} records in the hour from {wording.moment(busy.since)}"


def _hour(hour: int) -> str:
    return f"{hour % 12 or 12}{'am' if hour < 12 else 'pm'}"


def audit_rows(events: Iterable[AuditEvent]) -> list[AuditRow]:
    """The lines of one page of the audit trail."""
    return [
        AuditRow(
            at=wording.moment(event.at),
            who=event.actor_label,
            verb=_words(event.verb),
            object=f"{_words(event.object_kind)} {event.object_ref}".strip(),
            before=_facts(event.before),
            after=_facts(event.after),
            entry=f"{event.sequence:,}" if event.sequence else "Not sealed yet",
            hash=event.hash,
        )
        for event in events
    ]


def _words(name: str) -> str:
    return name.replace("_", " ").replace(".", " ").capitalize()


def _facts(facts: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    return [(_words(key), _value(value)) for key, value in (facts or {}).items()]


def _value(value: Any) -> str:
    if value is None or value in ("", {}, []):
        return "nothing"
    if isinstance(value, dict):
        return ", ".join(f"{_words(key)} {_value(one)}" for key, one in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def chain_state(check: ChainCheckRecord | None) -> ChainState:
    """'Unbroken to entry 1,204,331, checked 4:15am', or the first entry that does not hold."""
    if check is None:
        return ChainState(
            "The chain has not been checked yet. It is checked every night at 4:15am."
        )
    when = wording.moment(check.at)
    if check.broken_at is None:
        return ChainState(f"Unbroken to entry {check.sealed:,}, checked {when}.")
    return ChainState(
        f"Broken at entry {check.broken_at:,}, checked {when}.",
        problem=f"Entry {check.broken_at:,} does not hold: {check.problem}.",
        entry_href=f"{reverse('audit')}?entry={check.broken_at}",
    )
