#!/usr/bin/env python3
"""Install what the portal needs into .venv, then run one command of `devstack`.

Standard library only. The make targets are one-line aliases of this; a machine without make
uses it directly: python3 dev.py demo. Safe to run again: what is installed is not done twice.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".stamp"
OLDEST = (3, 11)
NEWER = ("python3.13", "python3.12", "python3.11")  # tried where python3 is older
COMMANDS = {
    "demo": "install all, load the demo borough and serve the portal until Ctrl-C",
    "test": "install all and run every test (further words go to pytest)",
    "test-fast": "the tests without the browser and the slow ones",
    "browser": "only the tests in a browser",
    "check": "format, lint, types, import order, templates, migrations, generated docs",
    "fix": "let the tools put right what they can",
    "docs": "write the generated pages of docs/reference anew",
    "bench": "the benchmark (--size large for the large one)",
    "fuzz": "the property tests with many more examples",
    "calibration": "the demo borough's figures beside the published ones, with sources",
    "screenshots": "take the pictures of docs/images anew, and many more to look at",
    "setup": "install only",
    "stop": "stop what demo left running",
    "help": "this list",
}
# uv reads no pip configuration: the same index, wheels and certificates under uv's names.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}


def main(words):
    """Hand over to devstack; the exit code where that is not needed."""
    command = words[0] if words else "help"
    if command in ("help", "-h", "--help"):
        print("\n".join(f"{name:12} {does}" for name, does in COMMANDS.items()))
        return 0
    if command not in COMMANDS:
        return f"There is no command {command}: see python3 dev.py help."
    if sys.version_info < OLDEST:
        for name in NEWER:
            if (found := shutil.which(name)) and succeeds([found, "--version"]):
                os.execv(found, [found, str(ROOT / "dev.py"), *words])
        return f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}."
    os.chdir(ROOT)
    if command != "stop" or not PYTHON.exists():
        with (ROOT / ".install.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two commands at once install once
            install(("bench.txt",) if command == "bench" else ())
    os.execv(PYTHON, [str(PYTHON), "-m", "devstack", *words])


def install(further):
    """Make .venv hold what the lock files name, and `further` ones beside it."""
    wanted = stamp_for("uv.txt", "dev.txt")
    if not (STAMP.exists() and STAMP.read_text() == wanted and PYTHON.exists()):
        make_venv()
        print("Installing the Python packages ...", flush=True)
        pip("uv.txt")
        install_locked("dev.txt")
        STAMP.write_text(wanted)
    for name in further:
        stamp = VENV / f".stamp-{name}"
        if not (stamp.exists() and stamp.read_text() == stamp_for("dev.txt", name)):
            print(f"Installing {name} ...", flush=True)
            install_locked(name)
            stamp.write_text(stamp_for("dev.txt", name))


def stamp_for(*names):
    """The digest of these lock files and of the Python they were installed for."""
    total = hashlib.sha256(repr(sys.version_info[:3]).encode())
    for name in names:
        total.update((ROOT / "requirements" / name).read_bytes())
    return total.hexdigest()


def make_venv():
    """A .venv of this Python with pip in it; one of another Python, or half of one, goes."""
    if PYTHON.exists() and succeeds([PYTHON, "-m", "pip", "--version"]) and same_python():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if succeeds([sys.executable, "-m", "venv", VENV]):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing python3-venv ...", flush=True)
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        succeeds(["apt-get", "update", "-q"])
        for name in (package, "python3-venv"):
            succeeds(["apt-get", "install", "-y", "-q", "--no-install-recommends", name])
            shutil.rmtree(VENV, ignore_errors=True)
            if succeeds([sys.executable, "-m", "venv", VENV]):
                return
    sys.exit("This Python cannot make virtual environments: install the package python3-venv.")


def same_python():
    """True when .venv is of the very version that runs this."""
    ask = f"import sys; print(sys.version_info[:3] == {sys.version_info[:3]})"
    return subprocess.run([PYTHON, "-c", ask], capture_output=True, text=True).stdout == "True\n"


def install_locked(name):
    """With uv, ten times as fast; with pip where uv fails."""
    uv = VENV / "bin" / "uv"
    wanted = ["--require-hashes", "-r", f"requirements/{name}"]
    if uv.exists() and succeeds(
        [uv, "pip", "install", "-q", "--python", PYTHON, *wanted], uv_env()
    ):
        return
    print("uv did not manage it: installing with pip, which takes longer ...", flush=True)
    pip(name)


def pip(name):
    """Install one lock file with pip, or end with what pip says."""
    wanted = ["--require-hashes", "-r", f"requirements/{name}"]
    command = [str(PYTHON), "-m", "pip", "install", "-q", "--no-input", *wanted]
    if subprocess.run(command, stdin=subprocess.DEVNULL).returncode:
        sys.exit(f"requirements/{name} could not be installed: pip's message is above.")


def uv_env():
    """Our environment with pip's configuration, as `pip config list` gives it, in uv's words."""
    listed = subprocess.run([PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True)
    # A lock with hashes takes the very files it names, so any index may offer them.
    env = {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_LINK_MODE": "copy"}
    for line in listed.stdout.splitlines():
        name, _, value = line.partition("=")
        if variable := UV_NAMES.get(name.split(".")[-1]):
            env[variable] = " ".join(value.strip("'\"").replace("\\n", " ").split())
    return {**env, **os.environ}


def succeeds(command, env=None):
    """True when it exits 0; its output is shown only when not."""
    done = subprocess.run(
        [str(word) for word in command], env=env, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    if done.returncode:
        print(done.stdout[-3000:], file=sys.stderr, flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
