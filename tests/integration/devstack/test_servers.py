"""The servers really start, answer and leave nothing; each in a process of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg2
import pytest

from devstack.places import ROOT
from devstack.servers import is_alive

pytestmark = pytest.mark.slow
START = """
import json, sys
from pathlib import Path
from devstack.processes import leave_in_order_when_told_to
from devstack.servers import durable_servers, throw_away_servers
leave_in_order_when_told_to()
with (durable_servers(Path(sys.argv[1])) if sys.argv[1:] else throw_away_servers()) as named:
    print(json.dumps(named), flush=True)
    sys.stdin.read()
"""


def start(*words):
    nothing_named = {key: text for key, text in os.environ.items() if not key.endswith("_URL")}
    process = subprocess.Popen(
        [sys.executable, "-c", START, *words],
        cwd=ROOT, env=nothing_named, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    line = process.stdout.readline()
    return process, json.loads(line) if line else {}


def finish(process, number=None):
    if number:
        process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    return process.returncode, errors


def folder_of(named):
    return Path(named["DATABASE_URL"].split("host=")[1]).parent


def ask(named, question):
    connection = psycopg2.connect(named["DATABASE_URL"])
    try:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(question)
        return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


@pytest.mark.parametrize(("number", "code"), [(None, 0), (signal.SIGTERM, 143)])
def test_throw_away_servers_answer_and_leave_nothing(number, code):
    process, named = start()
    folder = folder_of(named)
    postmaster = int((folder / "pgdata" / "postmaster.pid").read_text().splitlines()[0])
    collation = ask(named, "SELECT datcollate FROM pg_database WHERE datname = 'attend'")

    assert finish(process, number) == (code, "")

    assert collation == [("C.UTF-8",)]
    assert not folder.exists()
    assert not is_alive(postmaster)


@pytest.fixture
def home():
    """A folder that the account PostgreSQL runs as can reach, as pytest's own cannot."""
    folder = Path(tempfile.mkdtemp(prefix="attend-kept-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


def test_durable_servers_keep_their_data_after_a_kill(home):
    process, named = start(str(home))
    ask(named, "CREATE TABLE kept (word text)")
    finish(process, signal.SIGKILL)

    process, named = start(str(home))
    tables = ask(named, "SELECT tablename FROM pg_tables WHERE tablename = 'kept'")

    assert finish(process) == (0, "")
    assert tables == [("kept",)]


def test_durable_servers_in_use_refuse_a_second_run(home):
    first, _ = start(str(home))

    second, named = start(str(home))
    code, errors = finish(second)
    finish(first)

    assert (code, named) == (1, {})
    assert "stop it with make stop" in errors
