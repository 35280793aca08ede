"""The funnel report: figures, conversion, results and losses of a selection."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Response, render_template, request
from flask_appbuilder import BaseView, expose

from app.core.actor import Actor, Right, current_actor
from app.core.errors import BadRequest, NotFound
from app.core.i18n import _, _l
from app.core.services.dictionaries import terms
from app.core.types import utc_now
from app.core.views.access import requires
from app.extensions import db
from app.sales.models import StageKind
from app.sales.rules.funnel import FORMULAS, Figures, Passage, passages, preset_periods
from app.sales.services.breakdown import Breakdown, Dimension
from app.sales.services.funnel import FunnelFigures
from app.sales.services.selection import Selection
from app.sales.services.stages import Funnel
from app.sales.settings import company_currency
from app.sales.views.board import asked_funnel
from app.sales.views.selection import as_arguments, chosen, sees_others
from app.sales.views.tables import Table, breakdown_table, chart_of, conversion_table, figure_cells, funnel_chart, loss_table, stage_table

PERIODS = {
    "month": _l("This month"),
    "quarter": _l("This quarter"),
    "last_quarter": _l("Last quarter"),
    "year": _l("This year"),
    "last_year": _l("Last year"),
}


@dataclass(frozen=True)
class Report:
    """What was asked, and everything that was counted for it."""

    funnel: Funnel
    selection: Selection
    dimension: Dimension
    whole: Figures
    passages: list[Passage]
    tables: dict[str, Table]


class FunnelReportView(BaseView):
    """Figures of the funnel."""

    route_base = "/funnel"
    class_permission_name = "funnel"
    default_view = "report"

    @expose("/report")
    @requires(Right.VIEW)
    def report(self) -> str:
        """The whole report."""
        actor = current_actor()
        made = make_report(actor)
        arguments = as_arguments(made.selection)
        return render_template(
            "sales/report.html",
            report=made,
            funnel=made.funnel,
            selection=made.selection,
            cells=figure_cells(made.whole, made.selection.base, made.selection.closed),
            charts=charts_of(made),
            chosen=chosen(made.selection),
            sees_others=sees_others(actor),
            periods=period_links(made, arguments, actor),
            dimensions=[(d, f"/funnel/report?{urlencode(arguments | {'by': d.value})}#breakdown") for d in Dimension],
            csv_query=urlencode(arguments | {"by": made.dimension.value}),
            board_query=urlencode({k: v for k, v in arguments.items() if k in {"pipeline_id", "owner_id", "department_id"}}),
            formulas=FORMULAS,
            currency=company_currency(),
        )

    @expose("/report/<name>.csv")
    @requires(Right.VIEW)
    def table(self, name: str) -> Response:
        """One table as a file."""
        table = make_report(current_actor()).tables.get(name)
        if table is None:
            raise NotFound()
        headers = {"Content-Disposition": f'attachment; filename="funnel-{name}.csv"'}
        return Response(table.as_csv(), mimetype="text/csv", headers=headers)


def make_report(actor: Actor) -> Report:
    """Count what the address asks for."""
    session = db.session()
    funnel, selection = asked_funnel()
    try:
        dimension = Dimension(request.args.get("by", "owner"))
    except ValueError as error:
        raise BadRequest() from error
    figures = FunnelFigures(session, actor)
    breakdown = Breakdown(session, actor, selection).by(dimension)
    way = figures.way(selection)
    whole = breakdown.closed + way.open_figures
    open_stages, won_stages = ([stage.id for stage in funnel.of_kind(kind)] for kind in (StageKind.OPEN, StageKind.WON))
    passed = passages(open_stages, won_stages, way.furthest)
    tables = (
        stage_table(funnel, way.now, selection),
        conversion_table(funnel, passed, selection),
        breakdown_table(dimension, breakdown.parts, whole, selection),
        loss_table(figures.loss_reasons(selection), terms(session, "loss_reason"), selection),
    )
    return Report(funnel, selection, dimension, whole, passed, {table.key: table for table in tables})


def charts_of(made: Report) -> dict[str, Any]:
    """The data of the charts."""
    breakdown, losses = made.tables["breakdown"], made.tables["losses"]
    won_amount = 2 if made.dimension.is_time else 5
    limit = 60 if made.dimension.is_time else 15
    return {
        "funnel": funnel_chart(made.funnel, made.passages, made.tables["conversion"]),
        "breakdown": chart_of(breakdown, won_amount, name=_("Won amount"), form="money", limit=limit) | {"currency": company_currency()},
        "losses": chart_of(losses, 1, name=_("Lost")),
    }


def period_links(made: Report, arguments: dict[str, str], actor: Actor) -> list[tuple[Any, str, bool]]:
    """(label, address, active) of the usual periods, all time first."""
    today = utc_now().astimezone(ZoneInfo(actor.timezone)).date()
    others = {k: v for k, v in arguments.items() if k not in {"start", "end"}} | {"by": made.dimension.value}
    asked = (made.selection.start, made.selection.end)
    links: list[tuple[Any, str, bool]] = [(_("All time"), f"/funnel/report?{urlencode(others)}", asked == (None, None))]
    for key, span in preset_periods(today).items():
        days = {"start": span[0].isoformat(), "end": span[1].isoformat()}
        links.append((PERIODS[key], f"/funnel/report?{urlencode(others | days)}", asked == span))
    return links
