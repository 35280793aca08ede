"""The key figures of the last weeks, for whoever sees a department or the company."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.presentation import list_url
from app.customers.models import CUSTOMER
from app.reporting.models import KpiSnapshot
from app.reporting.models.kpi_snapshot import COMPANY
from app.reporting.rules.kpis import KPIS, Parts
from app.reporting.services.home import Block, Data, Viewer, chart
from app.sales.models import OPPORTUNITY
from app.sales.settings import company_currency

DAYS = 30
SHOWN = {
    "new_customers": CUSTOMER.name,
    "open_pipeline": OPPORTUNITY.name,
    "win_rate": OPPORTUNITY.name,
    "first_response_minutes": "ticket",
}


def trend(session: Session, viewer: Viewer) -> Data | None:
    """A chart per figure of which there are two days to compare."""
    shown = [key for key, entity in SHOWN.items() if viewer.sees_others(entity)]
    places = {key: _places(viewer, SHOWN[key]) for key in shown}
    everywhere = {place for found in places.values() for place in found}
    since = viewer.today - timedelta(days=DAYS)
    columns = (KpiSnapshot.kpi, KpiSnapshot.place, KpiSnapshot.day, KpiSnapshot.numerator, KpiSnapshot.denominator)
    asked = (KpiSnapshot.day >= since, KpiSnapshot.kpi.in_(shown), KpiSnapshot.place.in_(everywhere))
    sums: dict[tuple[str, date], Parts] = defaultdict(Parts)
    for key, place, day, numerator, denominator in session.execute(select(*columns).where(*asked)):
        if place in places[key]:
            sums[key, day] += Parts(numerator, denominator)
    days = sorted({day for _key, day in sums})
    charts = [(key, KPIS[key].label, _chart(key, days, sums)) for key in shown]
    comparable = [c for c in charts if sum(value is not None for value in c[2]["series"][0]["data"]) > 1]
    return {"charts": comparable} if comparable else None


def _chart(key: str, days: list[date], sums: dict[tuple[str, date], Parts]) -> Data:
    kpi = KPIS[key]
    values: list[Decimal | None] = [
        kpi.value(sums[key, day].numerator, sums[key, day].denominator) if (key, day) in sums else None for day in days
    ]
    # Only of these do the records still tell which ones they were; the others lead to the report of today.
    urls = [list_url(CUSTOMER, f"created_at:eq:{day}") for day in days] if key == "new_customers" else None
    return chart([f"{day:%m-%d}" for day in days], str(kpi.label), values, urls, kpi.format, currency=company_currency())


def _places(viewer: Viewer, entity: str) -> set[int]:
    """The company's own row for those who see everything, else the departments they see."""
    scope = viewer.actor.scope(entity)
    return {COMPANY} if scope.everything else set(scope.departments)


TREND = Block("trend", 60, "reporting/_trend.html", lambda viewer: any(viewer.sees_others(e) for e in SHOWN.values()), trend)
