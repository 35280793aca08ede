"""Reading a currency as people write it."""

from babel.numbers import list_currencies

from app.core.errors import InvalidValues
from app.core.i18n import _l
from app.sales.settings import company_currency


def read_currency(text: str | None) -> str:
    """The ISO code, the company's when nothing is given; InvalidValues for a code that no country uses."""
    code = (text or company_currency()).strip().upper()
    if code not in list_currencies():
        raise InvalidValues({"currency": _l("Please enter a currency code such as CNY, USD or EUR.")})
    return code
