"""Which pages `make screenshots` takes, as whom, and which of them the documents show."""

from __future__ import annotations

from dataclasses import dataclass

SIZES = {"320": (320, 640), "360": (360, 740), "768": (768, 1024), "1440": (1440, 900)}
PRINT_WIDTH = 718  # A4 less margins of a centimetre, at 96 dots an inch

OFFICER, LEAD = "attendance.officer", "school.lead"
MANAGER, ANALYST = "team.manager", "analyst"
ADMINISTRATOR, WORKER, PANEL = "administrator", "early.help.worker", "panel.member"


@dataclass(frozen=True)
class Picture:
    """A page, who looks at it, and the links to follow to it (CSS selectors) from an address.

    `{key}` in an address is the UPN of that child of the demo borough. `shown` names the size that
    the documents show; `taller` is how many pixels of the page that picture has, where a screen's
    worth is too little.
    """

    name: str
    who: str
    address: str
    follow: tuple[str, ...] = ()
    shown: str = ""
    taller: int = 0


_RECORD = "main a[href^='/pupils/'][href$='/']"
_WHY = "main a[href$='/why/']"
_CASE = "main a[href^='/cases/AT-'][href$='/']"
_PLAN = "main a[href^='/plans/']"
_STOPPED = "/search/?q={stopped}"
_SCHOOL = "/schools/900045/"

PICTURES = (
    Picture("today-officer", OFFICER, "/", shown="1440", taller=1100),
    Picture("today-phone", OFFICER, "/", shown="360", taller=1100),
    Picture("today-manager", MANAGER, "/"),
    Picture("today-school", LEAD, "/"),
    Picture("search", MANAGER, "/search/?q=oneil"),
    Picture("pupils", MANAGER, "/pupils/?flag=persistent_absence&sort=-absence"),
    Picture("cohort", MANAGER, "/pupils/?cohort=drifting_up", shown="1440"),
    Picture("pupil", MANAGER, "/search/?q={declining}", (_RECORD,), shown="1440", taller=1300),
    Picture("pupil-phone", MANAGER, "/search/?q={declining}", (_RECORD,), shown="360", taller=1100),
    Picture("pupil-worker", WORKER, "/pupils/", (_RECORD,)),
    Picture("pupil-panel", PANEL, "/pupils/", (_RECORD,)),
    Picture(
        "attendance", MANAGER, "/search/?q={monday_friday}", (_RECORD, "a[href$='/attendance/']")
    ),
    Picture("timeline", MANAGER, "/search/?q={declining}", (_RECORD, "a[href$='/timeline/']")),
    Picture("family", MANAGER, "/search/?q={sibling_primary}", (_RECORD, "a[href$='/family/']")),
    Picture(
        "why", MANAGER, "/search/?q={exactly_20_of_200}", (_RECORD, _WHY), shown="1440", taller=1000
    ),
    Picture("answer", OFFICER, "/", ("main a[href*='/answer/']",)),
    Picture("cases", OFFICER, "/cases/", shown="1440"),
    Picture("case", OFFICER, _STOPPED, (_RECORD, _CASE), shown="1440", taller=1300),
    Picture("case-move", OFFICER, _STOPPED, (_RECORD, _CASE, "main a[href$='/move/']")),
    Picture("plan", OFFICER, _STOPPED, (_RECORD, _CASE, _PLAN)),
    Picture(
        "family-copy",
        OFFICER,
        _STOPPED,
        (_RECORD, _CASE, _PLAN, "main a[href$='/family/']"),
        shown="1440",
        taller=1100,
    ),
    Picture("case-queues", MANAGER, "/cases/queues/"),
    Picture("case-report", MANAGER, "/cases/report/"),
    Picture("actions", OFFICER, "/actions/"),
    Picture("families", WORKER, "/", shown="360", taller=1100),
    Picture("log", WORKER, "/", ("main a[href^='/log/']",), shown="360", taller=1100),
    Picture("schools", MANAGER, "/schools/"),
    Picture("school", MANAGER, _SCHOOL, shown="1440", taller=1300),
    Picture("school-pupils", MANAGER, f"{_SCHOOL}pupils/"),
    Picture("school-cohorts", MANAGER, f"{_SCHOOL}cohorts/"),
    Picture("school-registers", MANAGER, f"{_SCHOOL}registers/"),
    Picture("borough", MANAGER, "/borough/", shown="1440", taller=1300),
    Picture("borough-then", ANALYST, "/borough/?as_of=2026-01-30"),
    Picture("explore", MANAGER, "/explore/?fsm=true&sen=any", shown="1440", taller=1500),
    Picture("at-risk", LEAD, "/explore/at-risk/"),
    Picture(
        "concentration",
        MANAGER,
        "/explore/concentration/?absence=unauthorised",
        shown="1440",
        taller=1300,
    ),
    Picture("places", MANAGER, "/places/?absence=unauthorised", shown="1440", taller=1500),
    Picture("place", MANAGER, "/places/", ("main td a[href^='/places/E'], main th a",)),
    Picture("benchmark", MANAGER, "/explore/benchmark/"),
    Picture("compare", LEAD, "/explore/"),
    Picture("meetings", MANAGER, "/meetings/", shown="1440", taller=1100),
    Picture("meeting-prepare", LEAD, "/", ("main a[href$='/prepare/']",)),
    Picture(
        "meeting-pack",
        LEAD,
        "/",
        ("main a[href$='/prepare/']", "main a[href$='/pack/']"),
        shown="1440",
        taller=1500,
    ),
    Picture("meeting-after", MANAGER, f"{_SCHOOL}meetings/", ("main a[href$='/after/']",)),
    Picture("board-report", MANAGER, "/reports/board/"),
    Picture("trust", MANAGER, _SCHOOL, ("main a[href^='/trusts/']",)),
    Picture("take-out", MANAGER, "/exports/table/borough_schools/"),
    Picture("feeds", MANAGER, "/data/feeds/", shown="1440"),
    Picture("upload", LEAD, "/registers/upload/"),
    Picture("exports", ANALYST, "/exports/", shown="1440"),
    Picture("people", ADMINISTRATOR, "/people/"),
    Picture("give-access", ADMINISTRATOR, "/people/give/"),
    Picture("access-log", ADMINISTRATOR, "/access-log/"),
    Picture("audit", ADMINISTRATOR, "/audit/"),
    Picture("saved-views", MANAGER, "/views/"),
    Picture("not-found", MANAGER, "/pupils/00000000-0000-4000-8000-000000000000/"),
    Picture("help", OFFICER, "/help/"),
    Picture("help-rule", OFFICER, "/help/rules/persistent_absence/"),
    Picture("help-figures", OFFICER, "/help/figures/"),
    Picture("help-codes", OFFICER, "/help/codes/"),
    Picture("help-pathway", OFFICER, "/help/pathway/"),
    Picture("help-officer", OFFICER, "/help/attendance_officer/"),
    Picture("privacy", OFFICER, "/privacy/"),
    Picture("accessibility", OFFICER, "/accessibility/"),
    Picture("components", OFFICER, "/components/"),
)
