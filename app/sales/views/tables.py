"""Tables of the funnel report: every figure with the address of exactly the records that it counts."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import format_decimal

from app.core.i18n import Text, _
from app.core.rules.safety import guard
from app.core.services.dictionaries import Term
from app.sales.models import Stage
from app.sales.rules.funnel import Figures, Passage, share
from app.sales.services.breakdown import Dimension, Part
from app.sales.services.funnel import StageSums
from app.sales.services.selection import Filters, Selection, records_url
from app.sales.services.stages import Funnel

EMPTY = "—"
SHOWN = 100  # a page with thousands of owners would be of no use; the file has them all
FORMATS = {"count": "#,##0", "money": "#,##0", "percent": "0.00", "days": "0.##"}


@dataclass(frozen=True)
class Cell:
    """A figure: its number, how it is written, and its records."""

    value: Any
    kind: str = "count"
    url: str | None = None

    @property
    def text(self) -> str:
        if self.value is None:
            return EMPTY
        if self.kind not in FORMATS:
            return str(self.value)
        written = format_decimal(self.value, FORMATS[self.kind])
        return f"{written} %" if self.kind == "percent" else written

    @property
    def plain(self) -> str:
        """As a file has it."""
        return "" if self.value is None else guard(str(self.value))


@dataclass(frozen=True)
class Table:
    """A table of the report, for the page and for the file alike."""

    key: str
    heading: Text
    columns: tuple[Text, ...]
    rows: Sequence[tuple[Cell, ...]]
    note: Text | None = None

    @property
    def shown(self) -> Sequence[tuple[Cell, ...]]:
        """The rows for the page: the first ones, and the sum."""
        return [*self.rows[:SHOWN], self.rows[-1]] if self.left_out else self.rows

    @property
    def left_out(self) -> int:
        """How many rows only the file has."""
        return max(len(self.rows) - SHOWN - 1, 0)

    def as_csv(self) -> bytes:
        """With the mark that spreadsheet programs need."""
        file = io.StringIO()
        writer = csv.writer(file)
        writer.writerow([str(column) for column in self.columns])
        writer.writerows([cell.plain for cell in row] for row in self.rows)
        return file.getvalue().encode("utf-8-sig")


def won(filters: Filters) -> str:
    return records_url(*filters, "status:eq:won")


def decided(filters: Filters) -> str:
    return records_url(*filters, "status:in:won,lost")


def figure_cells(figures: Figures, base: Filters, closed: Filters) -> dict[str, Cell]:
    """Everything a group of opportunities has to say: what is open now, what was closed in the period."""
    won_url = won(closed)
    still_open = records_url(*base, "status:eq:open")
    return {
        "open": Cell(figures.open_count, "count", still_open),
        "open_amount": Cell(figures.open_amount, "money", still_open),
        "weighted": Cell(figures.weighted, "money", still_open),
        "won": Cell(figures.won_count, "count", won_url),
        "won_amount": Cell(figures.won_amount, "money", won_url),
        "lost": Cell(figures.lost_count, "count", records_url(*closed, "status:eq:lost")),
        "win_rate": Cell(figures.win_rate, "percent", decided(closed)),
        "win_rate_by_amount": Cell(figures.win_rate_by_amount, "percent", decided(closed)),
        "average_won": Cell(figures.average_won, "money", won_url),
        "cycle_mean": Cell(figures.cycle.mean, "days", records_url(*closed, "status:eq:won", "cycle_days:filled")),
        "cycle_median": Cell(figures.cycle.median, "days", records_url(*closed, "status:eq:won", "cycle_days:filled")),
    }


def breakdown_table(dimension: Dimension, parts: Sequence[Part], whole: Figures, selection: Selection) -> Table:
    """Rows of a dimension and, last, all together."""
    names: tuple[str, ...] = (
        "open",
        "open_amount",
        "weighted",
        "won",
        "won_amount",
        "lost",
        "win_rate",
        "average_won",
        "cycle_mean",
        "cycle_median",
    )
    heads: tuple[Text, ...] = (
        _("Open"),
        _("Open amount"),
        _("Weighted"),
        _("Won"),
        _("Won amount"),
        _("Lost"),
        _("Win rate"),
        _("Average won"),
        _("Cycle, mean"),
        _("Cycle, median"),
    )
    if dimension.is_time:
        names, heads = names[3:], heads[3:]
    rows = []
    for part in parts:
        cells = figure_cells(part.figures, (*selection.base, *part.filters), (*selection.closed, *part.filters))
        rows.append((Cell(part.name, "text"), *(cells[name] for name in names)))
    cells = figure_cells(whole, selection.base, selection.closed)
    rows.append((Cell(_("All together"), "total"), *(cells[name] for name in names)))
    note = _("A manager's own opportunities count with those of the direct reports; whoever leads and is led counts with both.")
    return Table(
        "breakdown",
        _("By %(what)s", what=str(dimension.label).lower()),
        (dimension.label, *heads),
        rows,
        note if dimension is Dimension.MANAGER else None,
    )


def stage_table(funnel: Funnel, now: dict[int, StageSums], selection: Selection) -> Table:
    """What stands in each open stage now."""
    rows = []
    for stage in funnel.stages:
        if stage.kind.is_closed:
            continue
        sums = now.get(stage.id, StageSums())
        url = records_url(*selection.base, f"stage_id:eq:{stage.id}")
        rows.append(
            (
                Cell(stage.name, "text"),
                Cell(stage.probability, "percent"),
                Cell(sums.count, "count", url),
                Cell(sums.amount, "money", url),
                Cell(sums.weighted, "money", url),
            )
        )
    columns = (_("Stage"), _("Probability"), _("Opportunities"), _("Amount"), _("Weighted"))
    return Table("stages", _("Open now, by stage"), columns, rows)


def conversion_table(funnel: Funnel, passages: Sequence[Passage], selection: Selection) -> Table:
    """How those opened in the period fared from stage to stage."""
    names = {stage.id: stage.name for stage in funnel.stages}
    rows = []
    for passage in passages:
        here = f"furthest_stage_id:eq:{passage.stage}"
        rows.append(
            (
                Cell(names[passage.stage], "text"),
                Cell(passage.reached, "count", _among(selection, passage.reached_at)),
                Cell(passage.advanced, "count", _among(selection, passage.later)),
                Cell(passage.rate, "percent", _among(selection, passage.reached_at)),
                Cell(passage.undecided, "count", records_url(*selection.opened, here, "status:eq:open")),
                Cell(passage.undecided_share, "percent", _among(selection, passage.reached_at)),
                Cell(passage.dropped, "count", records_url(*selection.opened, here, "status:ne:open")),
            )
        )
    columns = (_("Stage"), _("Reached"), _("Went on"), _("Conversion"), _("Still open here"), _("Undecided"), _("Lost here"))
    return Table(
        "conversion", _("Conversion between stages"), columns, rows, _("Opportunities opened in the period, wherever they are now.")
    )


def _among(selection: Selection, stages: Sequence[int]) -> str:
    return records_url(*selection.opened, f"furthest_stage_id:in:{','.join(map(str, stages))}")


def loss_table(reasons: dict[str | None, tuple[int, Decimal]], labels: dict[str, Term], selection: Selection) -> Table:
    """Why those closed in the period were lost."""
    lost = sum(number for number, _amount in reasons.values())
    rows = []
    for key, (number, amount) in sorted(reasons.items(), key=lambda item: -item[1][0]):
        url = records_url(*selection.closed, "status:eq:lost", f"loss_reason:eq:{key}" if key else "loss_reason:empty")
        name = labels[key].label if key in labels else str(key or _("(none)"))
        rows.append((Cell(name, "text"), Cell(number, "count", url), Cell(share(number, lost), "percent", url), Cell(amount, "money", url)))
    return Table("losses", _("Why opportunities were lost"), (_("Loss reason"), _("Lost"), _("Share"), _("Amount")), rows)


def chart_of(
    table: Table, column: int, *, name: Text, form: str = "number", limit: int = 15, notes: Sequence[str] | None = None
) -> dict[str, Any]:
    """One column of a table as a chart whose parts open the same records."""
    rows = [row for row in table.rows if row[0].kind != "total"][:limit]
    series = {"name": str(name), "data": [float(row[column].value or 0) for row in rows], "urls": [row[column].url for row in rows]}
    made: dict[str, Any] = {"categories": [str(row[0].value) for row in rows], "series": [series], "format": form}
    return made | ({"notes": list(notes)} if notes else {})


def funnel_chart(funnel: Funnel, passages: Sequence[Passage], table: Table) -> dict[str, Any]:
    """Reached stages, narrowing down to what was won, with the conversion beside each."""
    chart = chart_of(table, 1, name=_("Reached"), notes=[row[3].text if row[3].value is not None else "" for row in table.rows])
    won_stages: list[Stage] = [stage for stage in funnel.stages if stage.kind == "won"]
    if passages and won_stages:
        last = table.rows[-1]
        chart["categories"].append(" / ".join(stage.name for stage in won_stages))
        chart["series"][0]["data"].append(passages[-1].advanced)
        chart["series"][0]["urls"].append(last[2].url)
        chart["notes"].append("")
    return chart
