"""Key figures over all domains, and the home page."""

from flask import Flask
from flask_appbuilder import AppBuilder


def register(app: Flask, appbuilder: AppBuilder) -> None:
    """Wire the domain."""
    from app.reporting import jobs  # noqa: F401 - it registers itself when imported
    from app.reporting.services.home import add_block
    from app.reporting.services.home_sales import SALES, STALLED_DEALS, TEAM
    from app.reporting.services.home_support import SUPPORT
    from app.reporting.services.home_today import TODAY
    from app.reporting.services.home_trend import TREND

    for block in (TODAY, SUPPORT, STALLED_DEALS, SALES, TEAM, TREND):
        add_block(block)
