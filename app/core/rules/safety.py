"""Formula injection: texts that a spreadsheet program would run are written so that it shows them, and read back as they were."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

GUARD = "'"
# What programs skip, trim or cut at before they look for a formula: blanks, marks, controls, quotes, separators.
SKIPPED = r"""[\s\x00-\x1f\x7f\u00a0\u200b-\u200f\u202a-\u202e\u2060\ufeff"'`“”‘’＂＇,;|，；]"""
# An apostrophe is among them, so a guarded text is dangerous exactly when the bare one is: that makes unguard exact.
DANGEROUS = re.compile(rf"{SKIPPED}*?[\t\r\n=+\-@＝＋－＠﹦﹢﹣﹫−]")


def is_dangerous(text: str) -> bool:
    """Whether a spreadsheet program may take this text for a formula."""
    return DANGEROUS.match(text) is not None


def guard(text: str) -> str:
    """The text with the apostrophe that makes it text."""
    return GUARD + text if is_dangerous(text) else text


def unguard(text: str) -> str:
    """The inverse of `guard`. Apostrophes of people (’s-Hertogenbosch, 'tis) stay."""
    return text[1:] if text.startswith(GUARD) and is_dangerous(text[1:]) else text


def csv_cell(value: Any) -> str:
    """How a value is written to a CSV file: numbers stay numbers, texts are guarded."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return guard(str(value))
