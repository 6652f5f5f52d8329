import sys

import pytest

from devstack import suite
from devstack.failure import Failed


def test_pytest_command_no_words_runs_everything_on_two_workers():
    assert suite.pytest_command([]) == [sys.executable, "-m", "pytest", "-n", "2", "tests"]


def test_pytest_command_named_tests_run_alone():
    assert suite.pytest_command(["tests/unit", "-x"])[3:] == ["-n", "2", "tests/unit", "-x"]


def test_pytest_command_own_number_of_workers_is_kept():
    assert suite.pytest_command(["-n0"])[3:] == ["-n0", "tests"]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["tests/unit"], True),
        (["tests/unit/devstack/test_suite.py::test_x"], True),
        (["-k", "holiday"], False),
        (["-x"], False),
        ([], False),
    ],
)
def test_names_tests_only_for_paths_that_exist(words, named):
    assert suite.names_tests(words) is named


def test_test_without_browser_fails_when_ci_is_set(monkeypatch):
    monkeypatch.setattr(suite, "ensure_browser", lambda: None)
    monkeypatch.setenv("CI", "1")

    with pytest.raises(Failed, match="there is no browser"):
        suite.test([])


def test_test_without_browser_runs_the_rest_elsewhere(monkeypatch):
    monkeypatch.setattr(suite, "ensure_browser", lambda: None)
    monkeypatch.setattr(suite, "_pytest", lambda words: 0)
    monkeypatch.delenv("CI", raising=False)

    assert suite.test([]) == 0
