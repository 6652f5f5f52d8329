import re
import sys

import pytest

import dev
from devstack.__main__ import COMMANDS
from devstack.places import ROOT
from devstack.postgres import major_version

MAKE_TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_every_command_is_in_help_makefile_and_devstack():
    assert set(dev.COMMANDS) == set(MAKE_TARGETS) == {*COMMANDS, "help"}


def test_help_lists_every_command(capsys):
    assert dev.main(["help"]) == 0
    said = capsys.readouterr().out
    assert all(f"\n{name}" in f"\n{said}" for name in dev.COMMANDS)


def test_unknown_command_gets_a_sentence():
    assert dev.main(["dance"]) == "There is no command dance: see python3 dev.py help."


def test_old_python_without_a_newer_one_gets_a_sentence(monkeypatch):
    monkeypatch.setattr(dev, "OLDEST", (99, 0))
    monkeypatch.setattr(dev, "NEWER", ())

    assert "or newer is needed; this is" in dev.main(["setup"])


def test_stamp_changes_with_the_python_version(monkeypatch):
    before = dev.stamp_for("uv.txt")
    monkeypatch.setattr(sys, "version_info", (3, 99, 0))

    assert dev.stamp_for("uv.txt") != before


def test_stamp_changes_with_the_lock(monkeypatch, tmp_path):
    (tmp_path / "requirements").mkdir()
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    lock = tmp_path / "requirements" / "dev.txt"
    lock.write_text("one")
    before = dev.stamp_for("dev.txt")
    lock.write_text("two")

    assert dev.stamp_for("dev.txt") != before


@pytest.mark.parametrize("name", ["base.txt", "dev.txt", "uv.txt", "bench.txt"])
def test_lock_files_hold_hashes_and_no_address(name):
    lock = (ROOT / "requirements" / name).read_text()

    assert "--hash=sha256:" in lock
    assert "://" not in lock


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("initdb (PostgreSQL) 18.6", 18),
        ("initdb (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)", 15),
        ("initdb (PostgreSQL) 18beta2", 18),
    ],
)
def test_major_version_is_read_from_what_initdb_says(said, version):
    assert major_version(said) == version
