"""The one table of roles and permissions. Pages, the API, docs and tests read it.

A role says what a person may do; *for which children* is decided by `schools.scoping` from the
person's memberships and grants.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """One thing a person may do. The value is stable; the text explains it to people."""

    SEE_WORKLIST = "see_worklist"
    SEE_PUPILS = "see_pupils"
    SEE_SENSITIVE = "see_sensitive"
    SEE_CONTACTS = "see_contacts"
    SEE_VIEWINGS = "see_viewings"
    SEARCH = "search"
    SEE_BOROUGH = "see_borough"
    SEE_SCHOOLS = "see_schools"
    SEE_FEEDS = "see_feeds"
    ANSWER_FLAGS = "answer_flags"
    UPLOAD_REGISTERS = "upload_registers"
    CONFIRM_ENROLMENTS = "confirm_enrolments"
    EXPORT = "export"
    SEE_PEOPLE = "see_people"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_TEAM = "manage_team"
    SEE_ACCESS_LOG = "see_access_log"


DESCRIPTIONS: dict[Permission, str] = {
    Permission.SEE_WORKLIST: "See what changed since yesterday for the schools in scope",
    Permission.SEE_PUPILS: "Open the records of the pupils in scope",
    Permission.SEE_SENSITIVE: "See ethnicity, SEN, free meals and social care of those pupils",
    Permission.SEE_CONTACTS: "See how to reach the parents of those pupils, and in which language",
    Permission.SEE_VIEWINGS: "See who has looked at the record of those pupils",
    Permission.SEARCH: "Search for a pupil or school by name or number",
    Permission.SEE_BOROUGH: "See the figures of the borough",
    Permission.SEE_SCHOOLS: "See the figures and registers of the schools in scope",
    Permission.SEE_FEEDS: "See whether the registers of the schools in scope are coming in",
    Permission.ANSWER_FLAGS: "Say how a flag of those pupils is answered",
    Permission.UPLOAD_REGISTERS: "Upload registers for the schools in scope",
    Permission.CONFIRM_ENROLMENTS: "Confirm that a child has moved to the school that says so",
    Permission.EXPORT: "Take figures out as files",
    Permission.SEE_PEOPLE: "See who has access, for which schools and until when",
    Permission.MANAGE_PEOPLE: "Give and end other people's access",
    Permission.MANAGE_TEAM: "Give and end access of officers and school leads, within own schools",
    Permission.SEE_ACCESS_LOG: "See who looked at which child's record",
}


class Role(StrEnum):
    """The seven roles of the portal."""

    ATTENDANCE_OFFICER = "attendance_officer"
    TEAM_MANAGER = "team_manager"
    SCHOOL_LEAD = "school_lead"
    EARLY_HELP_WORKER = "early_help_worker"
    PANEL_MEMBER = "panel_member"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class RoleFacts:
    """What a role is called, what it may do, and whether its memberships show pupils at all."""

    label: str
    description: str
    permissions: frozenset[Permission]
    sees_pupils: bool = True
    whole_la_by_default: bool = False


_CASEWORK = frozenset(
    {
        Permission.SEE_WORKLIST,
        Permission.SEE_PUPILS,
        Permission.SEE_SENSITIVE,
        Permission.SEE_CONTACTS,
        Permission.SEE_VIEWINGS,
        Permission.SEE_SCHOOLS,
        Permission.SEE_FEEDS,
        Permission.SEARCH,
        Permission.ANSWER_FLAGS,
    }
)
_LA = _CASEWORK | {Permission.SEE_BOROUGH, Permission.CONFIRM_ENROLMENTS}

ROLES: dict[Role, RoleFacts] = {
    Role.ATTENDANCE_OFFICER: RoleFacts(
        "Attendance officer",
        "LA officer with a patch of schools",
        _LA | {Permission.UPLOAD_REGISTERS, Permission.EXPORT},
        whole_la_by_default=True,
    ),
    Role.TEAM_MANAGER: RoleFacts(
        "Attendance team manager",
        "Leads the LA's attendance support team",
        _LA
        | {
            Permission.UPLOAD_REGISTERS,
            Permission.EXPORT,
            Permission.SEE_PEOPLE,
            Permission.MANAGE_TEAM,
        },
        whole_la_by_default=True,
    ),
    Role.SCHOOL_LEAD: RoleFacts(
        "School lead",
        "Senior attendance champion of a school or trust",
        _CASEWORK | {Permission.UPLOAD_REGISTERS, Permission.EXPORT},
    ),
    Role.EARLY_HELP_WORKER: RoleFacts(
        "Early help worker",
        "Works with the families assigned to them, and no others",
        frozenset({Permission.SEE_PUPILS, Permission.SEE_CONTACTS, Permission.SEARCH}),
    ),
    Role.PANEL_MEMBER: RoleFacts(
        "Panel member",
        "Reads the pupils on the agenda of a panel they sit on",
        frozenset({Permission.SEE_PUPILS}),
    ),
    Role.ANALYST: RoleFacts(
        "Data analyst",
        "Reproduces and exports the figures",
        frozenset(
            {
                Permission.SEE_PUPILS,
                Permission.SEE_SENSITIVE,
                Permission.SEARCH,
                Permission.SEE_BOROUGH,
                Permission.SEE_SCHOOLS,
                Permission.SEE_FEEDS,
                Permission.EXPORT,
                Permission.UPLOAD_REGISTERS,
            }
        ),
        whole_la_by_default=True,
    ),
    Role.ADMINISTRATOR: RoleFacts(
        "Administrator",
        "Gives and takes access; sees people and logs, no pupils",
        frozenset(
            {
                Permission.SEE_PEOPLE,
                Permission.MANAGE_PEOPLE,
                Permission.SEE_ACCESS_LOG,
                Permission.SEE_FEEDS,
            }
        ),
        sees_pupils=False,
    ),
}

#: The roles that a team manager may give and end (`MANAGE_TEAM`): those of the people whose daily
#: work the manager leads. Managers, analysts, panel members and administrators are given their
#: access by an administrator, so that nobody raises a colleague to their own level.
TEAM_ROLES: frozenset[Role] = frozenset({Role.ATTENDANCE_OFFICER, Role.SCHOOL_LEAD})

#: Roles that never go without a last day: they come from outside the council and its schools.
ROLES_WITH_AN_END: frozenset[Role] = frozenset({Role.PANEL_MEMBER})

#: What the token of a school system may do over REST, and how it is said to people.
API_SCOPES: dict[str, str] = {
    "registers:write": "Send marks",
    "pupils:write": "Send pupils and enrolments",
    "attendance:read": "Read absence figures and flags",
    "cases:read": "Read cases",
    "cases:write": "Add contacts and actions to cases",
}

#: The role of the machine user behind an API client: it may do nothing on pages; its token's
#: scopes say what it may do over REST.
MACHINE_ROLE = "machine"

ROLE_CHOICES = [(role.value, facts.label) for role, facts in ROLES.items()] + [
    (MACHINE_ROLE, "School system")
]


def permissions_of_roles(roles: Iterable[str]) -> frozenset[Permission]:
    """All that any of these roles allows; a role that is not a person's allows nothing."""
    known = {role.value for role in Role}
    return frozenset(
        permission
        for role in roles
        if role in known
        for permission in ROLES[Role(role)].permissions
    )


def permission_table() -> str:
    """The roles and what each may do, as markdown for `docs/reference/permissions.md`."""
    lines = ["| Role | Who | Sees pupils |", "|---|---|---|"]
    lines += [
        f"| {facts.label} | {facts.description} | {_scope_in_words(facts)} |"
        for facts in ROLES.values()
    ]
    lines += ["", "| A person may | " + " | ".join(f.label for f in ROLES.values()) + " |"]
    lines += ["|---|" + "---|" * len(ROLES)]
    for permission in Permission:
        cells = ["yes" if permission in f.permissions else "" for f in ROLES.values()]
        lines.append(f"| {DESCRIPTIONS[permission]} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _scope_in_words(facts: RoleFacts) -> str:
    if not facts.sees_pupils:
        return "none"
    if facts.whole_la_by_default:
        return "the whole authority, or the schools given"
    return "those of the schools given, and children granted one by one"
