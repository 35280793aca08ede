"""Key figures of past days."""

from app.reporting.models.kpi_snapshot import KpiSnapshot

__all__ = ["KpiSnapshot"]
