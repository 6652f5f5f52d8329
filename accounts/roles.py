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
    EDIT_PLACES = "edit_places"
    SEE_SCHOOLS = "see_schools"
    SEE_FEEDS = "see_feeds"
    ANSWER_FLAGS = "answer_flags"
    SEE_CASES = "see_cases"
    OPEN_CASES = "open_cases"
    LEAD_CASES = "lead_cases"
    ALLOCATE_CASES = "allocate_cases"
    MOVE_STAGES = "move_stages"
    OVERRIDE_GATES = "override_gates"
    LOG_CONTACTS = "log_contacts"
    SEE_RESTRICTED = "see_restricted"
    EDIT_PLANS = "edit_plans"
    REFER = "refer"
    SUPERVISE = "supervise"
    HAVE_ACTIONS = "have_actions"
    SEE_MEETINGS = "see_meetings"
    BOOK_MEETINGS = "book_meetings"
    PREPARE_MEETINGS = "prepare_meetings"
    RUN_MEETINGS = "run_meetings"
    EDIT_AGENDAS = "edit_agendas"
    RECORD_SCHOOL_STEPS = "record_school_steps"
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
    Permission.SEARCH: "Search for a pupil, case or school by name or number",
    Permission.SEE_BOROUGH: "See the figures of the borough",
    Permission.EDIT_PLACES: "Write down what is known of a place: offers, strengths, decisions",
    Permission.SEE_SCHOOLS: "See the figures and registers of the schools in scope",
    Permission.SEE_FEEDS: "See whether the registers of the schools in scope are coming in",
    Permission.ANSWER_FLAGS: "Say how a flag of those pupils is answered",
    Permission.SEE_CASES: "Read the cases and support plans of those pupils",
    Permission.OPEN_CASES: "Open a case for a pupil in scope",
    Permission.LEAD_CASES: "Lead a case or cover for its lead, and keep it up to date",
    Permission.ALLOCATE_CASES: "Give cases to the workers who will lead them",
    Permission.MOVE_STAGES: "Move a case they lead to another stage",
    Permission.OVERRIDE_GATES: "Decide whether a case may move on with something still missing",
    Permission.LOG_CONTACTS: "Log a contact with a child or family",
    Permission.SEE_RESTRICTED: "Read every restricted note",
    Permission.EDIT_PLANS: "Write support plans and agree them with the family",
    Permission.REFER: "Offer support, refer to another agency and record consent",
    Permission.SUPERVISE: "Write supervision notes",
    Permission.HAVE_ACTIONS: "Have actions and mark them done",
    Permission.SEE_MEETINGS: "See meetings with the schools in scope, and those they are asked to",
    Permission.BOOK_MEETINGS: "Offer, book, move and call off meetings with schools",
    Permission.PREPARE_MEETINGS: "Prepare a meeting: agenda, pupils to discuss, what was tried",
    Permission.RUN_MEETINGS: "Freeze the pack of a meeting, start the meeting and end it",
    Permission.EDIT_AGENDAS: "Say what the agenda of each term's meetings is",
    Permission.RECORD_SCHOOL_STEPS: "Record a school's policy, champion and monitoring",
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
    """What a role is called, what it may do, and whether its memberships show pupils at all.

    `sees_casework`: they show cases, plans and contacts of those pupils too."""

    label: str
    description: str
    permissions: frozenset[Permission]
    sees_pupils: bool = True
    whole_la_by_default: bool = False
    sees_casework: bool = False


#: What everyone who works with families does, at the council, a school or a partner.
_FAMILY_WORK = frozenset(
    {
        Permission.SEE_CASES,
        Permission.LEAD_CASES,
        Permission.MOVE_STAGES,
        Permission.LOG_CONTACTS,
        Permission.EDIT_PLANS,
        Permission.REFER,
        Permission.HAVE_ACTIONS,
        Permission.SEE_MEETINGS,
    }
)
_CASEWORK = _FAMILY_WORK | frozenset(
    {
        Permission.OPEN_CASES,
        Permission.RECORD_SCHOOL_STEPS,
        Permission.PREPARE_MEETINGS,
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
_LA = _CASEWORK | {
    Permission.SEE_BOROUGH,
    Permission.EDIT_PLACES,
    Permission.CONFIRM_ENROLMENTS,
    Permission.BOOK_MEETINGS,
    Permission.RUN_MEETINGS,
}

ROLES: dict[Role, RoleFacts] = {
    Role.ATTENDANCE_OFFICER: RoleFacts(
        "Attendance officer",
        "LA officer with a patch of schools",
        _LA | {Permission.UPLOAD_REGISTERS, Permission.EXPORT},
        whole_la_by_default=True,
        sees_casework=True,
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
            Permission.ALLOCATE_CASES,
            Permission.OVERRIDE_GATES,
            Permission.SEE_RESTRICTED,
            Permission.SUPERVISE,
            Permission.EDIT_AGENDAS,
        },
        whole_la_by_default=True,
        sees_casework=True,
    ),
    Role.SCHOOL_LEAD: RoleFacts(
        "School lead",
        "Senior attendance champion of a school or trust",
        _CASEWORK | {Permission.UPLOAD_REGISTERS, Permission.EXPORT},
        sees_casework=True,
    ),
    Role.EARLY_HELP_WORKER: RoleFacts(
        "Early help worker",
        "Works with the families assigned to them, and no others",
        _FAMILY_WORK | {Permission.SEE_PUPILS, Permission.SEE_CONTACTS, Permission.SEARCH},
        sees_casework=True,
    ),
    Role.PANEL_MEMBER: RoleFacts(
        "Panel member",
        "Reads the pupils on the agenda of a panel they sit on",
        frozenset(
            {
                Permission.SEE_PUPILS,
                Permission.SEE_CASES,
                Permission.HAVE_ACTIONS,
                Permission.SEE_MEETINGS,
            }
        ),
        sees_casework=True,
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

#: What a call with such a token may do of what people may do; the services ask for it as they ask
#: for a person's permission.
SCOPE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    "cases:read": frozenset({Permission.SEE_CASES}),
    "cases:write": frozenset(
        {Permission.LEAD_CASES, Permission.LOG_CONTACTS, Permission.HAVE_ACTIONS}
    ),
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


def permissions_of_scopes(scopes: Iterable[str]) -> frozenset[Permission]:
    """All that a call with these scopes may do."""
    return frozenset(
        permission for scope in scopes for permission in SCOPE_PERMISSIONS.get(scope, ())
    )


def permission_table() -> str:
    """Roles, what each may do, and what tokens stand for: `docs/reference/permissions.md`."""
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
    lines += ["", "| A token of a system | What for | Stands for |", "|---|---|---|"]
    for scope, words in API_SCOPES.items():
        stands_for = [DESCRIPTIONS[p] for p in Permission if p in permissions_of_scopes([scope])]
        lines.append(f"| `{scope}` | {words} | {'; '.join(stands_for)} |")
    return "\n".join(lines) + "\n"


def _scope_in_words(facts: RoleFacts) -> str:
    if not facts.sees_pupils:
        return "none"
    if facts.whole_la_by_default:
        return "the whole authority, or the schools given"
    return "those of the schools given, and children granted one by one"
