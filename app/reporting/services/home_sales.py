"""Sales on the home page: the funnel and the results; for whoever leads, also forecast and ranking."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import extract, func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.core.actor import Right
from app.core.i18n import _
from app.core.presentation import list_url
from app.reporting.services.home import Block, Data, Viewer, chart
from app.sales.models import OPPORTUNITY, Opportunity, Stage, StageKind
from app.sales.rules.funnel import Figures, Period, first_of_month, preset_periods, total
from app.sales.services.funnel import FunnelFigures
from app.sales.services.stages import load_funnel
from app.sales.settings import company_currency
from app.security.models import CrmUser

MONTHS = 6
AHEAD = 4
RANKED = 8
STALLED = 6
USUAL_DAYS = 30  # for stages that do not say how long is long


def sales(session: Session, viewer: Viewer) -> Data:
    """Figures and two charts; every part opens the opportunities it counts."""
    funnel, figures = load_funnel(session), FunnelFigures(session, viewer.actor)
    stages = funnel.of_kind(StageKind.OPEN)
    now = figures.by_stage((f"pipeline_id:eq:{funnel.pipeline.id}", "status:eq:open"))
    months = [first_of_month(viewer.today.year, viewer.today.month - back) for back in reversed(range(MONTHS))]
    results = _results(session, months, viewer.today)
    whole = total(results)
    standing = [now[stage.id] for stage in stages if stage.id in now]
    return {
        "others": viewer.sees_others(OPPORTUNITY.name),
        "open_amount": sum((s.amount for s in standing), Decimal(0)),
        "open_count": sum(s.count for s in standing),
        "weighted": sum((s.weighted for s in standing), Decimal(0)),
        "open_url": list_url(OPPORTUNITY, f"pipeline_id:eq:{funnel.pipeline.id}", "status:eq:open"),
        "won": results[-1].won_amount,
        "won_count": results[-1].won_count,
        "won_before": results[-2].won_amount,
        "won_url": _won_url(months[-1], viewer.today),
        "win_rate": whole.win_rate,
        "closed_url": list_url(OPPORTUNITY, "status:in:won,lost", f"closed_on:gte:{months[0]}"),
        "currency": company_currency(),
        "funnel": chart(
            [stage.name for stage in stages],
            _("Open amount"),
            [now[stage.id].amount if stage.id in now else 0 for stage in stages],
            [list_url(OPPORTUNITY, f"stage_id:eq:{stage.id}") for stage in stages],
            "money",
            currency=company_currency(),
        ),
        "results": chart(
            [f"{m.year}-{m.month:02}" for m in months],
            _("Won amount"),
            [r.won_amount for r in results],
            [_won_url(m, Period(m.year, m.month).end) for m in months],
            "money",
            currency=company_currency(),
        ),
    }


def stalled(session: Session, viewer: Viewer) -> Data | None:
    """Open ones that have stood longer in their stage than it expects."""
    open_stages = session.execute(select(Stage.id, Stage.expected_days, Stage.warn_days).where(Stage.kind == StageKind.OPEN)).all()
    limits = {row.id: viewer.now - timedelta(days=row.expected_days or row.warn_days or USUAL_DAYS) for row in open_stages}
    if not limits:
        return None
    too_long = or_(*((Opportunity.stage_id == stage) & (Opportunity.stage_entered_at < since) for stage, since in limits.items()))
    statement = (
        select(Opportunity)
        .where(too_long, Opportunity.status == StageKind.OPEN)
        .options(joinedload(Opportunity.stage), joinedload(Opportunity.owner))
    )
    found = list(session.scalars(statement.order_by(Opportunity.base_amount.desc(), Opportunity.id).limit(STALLED)))
    return {"records": found, "now": viewer.now, "others": viewer.sees_others(OPPORTUNITY.name)} if found else None


def team(session: Session, viewer: Viewer) -> Data:
    """What may come in, by the month in which it is expected, and who has won most this quarter."""
    start, end = preset_periods(viewer.today)["quarter"]
    ranking = _ranking(session, start, end)
    months = [first_of_month(viewer.today.year, viewer.today.month + ahead) for ahead in range(AHEAD)]
    weighted = _expected(session, months)
    return {
        "forecast": chart(
            [f"{m.year}-{m.month:02}" for m in months],
            _("Weighted amount"),
            [weighted[m] for m in months],
            [
                list_url(OPPORTUNITY, "status:eq:open", f"expected_close:gte:{m}", f"expected_close:lte:{Period(m.year, m.month).end}")
                for m in months
            ],
            "money",
            currency=company_currency(),
        ),
        "ranking": chart(
            [user.full_name for user, _amount in ranking],
            _("Won amount"),
            [amount for _user, amount in ranking],
            [_won_url(start, end, f"owner_id:eq:{user.id}") for user, _amount in ranking],
            "money",
            currency=company_currency(),
        ),
    }


def _expected(session: Session, months: list[date]) -> dict[date, Decimal]:
    columns = (extract("year", Opportunity.expected_close), extract("month", Opportunity.expected_close))
    last = Period(months[-1].year, months[-1].month).end
    where = (Opportunity.status == StageKind.OPEN, Opportunity.expected_close >= months[0], Opportunity.expected_close <= last)
    found: dict[date, Decimal] = defaultdict(Decimal)
    for year, month, amount in session.execute(select(*columns, func.sum(Opportunity.weighted_amount)).where(*where).group_by(*columns)):
        found[date(int(year), int(month), 1)] = amount or Decimal(0)
    return found


def _results(session: Session, months: list[date], today: date) -> list[Figures]:
    """What was won and lost in each month: a statement less than the funnel's own figures, which also count days."""
    columns = (extract("year", Opportunity.closed_on), extract("month", Opportunity.closed_on), Opportunity.status)
    where = (Opportunity.closed_on >= months[0], Opportunity.closed_on <= today, Opportunity.status.in_([StageKind.WON, StageKind.LOST]))
    found: dict[date, Figures] = defaultdict(Figures)
    for year, month, status, number, amount in session.execute(
        select(*columns, func.count(), func.sum(Opportunity.base_amount)).where(*where).group_by(*columns)
    ):
        won = status is StageKind.WON
        found[date(int(year), int(month), 1)] += (
            Figures(won_count=number, won_amount=amount) if won else Figures(lost_count=number, lost_amount=amount)
        )
    return [found[month] for month in months]


def _ranking(session: Session, start: date, end: date) -> list[tuple[CrmUser, Decimal]]:
    amount = func.sum(Opportunity.base_amount)
    won = (Opportunity.status == StageKind.WON, Opportunity.closed_on >= start, Opportunity.closed_on <= end)
    statement = select(CrmUser, amount).join(Opportunity, Opportunity.owner_id == CrmUser.id).where(*won)
    return [
        (user, total) for user, total in session.execute(statement.group_by(CrmUser.id).order_by(amount.desc(), CrmUser.id).limit(RANKED))
    ]


def _won_url(first: date, last: date, *more: str) -> str:
    return list_url(OPPORTUNITY, *more, "status:eq:won", f"closed_on:gte:{first}", f"closed_on:lte:{last}")


def _sells(viewer: Viewer) -> bool:
    return viewer.actor.may(Right.VIEW, "funnel") and viewer.actor.may(Right.VIEW, OPPORTUNITY.name)


def _works_on_deals(viewer: Viewer) -> bool:
    return _sells(viewer) and viewer.actor.may(Right.EDIT, OPPORTUNITY.name) and not viewer.actor.is_administrator


SALES = Block("sales", 30, "reporting/_sales.html", _sells, sales)
TEAM = Block("team", 35, "reporting/_team.html", lambda viewer: _works_on_deals(viewer) and viewer.leads(OPPORTUNITY.name), team)
STALLED_DEALS = Block("stalled", 20, "reporting/_stalled.html", _works_on_deals, stalled)
