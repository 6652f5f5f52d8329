"""One line per enrolment and period: year, term, half-term and week."""

from __future__ import annotations

from attendance.exports.periods import export_periods
from attendance.management.export_command import ExportCommand


class Command(ExportCommand):
    """`manage.py export_periods --as-of YYYY-MM-DD --out FILE`."""

    help = "One line per enrolment and period: year, term, half-term and week."
    export = staticmethod(export_periods)
