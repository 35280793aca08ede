"""The pages that are measured, and what each may cost."""

import base64
import json
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from benchmarks.rows import Clock


@dataclass(frozen=True, slots=True)
class Page:
    """A page and its budget: statements, times of a reference page, growth between two sizes."""

    name: str
    path: str
    statements: int | None = None
    times: float | None = None
    reference: str = "empty"
    growth: float | None = None


LIST = {"statements": 8, "times": 3.0, "growth": 1.5}
RECORD = {"statements": 15, "times": 4.0, "growth": 1.3}
PICKER = {"times": 3.0, "reference": "one record by key", "growth": 2.0}
FUNNEL = {"statements": 12, "times": 5.0}


def pages(customer: int) -> list[Page]:
    """`customer` is one that the person sees."""
    middle = quote(_middle(), safe="")
    return [
        Page("bare Flask, same HTML", "/bare/page"),
        Page("empty", "/bench/empty", statements=4, times=3.0, reference="bare Flask, same HTML"),
        Page("one record by key", f"/api/v1/customers/{customer}"),
        Page("home", "/"),
        Page("list", "/customers/", **LIST),
        Page("list, in the middle", f"/customers/?after={middle}", **LIST),
        Page("list, by status", "/customers/?filter=status:eq:won", **LIST),
        Page("list, status and industry", "/customers/?filter=status:eq:won&filter=industry:eq:finance", **LIST),
        Page("list, by name", "/customers/?sort=name", **LIST),
        Page("list, searched", "/customers/?q=" + quote("云帆"), **LIST),
        Page("list, its count", "/customers/count"),
        Page("opportunities", "/opportunities/", **LIST),
        Page("record", f"/customers/{customer}", **RECORD),
        Page("record, its timeline", f"/timeline/customer/{customer}", **RECORD),
        Page("add form", "/customers/new", **RECORD),
        Page("edit form", f"/customers/{customer}/edit", **RECORD),
        Page("picker, beginning", "/customers/options?q=" + quote("Alder"), **PICKER),
        Page("picker, two characters", "/customers/options?q=" + quote("启明"), **PICKER),
        Page("picker, nothing found", "/customers/options?q=zzqx", **PICKER),
        Page("search everything", "/search/?q=" + quote("启明"), **PICKER),
        Page("funnel board", "/funnel/board", **FUNNEL),
        Page("funnel report", "/funnel/report", **FUNNEL),
        Page("ticket list", "/tickets/", **LIST),
        Page("API, list of 100", "/api/v1/customers/?size=100", statements=5),
    ]


def _middle() -> str:
    """The cursor of a place in the middle of the list, newest change first."""
    clock = Clock()
    place = [(clock.start + timedelta(days=365)).isoformat(), 2**31]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")
