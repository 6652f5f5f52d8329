"""Child processes: started so that none outlives us, ended in order."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

PATIENCE_SECONDS = 20
PR_SET_PDEATHSIG = 1  # prctl(2)
TERMINATED = 128 + signal.SIGTERM


def die_with_parent() -> None:
    """Runs in the child before exec: Linux ends it when this process is killed outright."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def leave_in_order_when_told_to() -> None:
    """Turn SIGTERM into an exception, so that everything opened is closed again."""

    def leave(_number: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(TERMINATED)

    signal.signal(signal.SIGTERM, leave)


def end(process: subprocess.Popen[Any], patience_seconds: float = PATIENCE_SECONDS) -> None:
    """SIGTERM, and after a while SIGKILL."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(patience_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run(command: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> int:
    """Run to its end with our own output; whatever interrupts us ends it too. The exit code."""
    with subprocess.Popen(
        command, env=dict(env), cwd=cwd, stdin=subprocess.DEVNULL, preexec_fn=die_with_parent
    ) as process:
        try:
            return process.wait()
        finally:
            end(process)
