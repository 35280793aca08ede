"""Numbers as people write them in tables: currencies, thousands, 万 and 亿, brackets for negative, two decimal signs."""

import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

CURRENCY = r"(?:RMB|CNY|USD|EUR|GBP|HKD|TWD|JPY|KRW|SGD|AUD|CAD|CHF|US\$|HK\$|NT\$|[¥$€£₩₹])"
PREFIX = re.compile(rf"^{CURRENCY}\s*", re.IGNORECASE)
SUFFIX = re.compile(rf"\s*(?:{CURRENCY}|人民币|美元|欧元|港币|港元|日元|英镑|元整|元|圆|円|원)$", re.IGNORECASE)
UNITS = {
    "万亿": 10**12, "千万": 10**7, "百万": 10**6, "十万": 10**5, "千": 10**3, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8,
}  # fmt: skip
UNIT = re.compile(rf"\s*({'|'.join(UNITS)})$")
SHORTENED = re.compile(r"[+-]?\d(?:[.,]\d+)?E[+-]?\d{1,3}", re.IGNORECASE)
DASHES = str.maketrans(
    {"−": "-", "–": "-", "—": "-", "﹣": "-", "’": "'", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "，": ",", "．": "."}
)
PLAIN = re.compile(r"-?[0-9]+")
USUAL = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)\.(?:[0-9]{1,2}|[0-9]{4,})")  # a point that can only be decimal
EXACT_DIGITS = 15  # what a spreadsheet program keeps of a number


def _shape(decimal: str, grouping: str) -> re.Pattern[str]:
    fraction = rf"(?:{re.escape(decimal)}(?P<fraction>\d+))?"
    grouped = rf"\d{{1,3}}(?P<mark>[{grouping}])\d{{3}}(?:(?P=mark)\d{{3}})*"
    by_ten_thousands = rf"\d{{1,4}}(?:[{grouping}]\d{{4}})+"
    return re.compile(rf"(?P<whole>\d+|{grouped}|{by_ten_thousands}|){fraction}")


SHAPES = {".": _shape(".", r",' "), ",": _shape(",", r".' ")}


def read_usual(text: str) -> Decimal | None:
    """The quick way for what nearly every cell looks like, with the decimal point; None for all else."""
    if PLAIN.fullmatch(text):
        return Decimal(text)
    return Decimal(text.replace(",", "")) if USUAL.fullmatch(text) else None


class ShortenedNumber(ValueError):
    """`1.38E+10`: digits were dropped before the file was written."""


@dataclass(frozen=True, slots=True)
class Written:
    """A number taken apart: sign, digits with their signs, multiplier, and whether % stood behind it."""

    body: str
    negative: bool
    factor: int
    percent: bool

    def readings(self) -> dict[str, Decimal]:
        """{decimal sign: value} for every sign under which it is a number."""
        found = {}
        for sign, shape in SHAPES.items():
            match = shape.fullmatch(self.body)
            if match and (match["whole"] or match["fraction"]):
                whole = re.sub(r"\D", "", match["whole"]) or "0"
                value = Decimal(f"{whole}.{match['fraction'] or 0}") * self.factor
                if match["fraction"] is None:
                    value = Decimal(int(whole)) * self.factor
                found[sign] = -value if self.negative else value
        return found


def take_apart(text: str) -> Written | None:
    """None for the accountant's dash (`$ -`); ValueError when this is no number at all."""
    rest = unicodedata.normalize("NFKC", text.translate(DASHES)).translate(DASHES).strip()
    if SHORTENED.fullmatch(rest):
        raise ShortenedNumber(text)
    bare, signs = _unsigned(rest)
    bare, more = _unsigned(PREFIX.sub("", bare))
    signs += more
    if len(signs) > 1:
        raise ValueError(text)
    percent = bare.endswith("%")
    bare = SUFFIX.sub("", bare.removesuffix("%").rstrip())
    unit = UNIT.search(bare)
    body = bare[: unit.start()] if unit else bare
    if not body:
        if signs == "-" and not percent and not unit:
            return None
        raise ValueError(text)
    return Written(body, signs == "-", UNITS[unit[1]] if unit else 1, percent)


def _unsigned(text: str) -> tuple[str, str]:
    """The text without its sign, and the sign; brackets are a minus."""
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1].strip(), "-"
    if text[:1] in ("-", "+"):
        return text[1:].lstrip(), text[0]
    if text.endswith("-") and text[-2:-1].isdigit():
        return text[:-1], "-"
    return text, ""


def from_number(value: Any) -> Decimal:
    """A typed cell as the spreadsheet program shows it: 60.565, not 60.56500000000001."""
    if isinstance(value, bool):
        raise ValueError(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(value)
        number = Decimal(format(value, f".{EXACT_DIGITS}g"))
        return Decimal(int(number)) if number == number.to_integral_value() else number
    try:
        return Decimal(value)
    except (InvalidOperation, TypeError) as error:
        raise ValueError(value) from error


def number_as_text(value: float | int) -> str:
    """A telephone number or an id that was typed as a number; ValueError when its digits exceed what is kept."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(value)
    if abs(value) >= 10**EXACT_DIGITS and isinstance(value, float):
        raise ValueError(value)
    return format(from_number(value), "f")


@dataclass(slots=True)
class DecimalEvidence:
    """What a column says about its decimal sign."""

    only: dict[str, int]
    three_places: int = 0  # `1.234`: a fraction here, a thousand there

    @classmethod
    def none(cls) -> "DecimalEvidence":
        return cls({".": 0, ",": 0})

    def observe(self, text: str) -> None:
        if PLAIN.fullmatch(text):
            return
        if USUAL.fullmatch(text):
            self.only["."] += 1
            return
        try:
            written = take_apart(text)
        except ValueError:
            return
        if written is None:
            return
        readings = written.readings()
        if len(readings) == 1:
            self.only[next(iter(readings))] += 1
        elif readings and readings["."] != readings[","] and "." in written.body:
            self.three_places += 1

    def conclude(self) -> str | None:
        """The sign; None when the column contradicts itself or says nothing about `1.234`."""
        points, commas = self.only["."], self.only[","]
        if points and commas:
            return None
        if commas:
            return ","
        return "." if points or not self.three_places else None
