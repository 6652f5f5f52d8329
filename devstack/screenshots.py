"""`make screenshots`: the pages of the demo borough as pictures, on servers of their own.

All of them go to `screenshots/` in the folder of the demo's data, each whole, at four widths and in
print; those the documents show go to `docs/images/`. The borough is made anew each time and always
the same, so the pictures are too.
"""

from __future__ import annotations

import base64
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from devstack import frontend
from devstack.browser import ensure_browser
from devstack.demo import QUIET, load_borough, wait_until_it_answers
from devstack.failure import Failed
from devstack.pictures import PICTURES, PRINT_WIDTH, SIZES, Picture
from devstack.places import ROOT, child_env, home, manage
from devstack.png import small_png
from devstack.ports import HOST, free_port
from devstack.processes import die_with_parent, end, run
from devstack.servers import throw_away_servers

SHOWN = ROOT / "docs" / "images"
MOST_BYTES = 150_000  # of a picture that the documents show
PATIENCE_MS = 60_000
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]
STILL = "*, ::before, ::after { animation: none; transition: none; caret-color: transparent; }"

#: Deeds are written down at the real hour of the real day: one moment stands for each of them.
ONE_TIME = """() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode;
        text.data = text.data
            .replace(/\\b\\d{1,2} \\w{3} \\d{4}, \\d{1,2}:\\d\\d[ap]m\\b/g, '3 Mar 2026, 4:05am')
            .replace(/\\b\\d{1,2}:\\d\\d(am|pm)\\b/g, '4:05am');
    }
}"""
#: The pixels of a picture, red, green, blue and opacity: the browser reads its own files best.
PIXELS = """async content => {
    const bytes = Uint8Array.from(atob(content), one => one.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], {type: 'image/png'}));
    const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
    context.drawImage(picture, 0, 0);
    const pixels = context.getImageData(0, 0, picture.width, picture.height).data;
    const url = await new Promise(done => {
        const reader = new FileReader();
        reader.onload = () => done(reader.result);
        reader.readAsDataURL(new Blob([pixels]));
    });
    return url.slice(url.indexOf(',') + 1);
}"""


def take() -> int:
    """Take all pictures; 0 when every page was there."""
    program = ensure_browser()
    if program is None:
        raise Failed("Pictures need a Chromium, and none could be installed.")
    frontend.build(ROOT)
    (ROOT / "staticfiles").mkdir(exist_ok=True)
    place = home() / "screenshots"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    with _portal(place / "data") as (address, logins):
        _take_all(program, address, logins, place)
    print(f"{len(PICTURES)} pages are in {place}, the best of them in {SHOWN}.", flush=True)
    return 0


@contextmanager
def _portal(data: Path) -> Iterator[tuple[str, dict[str, tuple[str, str]]]]:
    """The portal with the demo borough: its address, and email and password by the name."""
    port = free_port()
    with throw_away_servers() as named:
        places = {"ATTENDANCE_PORTAL_HOME": str(data), "PORTAL_PORT": str(port)}
        env = QUIET | child_env(PORTAL_DEBUG="false", **places, **named)
        if run(manage("migrate", "--noinput", "--verbosity", "0"), env=env, cwd=ROOT):
            raise Failed("The database could not be migrated.")
        logins = load_borough(env)
        with subprocess.Popen(
            [sys.executable, "-m", "honcho", "-f", "Procfile.dev", "start", "web"],
            cwd=ROOT, env=env, stdin=subprocess.DEVNULL, start_new_session=True,
            preexec_fn=die_with_parent,
        ) as process:  # fmt: skip
            try:
                address = f"http://{HOST}:{port}/"
                wait_until_it_answers(address, process)
                yield address, _by_name(logins)
            finally:
                end(process)


def _by_name(logins: list[str]) -> dict[str, tuple[str, str]]:
    """Email and password of each login, by what stands before the @."""
    words = (line.split() for line in logins)
    return {email.split("@")[0]: (email, password) for _, email, password, *_ in words}


def _take_all(program: Path, address: str, logins: Any, place: Path) -> None:
    from playwright.sync_api import sync_playwright  # only here: no other command waits for it

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(program), args=ARGUMENTS)
        for who in dict.fromkeys(picture.who for picture in PICTURES):
            page = browser.new_page(base_url=address, locale="en-GB", reduced_motion="reduce")
            page.set_default_timeout(PATIENCE_MS)
            _sign_in(page, *logins[who])
            for picture in (one for one in PICTURES if one.who == who):
                print(f"{picture.name} as {who} ...", flush=True)
                _take(page, picture, place)
            page.context.close()
        browser.close()


def _sign_in(page: Any, email: str, password: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name="Sign in").click()


def _take(page: Any, picture: Picture, place: Path) -> None:
    """One page at every width and in print, and once more where the documents show it."""
    from attendance.borough.fixtures import UPNS

    page.goto(picture.address.format_map(UPNS))
    for link in picture.follow:
        page.goto(page.locator(link).first.get_attribute("href"))
    page.evaluate(ONE_TIME)
    shoot = partial(page.screenshot, animations="disabled", style=STILL)
    for name, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        shoot(path=place / f"{picture.name}-{name}.png", full_page=True)
        if name == picture.shown:
            page.set_viewport_size({"width": width, "height": picture.taller or height})
            taken = page.evaluate(PIXELS, base64.b64encode(shoot()).decode())
            content = small_png(base64.b64decode(taken), width, picture.taller or height)
            _keep(content, SHOWN / f"{picture.name}.png")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PRINT_WIDTH, "height": 1000})
    shoot(path=place / f"{picture.name}-print.png", full_page=True)
    page.pdf(path=place / f"{picture.name}.pdf", format="A4", prefer_css_page_size=True)
    page.emulate_media(media="screen")


def _keep(content: bytes, path: Path) -> None:
    if len(content) > MOST_BYTES:
        raise Failed(f"{path.name} has {len(content):,} bytes; documents take {MOST_BYTES:,}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
