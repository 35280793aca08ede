"""Tables for people, JSON for comparing."""

import json
import platform
from pathlib import Path
from typing import Any

from benchmarks.bulk import Rate
from benchmarks.measure import Measured
from benchmarks.pages import pages

HEADS = ("page", "sees", "SQL", "median ms", "p95 ms", "CPU ms", "KiB", "RSS MB", "×", "budget")
GROWTH = {page.name: page.growth for page in pages(1)}


def print_table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(len(heads))]
    for row in (heads, tuple("-" * w for w in widths), *rows):
        print(
            "  ".join(
                cell.ljust(w) if i < 2 or i == len(widths) - 1 else cell.rjust(w)
                for i, (cell, w) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
        )


def print_pages(found: list[Measured]) -> None:
    """One row for each page and person; the last column says ok, or what is over."""
    rows = [
        (
            m.page, m.share, str(m.statements), f"{m.median_ms:.1f}", f"{m.p95_ms:.1f}", f"{m.cpu_ms:.1f}", f"{m.bytes / 1024:.0f}", f"{m.memory_mb:.0f}",
            f"{m.times:.1f}" if m.times else "", "over: " + ", ".join(m.over) if m.over else "ok",
        )
        for m in sorted(found, key=lambda m: list(GROWTH).index(m.page))
    ]  # fmt: skip
    print_table(HEADS, rows)
    over = sum(bool(m.over) for m in found)
    print(f"\n{len(found) - over} of {len(found)} within their budgets, {over} over.")


def print_rates(rates: list[Rate]) -> None:
    rows = [
        (r.name, r.unit, f"{r.ours:,.1f}", f"{r.raw:,.1f}", f"{r.ratio:.2f}", ("over" if r.over else "ok") + f": budget {r.budget:g}")
        for r in rates
    ]
    print_table(("bulk work", "in", "ours", "raw", "ratio", "budget"), rows)


def print_growth(result: dict[str, Any], other: dict[str, Any]) -> None:
    """How much slower each page is than with fewer rows."""
    cost = "cpu_ms" if result["database"] == "sqlite" else "median_ms"
    before = {(m["page"], m["person"]): m[cost] for m in other["pages"]}
    rows = []
    for m in result["pages"]:
        small = before.get((m["page"], m["person"]))
        if not small:
            continue
        growth, budget = m[cost] / small, GROWTH.get(m["page"])
        verdict = "" if budget is None else ("ok" if growth <= budget else f"over: > {budget:g}")
        rows.append((m["page"], m["share"], f"{small:.1f}", f"{m[cost]:.1f}", f"{growth:.2f}", verdict))
    print(f"\nGrowth from {other['size']:,} to {result['size']:,} customers")
    print_table(("page", "sees", f"{cost[:-3]} ms before", "now", "growth", "budget"), rows)


def path_of(folder: Path, database: str, size: int) -> Path:
    return folder / f"{database}-{size}.json"


def keep(result: dict[str, Any], folder: Path) -> Path:
    """The latest run of this size on this database."""
    folder.mkdir(parents=True, exist_ok=True)
    path = path_of(folder, result["database"], result["size"])
    path.write_text(
        json.dumps(result | {"machine": platform.platform(), "python": platform.python_version()}, indent=1, ensure_ascii=False)
    )
    return path
