"""`python -m devstack COMMAND`: what `dev.py` hands over to once everything is installed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from devstack import checks, frontend, screenshots, suite
from devstack.demo import demo, stop
from devstack.places import ROOT, child_env, home, manage
from devstack.processes import leave_in_order_when_told_to, run
from devstack.servers import durable_servers

INTERRUPTED = 130


def setup() -> int:
    """Everything is installed by now; the style sheet is what is left."""
    frontend.build(ROOT)
    print("Everything is installed.", flush=True)
    return 0


def bench(words: Sequence[str]) -> int:
    """The benchmark, on servers that keep their promises (fsync on) and data of its own."""
    (ROOT / "staticfiles").mkdir(exist_ok=True)
    with ExitStack() as cleanup:
        named = cleanup.enter_context(durable_servers(home() / "bench"))
        return run(manage("bench", *words), env=child_env(**named), cwd=ROOT)


def docs() -> int:
    """Write the generated pages anew."""
    return run(manage("generate_docs"), env=child_env(), cwd=ROOT)


def calibration(words: Sequence[str]) -> int:
    """The demo borough beside the published figures; it needs no server."""
    return run(manage("calibration", *words), env=child_env(), cwd=ROOT)


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "setup": lambda _: setup(),
    "demo": lambda _: demo(),
    "stop": lambda _: stop(),
    "test": suite.test,
    "test-fast": suite.test_fast,
    "browser": suite.browser,
    "fuzz": suite.fuzz,
    "check": lambda _: checks.check(),
    "fix": lambda _: checks.fix(),
    "docs": lambda _: docs(),
    "bench": bench,
    "calibration": calibration,
    "screenshots": lambda _: screenshots.take(),
}


def main(words: Sequence[str]) -> int:
    """Run one command; 0 when all went well."""
    leave_in_order_when_told_to()
    try:
        return COMMANDS[words[0]](words[1:])
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
