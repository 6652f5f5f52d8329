from pathlib import Path

import pytest

from devstack import browser


@pytest.fixture
def bare_machine(monkeypatch, tmp_path):
    monkeypatch.delenv("EMBEDDED_BROWSER", raising=False)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    monkeypatch.setattr(browser.shutil, "which", lambda _: None)
    return tmp_path


def test_find_browser_bare_machine_has_none(bare_machine):
    assert browser.find_browser() is None


def test_find_browser_takes_playwrights_newest_download(bare_machine):
    for number in (1100, 1200):
        folder = bare_machine / f"chromium_headless_shell-{number}" / "chrome-linux"
        folder.mkdir(parents=True)
        (folder / "headless_shell").touch(mode=0o755)

    found = browser.find_browser()

    assert found is not None
    assert found.parts[-3] == "chromium_headless_shell-1200"


def test_find_browser_prefers_the_machines(bare_machine, monkeypatch):
    monkeypatch.setattr(
        browser.shutil, "which", lambda name: "/usr/bin/chromium" if name == "chromium" else None
    )

    assert browser.find_browser() == Path("/usr/bin/chromium")


def test_find_browser_variable_comes_first(bare_machine, monkeypatch):
    monkeypatch.setenv("EMBEDDED_BROWSER", "/opt/mine")

    assert browser.find_browser() == Path("/opt/mine")


def test_ensure_browser_nothing_works_is_none_and_says_so(bare_machine, monkeypatch, capsys):
    monkeypatch.setattr(browser, "_succeeds", lambda _: False)

    assert browser.ensure_browser() is None
    assert "the browser tests need one" in capsys.readouterr().out
