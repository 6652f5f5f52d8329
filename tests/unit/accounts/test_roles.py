"""The one table of roles."""

from __future__ import annotations

import pytest

from accounts.roles import (
    API_SCOPES,
    DESCRIPTIONS,
    MACHINE_ROLE,
    ROLES,
    Permission,
    Role,
    permission_table,
    permissions_of_roles,
)


def test_every_role_and_permission_is_described():
    assert set(ROLES) == set(Role)
    assert set(DESCRIPTIONS) == set(Permission)


def test_several_roles_allow_what_any_of_them_allows():
    both = permissions_of_roles(["school_lead", "administrator"])
    assert both == ROLES[Role.SCHOOL_LEAD].permissions | ROLES[Role.ADMINISTRATOR].permissions


@pytest.mark.parametrize("role", [MACHINE_ROLE, "something_else"])
def test_role_that_is_not_a_persons_allows_nothing(role):
    assert permissions_of_roles([role]) == frozenset()


def test_administrator_may_see_no_pupil():
    assert Permission.SEE_PUPILS not in ROLES[Role.ADMINISTRATOR].permissions


def test_table_shows_every_role_and_every_permission():
    table = permission_table()
    assert all(facts.label in table for facts in ROLES.values())
    rows = [
        line
        for line in table.splitlines()
        if line.startswith(tuple(f"| {d} |" for d in DESCRIPTIONS.values()))
    ]
    assert len(rows) == len(Permission)
    assert rows[0].count("| yes") == sum(
        Permission.SEE_WORKLIST in facts.permissions for facts in ROLES.values()
    )


def test_table_shows_every_scope_and_what_it_stands_for():
    rows = {
        line.split("`")[1]: line for line in permission_table().splitlines() if line[:3] == "| `"
    }
    assert set(rows) == set(API_SCOPES)
    assert DESCRIPTIONS[Permission.LOG_CONTACTS] in rows["cases:write"]
    assert rows["registers:write"] == "| `registers:write` | Send marks |  |"
