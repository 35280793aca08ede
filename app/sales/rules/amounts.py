"""Amounts of the funnel: in the company's currency, and weighted by the probability of winning."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def in_company_currency(amount: Decimal | None, rate: Decimal) -> Decimal:
    """`amount` times `rate`; no amount counts as nothing."""
    return (Decimal(amount or 0) * rate).quantize(CENT, ROUND_HALF_UP)


def weighted(base_amount: Decimal, probability: Decimal) -> Decimal:
    """What an opportunity is worth on average: amount × probability ÷ 100."""
    return (base_amount * probability / 100).quantize(CENT, ROUND_HALF_UP)
