"""`make check` and `make fix`: everything that is checked besides the tests."""

from __future__ import annotations

import secrets
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from devstack.places import ROOT, child_env, manage
from devstack.servers import throw_away_servers

PRODUCTION = {
    "PORTAL_ENV": "production",
    "PORTAL_DEBUG": "",
    "PORTAL_TODAY": "",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": "attendance.example.gov.uk",
}


@dataclass(frozen=True)
class Check:
    """One line of the report and the command behind it."""

    name: str
    command: list[str]
    values: dict[str, str] = field(default_factory=dict)


def tool(*words: str) -> list[str]:
    """A tool of our own Python."""
    return [sys.executable, "-m", *words]


def checks() -> list[Check]:
    """In the order of the report: quick ones first."""
    return [
        Check("format", tool("ruff", "format", "--check", "--quiet", ".")),
        Check("lint", tool("ruff", "check", "--quiet", ".")),
        Check("types", tool("mypy", ".")),
        Check("import order", [str(Path(sys.executable).with_name("lint-imports"))]),
        Check("templates: format", tool("djlint", "templates", "--check")),
        Check("templates: lint", tool("djlint", "templates", "--lint", "--quiet")),
        Check("missing migrations", manage("makemigrations", "--check", "--dry-run")),
        Check(
            "production settings",
            manage("check", "--deploy", "--fail-level", "WARNING"),
            PRODUCTION,
        ),
        Check("generated docs", manage("generate_docs", "--check")),
    ]


def check() -> int:
    """Run all of them, whatever the first ones say; 1 when any failed."""
    failed = []
    report = []
    with throw_away_servers() as named:
        for each in checks():
            began = time.monotonic()
            passed = _passes(each, named)
            seconds = time.monotonic() - began
            report.append(f"  {'pass' if passed else 'FAIL'}  {each.name} ({seconds:.1f} s)")
            if not passed:
                failed.append(each.name)
    print("\n".join(["", "Checks", *report]), flush=True)
    return 1 if failed else 0


def fix() -> int:
    """What the tools can put right by themselves."""
    commands = (
        tool("ruff", "check", "--fix", "--quiet", "."),
        tool("ruff", "format", "--quiet", "."),
        tool("djlint", "templates", "--reformat", "--quiet"),
    )
    for command in commands:
        subprocess.run(command, cwd=ROOT, env=child_env(), check=False)
    return 0


def _passes(each: Check, named: dict[str, str]) -> bool:
    done = subprocess.run(
        each.command,
        cwd=ROOT,
        env=child_env(**named, **each.values),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        print(f"--- {each.name} failed\n{done.stdout[-6000:]}", flush=True)
    return done.returncode == 0
