"""A Chromium for the browser tests: the machine's own, or one installed now.

Root on Debian gets the distribution's package; anyone else Playwright's own download.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROGRAMS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
DOWNLOADS = ("chromium_headless_shell-*/*/*headless*shell*", "chromium-*/chrome-linux*/chrome")
PACKAGE = "chromium-headless-shell"
INSTALL_SECONDS = 600


def find_browser() -> Path | None:
    """The program to drive: EMBEDDED_BROWSER, one on PATH, or one Playwright downloaded."""
    if path := os.environ.get("EMBEDDED_BROWSER"):
        return Path(path)
    for name in PROGRAMS:
        if found := shutil.which(name):
            return Path(found)
    default = Path.home() / ".cache" / "ms-playwright"
    downloads = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or default)
    for pattern in DOWNLOADS:
        for program in sorted(downloads.glob(pattern), reverse=True):
            if program.is_file() and os.access(program, os.X_OK):
                return program
    return None


def ensure_browser() -> Path | None:
    """Find one or install one; None, with a line that says so, where neither can be done."""
    if found := find_browser():
        return found
    print("No Chromium found: installing one for the browser tests ...", flush=True)
    for commands in _ways_to_install():
        if all(_succeeds(command) for command in commands) and (found := find_browser()):
            return found
    print("No Chromium could be installed: the browser tests need one.", flush=True)
    return None


def _ways_to_install() -> list[list[list[str]]]:
    ways = []
    if os.geteuid() == 0 and shutil.which("apt-get"):
        install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", PACKAGE]
        ways.append([["apt-get", "update", "-q"], install])
    playwright = [sys.executable, "-m", "playwright", "install", "--only-shell"]
    ways.append([[*playwright, "chromium"]])
    return ways


def _succeeds(command: list[str]) -> bool:
    try:
        done = subprocess.run(
            command,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        print(f"{command[0]}: {problem}", flush=True)
        return False
    if done.returncode:
        print(f"{' '.join(command)} failed:\n{done.stdout[-1000:]}", flush=True)
    return done.returncode == 0
