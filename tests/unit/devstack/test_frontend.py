import json

import pytest

from devstack import frontend
from devstack.failure import Failed
from devstack.places import ROOT


@pytest.mark.parametrize(
    ("said", "version"),
    [("v24.19.0\n", (24, 19)), ("v20.19.0", (20, 19)), ("v20.18.9", (20, 18)), ("what?", (0, 0))],
)
def test_node_version_is_read_from_what_node_says(tmp_path, said, version):
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\nprintf '{said.strip()}\\n'\n")
    node.chmod(0o755)

    assert frontend.node_version(str(node)) == version


def test_node_version_missing_program_is_nought(tmp_path):
    assert frontend.node_version(str(tmp_path / "none")) == (0, 0)


@pytest.mark.parametrize(("version", "own"), [((20, 19), True), ((20, 18), False)])
def test_find_node_too_old_takes_the_wheels(monkeypatch, version, own):
    monkeypatch.setattr(frontend.shutil, "which", lambda name: f"/machine/{name}")
    monkeypatch.setattr(frontend, "node_version", lambda _: version)

    assert (str(frontend.find_node().node) == "/machine/node") is own


def test_find_node_neither_says_what_to_install(monkeypatch):
    monkeypatch.setattr(frontend.shutil, "which", lambda _: None)
    monkeypatch.setattr(frontend, "find_spec", lambda _: None)

    with pytest.raises(Failed, match=r"install Node\.js 20\.19 or newer"):
        frontend.find_node()


def test_without_source_map_drops_the_comment_only():
    script = b'const a="//not #this";export{a};//# sourceMappingURL=x.min.js.map\n'

    assert frontend.without_source_map(script) == b'const a="//not #this";export{a};\n'


def test_sources_hold_the_entry_and_the_lock():
    names = [path.name for path in frontend.sources(ROOT)]

    assert {"main.scss", "_portal.scss", "package-lock.json"} <= set(names)


def test_package_lock_names_no_registry():
    lock = json.loads((ROOT / "package-lock.json").read_text())

    packages = [entry for name, entry in lock["packages"].items() if name]
    assert packages
    assert all("resolved" not in entry and "integrity" in entry for entry in packages)


def test_fonts_are_copied_in_two_weights_with_their_licences(tmp_path):
    for name in frontend.FONT_PACKAGES:
        for weight in (*frontend.FONT_WEIGHTS, "900Black"):
            cut = tmp_path / "node_modules" / "@expo-google-fonts" / name / weight
            cut.mkdir(parents=True)
            (cut / f"{name}_{weight}.ttf").write_bytes(b"letters")
        (cut.parent / "LICENSE_FONT").write_text("Open Font License")

    frontend._copy_fonts(tmp_path, tmp_path / "fonts")

    names = {path.name for path in (tmp_path / "fonts").iterdir()}
    assert {"noto-sans_400Regular.ttf", "noto-sans_700Bold.ttf", "noto-sans-licence.txt"} <= names
    assert len(names) == 3 * len(frontend.FONT_PACKAGES)
