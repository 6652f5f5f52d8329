"""The servers of one run: started where no variable names them, stopped when it ends."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from devstack.failure import Failed
from devstack.postgres import NAME, Postgres
from devstack.valkey import Valkey

LOCK = "lock"
SOCKETS = Path("/tmp")  # a socket's path holds 107 bytes: never inside the checkout
PREFIX = f"{NAME}-run-"  # then the process that made it


class InUse(Failed):
    """Another run holds the same data."""


@contextmanager
def durable_servers(home: Path) -> Iterator[dict[str, str]]:
    """Servers that keep their data under `home`; yields the variables that name them.

    Raises: InUse while another process holds `home`."""
    home = home.resolve()  # the servers run with cwd=/
    sweep_leftovers()
    with ExitStack() as cleanup:
        hold(home, cleanup)
        sockets = _new_folder(cleanup)
        yield _start(home, sockets, cleanup, durable=True)


@contextmanager
def throw_away_servers() -> Iterator[dict[str, str]]:
    """Servers for one run of the tests, fast and forgetful; nothing of them is left afterwards."""
    sweep_leftovers()
    with ExitStack() as cleanup:
        folder = _new_folder(cleanup)
        yield _start(folder, folder, cleanup, durable=False)


def hold(home: Path, cleanup: ExitStack) -> None:
    """Hold `home` for this process until `cleanup` closes. Raises: InUse."""
    home.mkdir(parents=True, exist_ok=True)
    lock = cleanup.enter_context((home / LOCK).open("w"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InUse(f"Another run is using {home}: stop it with make stop.") from None


def sweep_leftovers(folder: Path = SOCKETS) -> list[Path]:
    """End and remove what killed runs of this account left in `folder`; what was removed."""
    swept = []
    for path in folder.glob(f"{PREFIX}*"):
        with suppress(OSError, ValueError):
            owner = int(path.name.removeprefix(PREFIX).split("-")[0])
            if path.stat().st_uid != os.geteuid() or is_alive(owner):
                continue
            if (path / "pgdata" / "postmaster.pid").exists():
                Postgres(path, path, durable=False).stop()
            shutil.rmtree(path, ignore_errors=True)
            swept.append(path)
    return swept


def stop_durable_leftovers(home: Path) -> None:
    """Stop the PostgreSQL that a killed demo left running on `home`. Raises: InUse."""
    with ExitStack() as cleanup:
        hold(home, cleanup)
        Postgres(home, _new_folder(cleanup), durable=True).stop()
    sweep_leftovers()


def is_alive(pid: int) -> bool:
    """True when a process of that number runs; one that only waits to be collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with suppress(OSError):  # Linux only; elsewhere nobody leaves them uncollected
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        return state not in "ZX"
    return True


def _new_folder(cleanup: ExitStack) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=SOCKETS))
    folder.chmod(0o711)  # the account PostgreSQL runs as has to pass through
    cleanup.callback(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _start(state: Path, sockets: Path, cleanup: ExitStack, *, durable: bool) -> dict[str, str]:
    named: dict[str, str] = {}
    if not os.environ.get("DATABASE_URL"):
        postgres = Postgres(state, sockets, durable=durable)
        cleanup.callback(postgres.stop)
        named["DATABASE_URL"] = postgres.start()
    if not os.environ.get("REDIS_URL"):
        valkey = Valkey(state, sockets, durable=durable)
        cleanup.callback(valkey.stop)
        socket = valkey.start()
        named["REDIS_URL"] = f"unix://{socket}?db=1"
        named["CELERY_BROKER_URL"] = f"redis+socket://{socket}?virtual_host=0"
    return named
