"""One line per enrolment that has a mark, with the statutory checks."""

from __future__ import annotations

from attendance.exports.checks import export_checks
from attendance.management.export_command import ExportCommand


class Command(ExportCommand):
    """`manage.py export_checks --as-of YYYY-MM-DD --out FILE`."""

    help = "One line per enrolment that has a mark, with the statutory checks."
    export = staticmethod(export_checks)
