"""Who sees what, as the privacy page says it: read from the one table of roles. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.roles import ROLES, Permission, RoleFacts


@dataclass(frozen=True)
class RoleLine:
    """A role, and which parts of a child's record it may see."""

    label: str
    who: str
    records: str
    sensitive: bool
    contacts: bool


def roles_in_words() -> list[RoleLine]:
    """Every role, in the order of the table."""
    return [
        RoleLine(
            label=facts.label,
            who=facts.description,
            records=_records(facts),
            sensitive=Permission.SEE_SENSITIVE in facts.permissions,
            contacts=Permission.SEE_CONTACTS in facts.permissions,
        )
        for facts in ROLES.values()
    ]


def _records(facts: RoleFacts) -> str:
    if not facts.sees_pupils or Permission.SEE_PUPILS not in facts.permissions:
        return "None"
    if facts.whole_la_by_default:
        return "Those of the whole area, or of the schools given"
    return "Those of the schools or children given"
