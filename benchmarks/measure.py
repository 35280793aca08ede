"""Asking each page again and again as one person."""

import json
import statistics
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.pages import Page, pages
from benchmarks.plan import Plan, Watcher
from benchmarks.seed import PASSWORD
from benchmarks.server import Answer, Browser, Server

PATIENCE = 20.0  # seconds spent on one page of one person at most


@dataclass(frozen=True)
class Measured:
    """A page as one person gets it.

    `median_ms` and `p95_ms` are what the person waits; `cpu_ms` is the server's own time. SQLite works inside the
    server, so there the ratios are of processor times, which do not depend on what else the machine does.
    """

    page: str
    person: str
    share: str
    status: int
    statements: int
    median_ms: float
    cpu_ms: float
    p95_ms: float
    bytes: int
    memory_mb: float
    times: float | None = None
    over: tuple[str, ...] = ()

    def cost(self, by_processor: bool) -> float:
        """What ratios are made of."""
        return self.cpu_ms if by_processor else self.median_ms

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def measure(server: Server, plan: Plan, repeats: int) -> list[Measured]:
    """Every page as every person."""
    by_processor = server.database.startswith("sqlite")
    found: list[Measured] = []
    for watcher in plan.watchers:
        browser = server.browser()
        browser.sign_in(watcher.name, PASSWORD)
        (Path(server.folder) / "bare.html").write_text("{% raw %}" + browser.get("/bench/empty").text + "{% endraw %}")
        first = json.loads(browser.get("/api/v1/customers/?size=20").body)["items"]
        mine: dict[str, float] = {}
        for page in pages(first[len(first) // 2]["id"]):
            measured = _one(server, browser, page, watcher, repeats, mine, by_processor)
            mine[page.name] = measured.cost(by_processor)
            found.append(measured)
    return found


def _one(
    server: Server, browser: Browser, page: Page, watcher: Watcher, repeats: int, before: dict[str, float], by_processor: bool
) -> Measured:
    warm = browser.get(page.path)
    answers: list[Answer] = [warm] if warm.seconds > PATIENCE / 3 else []
    spent = warm.seconds
    while len(answers) < repeats and (spent < PATIENCE or not answers):
        answers.append(browser.get(page.path))
        spent += answers[-1].seconds
    seconds = sorted(a.seconds for a in answers)
    median, processor = statistics.median(seconds) * 1000, statistics.median(a.processor for a in answers) * 1000
    last = answers[-1]
    times = (processor if by_processor else median) / before[page.reference] if page.times and page.reference in before else None
    return Measured(
        page.name, watcher.name, watcher.share, last.status, last.statements, median, processor, seconds[min(len(seconds) - 1, int(len(seconds) * 0.95))] * 1000,
        len(last.body), server.memory_mb(), times, tuple(_over(page, last, times)),
    )  # fmt: skip


def _over(page: Page, last: Answer, times: float | None) -> list[str]:
    """What is over budget, in a few words each."""
    said = []
    if last.status != 200:
        said.append(f"status {last.status}")
    if page.statements is not None and last.statements > page.statements:
        said.append(f"{last.statements} > {page.statements} SQL")
    if times is not None and page.times is not None and times > page.times:
        said.append(f"{times:.1f} > {page.times:g} × {page.reference}")
    return said
