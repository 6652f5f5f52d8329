"""Where things are: the checkout, the data of the demo, the environment of child processes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEMO_DAY = "2026-03-03"  # a Tuesday; the borough's marks end the day before


def home() -> Path:
    """The folder of the demo's data."""
    return Path(os.environ.get("ATTENDANCE_PORTAL_HOME") or ROOT / ".local").expanduser().resolve()


def child_env(**values: str) -> dict[str, str]:
    """Our environment for a child: this Python's programs first, today is the demo's day."""
    programs = Path(sys.executable).parent
    return {
        "PORTAL_TODAY": DEMO_DAY,
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "ATTENDANCE_PORTAL_HOME": str(home()),
        "PYTHONUNBUFFERED": "1",
        **values,
    }


def manage(*words: str) -> list[str]:
    """A management command of the portal."""
    return [sys.executable, str(ROOT / "manage.py"), *words]
