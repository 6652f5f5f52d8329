"""A free port on this machine, near the one people expect."""

from __future__ import annotations

import socket

from devstack.failure import Failed

HOST = "127.0.0.1"
TRIES = 100


def free_port(first: int = 8000) -> int:
    """The first port from `first` upwards that nobody listens on. Raises: Failed."""
    for port in range(first, first + TRIES):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn binds
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise Failed(f"No free port between {first} and {first + TRIES - 1} on {HOST}.")
