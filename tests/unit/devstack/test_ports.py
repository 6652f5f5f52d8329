import socket

import pytest

from devstack.failure import Failed
from devstack.ports import HOST, TRIES, free_port


@pytest.fixture
def taken(socket_enabled):
    with socket.socket() as server:
        server.bind((HOST, 0))
        server.listen()
        yield server.getsockname()[1]


def test_free_port_taken_one_is_passed_over(taken):
    assert taken < free_port(taken) < taken + TRIES


def test_free_port_none_free_says_so(taken, monkeypatch):
    monkeypatch.setattr("devstack.ports.TRIES", 1)

    with pytest.raises(Failed, match=f"No free port between {taken}"):
        free_port(taken)
