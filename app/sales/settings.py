"""What the sales domain reads from the configuration."""

from flask import current_app


def company_currency() -> str:
    """The ISO code in which reports add up; amounts without a currency are in it."""
    return str(current_app.config.get("CURRENCY", "CNY"))
