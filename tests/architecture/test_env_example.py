"""`.env.example` lists every variable, and no other."""

import re
from dataclasses import fields
from pathlib import Path

from attendance_portal.env import NAMES, Environment

ROOT = Path(__file__).resolve().parents[2]
LISTED = re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
COMPOSE_ONLY = {"POSTGRES_PASSWORD"}


def test_env_example_lists_exactly_what_is_read():
    assert sorted(LISTED) == sorted({*NAMES, *COMPOSE_ONLY})


def test_env_example_holds_no_secret():
    text = (ROOT / ".env.example").read_text()

    assert re.search(r"^SECRET_KEY=$", text, re.MULTILINE)
    assert re.search(r"^POSTGRES_PASSWORD=$", text, re.MULTILINE)


def test_settings_read_the_environment_nowhere_else():
    own = [path for path in ROOT.glob("*/**/*.py") if _is_ours(path)]

    assert own
    assert [
        path for path in own if re.search(r"os\.(environ\[|getenv|environ\.get)", _text(path))
    ] == []


def test_settings_use_every_field():
    settings = _text(ROOT / "attendance_portal" / "settings.py")

    assert [
        field.name for field in fields(Environment) if f"ENV.{field.name}" not in settings
    ] == []


def _is_ours(path):
    apps = {"accounts", "schools", "attendance", "cases", "interventions", "meetings"}
    return path.relative_to(ROOT).parts[0] in {*apps, "dashboards", "attendance_portal"}


def _text(path):
    return path.read_text(encoding="utf-8")
