"""Sums by dimension (LA, school, year group, sex, ...) and academic year."""

from __future__ import annotations

from attendance.exports.dashboard import export_dashboard
from attendance.management.export_command import ExportCommand


class Command(ExportCommand):
    """`manage.py export_dashboard --as-of YYYY-MM-DD --out FILE`."""

    help = "Sums by dimension (LA, school, year group, sex, ...) and academic year."
    export = staticmethod(export_dashboard)
