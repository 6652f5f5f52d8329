"""Every command ends with 0, or with 1 and a sentence."""

from __future__ import annotations

import psycopg2.errors
import pytest
from django.core.management import CommandError
from django.db import OperationalError, ProgrammingError

from attendance_portal.shared.commands import PortalCommand
from attendance_portal.shared.errors import Invalid


class Failing(PortalCommand):
    """Fails as told."""

    def __init__(self, problem: Exception) -> None:
        super().__init__()
        self.problem = problem

    def handle(self, **options) -> None:
        raise self.problem


def run(problem: Exception) -> None:
    Failing(problem).execute(
        force_color=False, no_color=True, stdout=None, stderr=None, skip_checks=True
    )


def with_cause(problem: Exception, cause: Exception) -> Exception:
    problem.__cause__ = cause
    return problem


class TableIsMissing(psycopg2.errors.UndefinedTable):
    pgcode = "42P01"


class ColumnIsMissing(psycopg2.errors.UndefinedColumn):
    pgcode = "42703"


@pytest.mark.parametrize(
    ("problem", "says"),
    [
        (Invalid("Give a folder."), "Give a folder"),
        (OperationalError("no route\n to host"), "did not answer or gave up: no route to host"),
        (with_cause(ProgrammingError("relation"), TableIsMissing()), "manage.py migrate"),
    ],
)
def test_command_that_cannot_go_on_ends_in_a_sentence(problem, says) -> None:
    with pytest.raises(CommandError, match=says):
        run(problem)


def test_command_with_a_bug_shows_it() -> None:
    with pytest.raises(ProgrammingError):
        run(with_cause(ProgrammingError("column"), ColumnIsMissing()))
