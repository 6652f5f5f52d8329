"""Actions: what somebody promised to do by a day, and what became of it.

Raises: Refused (this person may not, or not now), Invalid (a word or a day that cannot be used),
Conflict (somebody else was first).
"""

from __future__ import annotations

from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from django.db import transaction

from accounts.models import User
from accounts.roles import Permission, permissions_of_roles
from attendance_portal.shared import wording
from attendance_portal.shared.errors import Conflict, ErrorDetail, Invalid, Refused
from cases.choices import AGENCIES, AGENCY_OF_ROLE
from cases.models import Action, Case, CaseWorker, Contact, SupportPlan
from cases.permissions import check_live, check_visible
from cases.read_models.partners import sees_casework_of
from cases.rules.deadlines import MOST_ON_FAMILY_COPY, due_problem
from cases.services.action_rights import (
    check_can_answer,
    check_can_ask,
    check_can_end,
    check_can_hand_on,
    check_can_show_to_family,
    check_is_open,
)
from cases.services.common import acting_role, tell, write_audit
from cases.states import ActionState, EntryKind, Origin
from schools.models import Pupil, School
from schools.permissions import check_has
from schools.scoping import roles_of

LONGEST_TEXT: Final = 300  # characters: one thing, not a story

#: How the timeline says that a promise ended.
ENDED: Final = MappingProxyType(
    {ActionState.DONE: "Action done", ActionState.DROPPED: "Action dropped"}
)
#: What somebody must be allowed to do to promise something there.
_TO_ADD: Final = MappingProxyType(
    {
        Origin.CASE: Permission.LEAD_CASES,
        Origin.CONTACT: Permission.LOG_CONTACTS,
        Origin.PLAN: Permission.EDIT_PLANS,
        Origin.TSM: Permission.HAVE_ACTIONS,
        Origin.PANEL: Permission.HAVE_ACTIONS,
    }
)


@transaction.atomic
def add_action(
    *,
    text: str,
    due_on: date,
    origin: Origin,
    origin_label: str,
    agency: str,
    owner: User | None = None,
    owner_name: str = "",
    pupil: Pupil | None = None,
    case: Case | None = None,
    plan: SupportPlan | None = None,
    school: School | None = None,
    contact: Contact | None = None,
    on_family_copy: bool = False,
    by: User,
    on: date,
    at: datetime,
) -> Action:
    """Write down a promise. Either `owner` has a login or `owner_name` says who it is.

    The child is taken from the case, the case from the plan. Raises Refused when the child is not
    theirs or the case is closed; Invalid for the words, the owner or the day.
    """
    origin = Origin(origin)
    case = case or (plan.case if plan is not None else None)
    pupil = pupil or (case.pupil if case is not None else None)
    permission = _TO_ADD[origin]
    check_has(by, permission)
    _check_about(by, case, pupil, school)
    _check_words(text, due_on, agency, on)
    _check_owner(owner, owner_name, on)
    if on_family_copy:
        check_family_copy_has_room(plan)
    action = Action.objects.create(
        origin=origin.value,
        origin_label=origin_label,
        pupil=pupil,
        school=school,
        case=case,
        plan=plan,
        contact=contact,
        text=text.strip(),
        owner=owner,
        owner_name=owner_name.strip(),
        agency=agency,
        due_on=due_on,
        on_family_copy=on_family_copy,
        by=by,
        at=at,
        updated_at=at,
    )
    _tell(action, "Action agreed", f"Due {wording.day(due_on)}.", permission, by, on, at)
    write_audit(verb="action.added", about=action, by=by, at=at, after=_facts(action))
    return action


@transaction.atomic
def complete_action(*, action: Action, outcome: str, by: User, on: date, at: datetime) -> Action:
    """Mark it done and say what happened, in a line. Sent twice by one person it is one record.

    Raises Refused when it has ended, or is another's; Invalid without a word of what happened.
    """
    return _end(action, ActionState.DONE, outcome, by, on, at)


@transaction.atomic
def drop_action(*, action: Action, reason: str, by: User, on: date, at: datetime) -> Action:
    """It will not be done: say why. Raises as `complete_action` does."""
    return _end(action, ActionState.DROPPED, reason, by, on, at)


@transaction.atomic
def reassign_action(*, action: Action, owner: User, by: User, on: date, at: datetime) -> Action:
    """Give it to somebody else; it leaves the list of whoever had it at once.

    Raises Refused when it has ended or is another's, Invalid for somebody without a list.
    """
    locked = _locked(action)
    check_can_hand_on(by, locked, on=on)
    if locked.owner_id == owner.pk:
        return locked
    return _give(locked, owner, by, on, at)


@transaction.atomic
def ask_over(*, action: Action, by: User, on: date, at: datetime) -> Action:
    """Ask its owner to let this person take it over. Raises Refused, or Conflict when somebody
    else has asked already."""
    locked = _locked(action)
    check_can_ask(by, locked)
    _check_owner(by, "", on)
    if locked.asked_over_by_id == by.pk:
        return locked
    if locked.asked_over_by is not None:
        raise Conflict(f"{locked.asked_over_by} has asked already. Wait for the answer.")
    locked.asked_over_by, locked.asked_over_at = by, at
    return _saved(locked, "action.asked_over", by, at, before={})


@transaction.atomic
def answer_over(*, action: Action, is_agreed: bool, by: User, on: date, at: datetime) -> Action:
    """Say yes or no to whoever asked; agreed, it is theirs. Raises Refused."""
    locked = _locked(action)
    check_can_answer(by, locked, on=on)
    asker = locked.asked_over_by
    if is_agreed and asker is not None:
        return _give(locked, asker, by, on, at)
    locked.asked_over_by = locked.asked_over_at = None
    return _saved(locked, "action.kept", by, at, before={})


@transaction.atomic
def set_family_copy(*, action: Action, shown: bool, by: User, on: date, at: datetime) -> Action:
    """Put it on the family copy of its plan, or take it off. Raises Invalid where six are on it."""
    locked = _locked(action)
    check_can_show_to_family(by, locked)
    if locked.on_family_copy == shown:
        return locked
    if shown:
        check_is_open(locked)
        check_family_copy_has_room(locked.plan)
    locked.on_family_copy = shown
    return _saved(locked, "action.family_copy", by, at, before={"on_family_copy": not shown})


def _locked(action: Action) -> Action:
    """The action as it stands now, held by this transaction until its end."""
    rows = Action.objects.select_for_update(of=("self",)).select_related(
        "pupil", "case", "plan", "owner", "asked_over_by"
    )
    locked: Action = rows.get(pk=action.pk)
    return locked


def _end(
    action: Action, state: ActionState, words: str, by: User, on: date, at: datetime
) -> Action:
    locked = _locked(action)
    if locked.state == state and locked.ended_by_id == by.pk:
        return locked
    check_can_end(by, locked, on=on)
    _check_line(words, state)
    before = _facts(locked)
    locked.state = state.value
    locked.outcome = words.strip()
    locked.ended_on, locked.ended_by = on, by
    locked.asked_over_by = locked.asked_over_at = None
    _saved(locked, f"action.{state.value}", by, at, before=before)
    _tell(locked, ENDED[state], locked.outcome, Permission.HAVE_ACTIONS, by, on, at)
    return locked


def _give(action: Action, owner: User, by: User, on: date, at: datetime) -> Action:
    _check_owner(owner, "", on)
    if action.pupil is not None and not sees_casework_of(owner, action.pupil, on):
        raise _wrong("owner", f"{owner} does not work with this child. Choose somebody else.")
    before = _facts(action)
    action.owner, action.owner_name = owner, ""
    action.agency = _agency_of_owner(action, owner, on)
    action.asked_over_by = action.asked_over_at = None
    _saved(action, "action.reassigned", by, at, before=before)
    _tell(action, "Action handed on", f"Now with {owner}.", Permission.HAVE_ACTIONS, by, on, at)
    return action


def _agency_of_owner(action: Action, owner: User, on: date) -> str:
    """Whom the new owner speaks for: by their part in the case, else their role, else as it was."""
    part = CaseWorker.objects.filter(case=action.case_id, user=owner, ended_at__isnull=True).first()
    if part is not None:
        return str(part.agency)
    role = acting_role(owner, Permission.HAVE_ACTIONS, on)
    return AGENCY_OF_ROLE[role].value if role in AGENCY_OF_ROLE else str(action.agency)


def _saved(
    action: Action, verb: str, by: User, at: datetime, *, before: dict[str, object]
) -> Action:
    action.updated_at = at
    action.save()
    write_audit(verb=verb, about=action, by=by, at=at, before=before, after=_facts(action))
    return action


def _check_line(words: str, state: ActionState) -> None:
    missing = "Say what happened." if state is ActionState.DONE else "Say why it is dropped."
    field = "outcome" if state is ActionState.DONE else "reason"
    if not words.strip():
        raise _wrong(field, missing)
    if len(words.strip()) > LONGEST_TEXT:
        raise _wrong(field, f"Use {LONGEST_TEXT} characters or fewer.")


def check_family_copy_has_room(plan: SupportPlan | None) -> None:
    """Raises Invalid where six open actions of the plan are on the family copy already."""
    if plan is None:
        raise Invalid("Only an action of a support plan can be on the family copy.")
    SupportPlan.objects.select_for_update().get(pk=plan.pk)  # one after another
    if Action.objects.open().filter(plan=plan, on_family_copy=True).count() >= MOST_ON_FAMILY_COPY:
        raise Invalid(
            f"The family copy has room for {MOST_ON_FAMILY_COPY} actions. Take one off first.",
            code="family_copy_full",
        )


def _check_about(by: User, case: Case | None, pupil: Pupil | None, school: School | None) -> None:
    if case is not None:
        check_visible(by, case)
        check_live(case)
    elif pupil is not None:
        if not Pupil.objects.worked_with_by(by).filter(pk=pupil.pk).exists():
            raise Refused("This child is not one of yours.", code="out_of_scope")
    elif school is None:
        raise Invalid("Say which child or school this is about.", code="about_missing")
    elif not School.objects.visible_to(by).filter(pk=school.pk).exists():
        raise Refused("This school is not one of yours.", code="out_of_scope")


def _check_words(text: str, due_on: date, agency: str, on: date) -> None:
    if not text.strip():
        raise _wrong("text", "Say what will be done.")
    if len(text.strip()) > LONGEST_TEXT:
        raise _wrong("text", f"Use {LONGEST_TEXT} characters or fewer.")
    if agency not in AGENCIES:
        raise _wrong("agency", "Choose an agency from the list.")
    problem = due_problem(due_on, on)
    if problem:
        raise _wrong("due_on", problem)


def _check_owner(owner: User | None, owner_name: str, on: date) -> None:
    if (owner is None) == (not owner_name.strip()):
        raise _wrong("owner", "Choose one person who will do it, or write a name.")
    if owner is not None and not may_have_actions(owner, on):
        raise _wrong("owner", f"{owner} holds no role that has actions. Choose somebody else.")


def may_have_actions(user: User, on: date) -> bool:
    """Whether one of the person's roles has a list of actions, so that they can mark it done."""
    return Permission.HAVE_ACTIONS in permissions_of_roles(roles_of(user, on))


def _wrong(field: str, message: str) -> Invalid:
    detail = ErrorDetail(code=f"{field}_wrong", message=message, pointer=f"/{field}")
    return Invalid(message, code=f"{field}_wrong", errors=(detail,))


def _facts(action: Action) -> dict[str, object]:
    """What the trail keeps: who, by when, for whom; not the words."""
    return {
        "case": action.case.reference if action.case is not None else None,
        "pupil": str(action.pupil.public_id) if action.pupil is not None else None,
        "school": action.school_id,
        "origin": action.origin,
        "agency": action.agency,
        "owner": action.owner_id,
        "due_on": action.due_on.isoformat(),
        "state": action.state,
    }


def _tell(
    action: Action,
    what: str,
    text: str,
    permission: Permission,
    by: User,
    on: date,
    at: datetime,
) -> None:
    """A line on the child's timeline; an action about a whole school has none."""
    if action.pupil is None:
        return
    tell(
        pupil=action.pupil,
        case=action.case,
        kind=EntryKind.ACTION,
        title=f"{what}: {action.text}"[:LONGEST_TEXT],
        text=text,
        at=at,
        by=by,
        by_role=acting_role(by, permission, on),
        about=action,
    )
