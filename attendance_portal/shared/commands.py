"""The base of every command: 0 when it worked, 1 with one sentence on standard error when not."""

from __future__ import annotations

from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, ProgrammingError

from attendance_portal.shared.errors import DomainError

TABLE_IS_MISSING = "42P01"  # PostgreSQL's code for an undefined table


class SentenceParser(CommandParser):
    """Says what is wrong with the arguments in one sentence, and ends with 1 instead of 2."""

    def error(self, message: str) -> NoReturn:
        """End, or raise CommandError when another program calls the command."""
        sentence = f"{message[:1].upper()}{message[1:]}. Ask for --help to see what can be given."
        if not self.called_from_command_line:
            raise CommandError(sentence)
        self.exit(1, f"{sentence}\n")


class PortalCommand(BaseCommand):
    """A command whose refusals are sentences: a DomainError ends it as a CommandError does."""

    requires_system_checks = ()  # they load every view, which a command does not need

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """The parser that speaks in sentences."""
        # BaseCommand names CommandParser itself; a subclass of it is only a change of `error`.
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.__class__ = SentenceParser
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run it; what the domain refuses is a sentence, not a traceback."""
        try:
            return super().execute(*args, **options)
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        except OperationalError as problem:
            said = " ".join(str(problem).split())
            raise CommandError(f"The database did not answer or gave up: {said}") from problem
        except ProgrammingError as problem:
            if getattr(problem.__cause__, "pgcode", None) != TABLE_IS_MISSING:
                raise
            raise CommandError(
                "The database has no tables, or old ones. Run `manage.py migrate` first."
            ) from problem
