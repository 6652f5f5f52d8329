"""What a running demo leaves beside its data: `run.env` (the variables) and `demo.pid`.

The settings read `run.env` while its socket is there, so that `manage.py` in another terminal
finds the running servers. The lock, not the pid, tells whether the demo runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

RUN_FILE = "run.env"
PID_FILE = "demo.pid"


def write_run_file(home: Path, values: Mapping[str, str]) -> None:
    """One NAME=value a line, readable by its owner only: a URL may hold a password."""
    path = home / RUN_FILE
    path.touch(mode=0o600)
    lines = [f"{name}={value}\n" for name, value in sorted(values.items())]
    path.write_text("".join(lines), encoding="utf-8")


def write_pid(home: Path, pid: int, address: str) -> None:
    """Who runs the demo, and where it can be visited."""
    (home / PID_FILE).write_text(f"{pid}\n{address}\n", encoding="utf-8")


def read_pid(home: Path) -> tuple[int, str] | None:
    """The process and the address of the last demo, None when no file says."""
    try:
        pid, address = (home / PID_FILE).read_text(encoding="utf-8").splitlines()[:2]
        return int(pid), address
    except (OSError, ValueError):
        return None


def forget(home: Path) -> None:
    """Remove both files."""
    for name in (RUN_FILE, PID_FILE):
        with suppress(FileNotFoundError):
            (home / name).unlink()
