"""`make demo` and `make stop`: the demo borough on real parts, in the foreground until stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, suppress
from pathlib import Path

from devstack import frontend
from devstack.failure import Failed
from devstack.places import DEMO_DAY, ROOT, child_env, home, manage
from devstack.ports import HOST, free_port
from devstack.processes import die_with_parent, end, run
from devstack.runfile import forget, read_pid, write_pid, write_run_file
from devstack.servers import InUse, durable_servers, hold, is_alive, stop_durable_leftovers

ANSWER_SECONDS = 120
STOP_SECONDS = 60
POLL_SECONDS = 0.2
QUIET = {
    "LOG_LEVEL": "WARNING",
    "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
}
PASSED_ON = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL")


def demo() -> int:
    """Serve the demo until Ctrl-C, SIGTERM or `make stop`; 0 when it was told to stop."""
    frontend.build(ROOT)
    (ROOT / "staticfiles").mkdir(exist_ok=True)
    place = home()
    try:
        with durable_servers(place) as named:
            try:
                return _serve(place, named)
            finally:
                forget(place)
    except InUse:
        running = read_pid(place)
        raise Failed(
            f"The demo is already running{f' at {running[1]}' if running else ''}: "
            "stop it with make stop."
        ) from None
    except (KeyboardInterrupt, SystemExit) as told:
        if isinstance(told, SystemExit) and told.code != 128 + signal.SIGTERM:
            raise
        print("The demo has stopped.", flush=True)
        return 0


def stop() -> int:
    """End the running demo and wait for it; or clear up what a killed one left behind."""
    place = home()
    if _is_free(place):
        return _clear_up(place)
    running = read_pid(place)
    if running is None or not is_alive(running[0]):
        raise Failed(f"Something that is not the demo is using {place}.")
    print("Stopping the demo ...", flush=True)
    with suppress(ProcessLookupError):
        os.kill(running[0], signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline:
        if _is_free(place):
            print("Stopped.", flush=True)
            return 0
        time.sleep(POLL_SECONDS)
    raise Failed(f"The demo (process {running[0]}) does not stop.")


def _serve(place: Path, named: dict[str, str]) -> int:
    port = free_port()
    address = f"http://{HOST}:{port}/"
    env = child_env(PORTAL_PORT=str(port), PORTAL_DEBUG="false", **named)
    env = QUIET | env  # so that the address stays in sight
    seen = {name: env[name] for name in (*PASSED_ON, "PORTAL_TODAY") if name in env}
    write_run_file(place, seen)
    write_pid(place, os.getpid(), address)
    print("Preparing the database ...", flush=True)
    if run(manage("migrate", "--noinput", "--verbosity", "0"), env=env, cwd=ROOT):
        raise Failed("The database could not be migrated.")
    logins = load_borough(env)
    with subprocess.Popen(
        [sys.executable, "-m", "honcho", "-f", "Procfile.dev", "-e", os.devnull, "start"],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C reaches us, and we end it in order
        preexec_fn=die_with_parent,
    ) as processes:
        try:
            wait_until_it_answers(address, processes)
            print(_welcome(address, logins), flush=True)
            processes.wait()
            raise Failed("A process of the demo ended by itself: its messages are above.")
        finally:
            end(processes)


def load_borough(env: dict[str, str]) -> list[str]:
    """Load the borough, showing its progress; the lines that name a login."""
    logins = []
    with subprocess.Popen(
        manage("demo_load"),
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent,
    ) as loading:
        try:
            for line in loading.stdout or ():
                print(line, end="", flush=True)
                if "@" in line:
                    logins.append(line.strip())
            loading.wait()
        finally:
            end(loading)
    if loading.returncode:
        raise Failed("The demo borough could not be loaded.")
    return logins


def wait_until_it_answers(address: str, processes: subprocess.Popen[bytes]) -> None:
    """Return once the portal at `address` shows its sign-in page. Raises: Failed."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        if processes.poll() is not None:
            raise Failed("The portal did not start: its messages are above.")
        try:
            with direct.open(f"{address}sign-in/", timeout=10):
                return
        except urllib.error.HTTPError as answer:
            raise Failed(f"The sign-in page answers {answer.code}.") from None
        except OSError:
            time.sleep(POLL_SECONDS)
    raise Failed(f"The portal does not answer at {address}.")


def _welcome(address: str, logins: list[str]) -> str:
    rule = "-" * 78
    lines = [rule, f"The attendance portal is ready: {address}", f"It stands at {DEMO_DAY}."]
    if logins:
        lines += ["", "Sign in as", *(f"  {login}" for login in logins)]
    lines += ["", "Ctrl-C here, or make stop elsewhere, ends it.", rule]
    return "\n".join(lines)


def _is_free(place: Path) -> bool:
    try:
        with ExitStack() as held:
            hold(place, held)
    except InUse:
        return False
    return True


def _clear_up(place: Path) -> int:
    if read_pid(place) and not os.environ.get("DATABASE_URL"):
        stop_durable_leftovers(place)
        forget(place)
        print("The demo was not running; what it left behind is cleared up.", flush=True)
    else:
        print("The demo is not running.", flush=True)
    return 0
