"""Formula injection: guarded on the way out, restored on the way in, numbers left alone."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.core.rules.safety import csv_cell, guard, is_dangerous, unguard

LEADS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]
DISGUISES = ["", " ", "\ufeff", "'", '"', "\x00", "\u200b", "\u3000", ";", ",", " \ufeff'"]


@pytest.mark.parametrize("lead", LEADS)
@pytest.mark.parametrize("disguise", DISGUISES)
def test_guards_every_lead_under_every_disguise(lead, disguise):
    text = f'{disguise}{lead}HYPERLINK("http://evil")'
    assert guard(text) == "'" + text
    assert unguard(guard(text)) == text


@pytest.mark.parametrize("text", ["", "Ann", "a=b", "'tis", "'s-Hertogenbosch", "1+1", "电话", "name@example.com", "3-5"])
def test_leaves_ordinary_texts_alone(text):
    assert guard(text) == text
    assert unguard(text) == text


@given(st.text(st.sampled_from(["'", "=", "-", "\t", " ", '"', "a", "\n", "＝", ";"]), max_size=8) | st.text())
@example("'\tabc")
@example("''=1")
def test_export_then_import_restores_the_original(text):
    assert unguard(guard(text)) == text
    assert not is_dangerous(guard(text)) or guard(text).startswith("'")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), min_size=1, max_size=5))
def test_through_a_real_csv_file(texts):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerow([csv_cell(text) for text in texts])
    buffer.seek(0)
    assert [unguard(cell) for cell in next(csv.reader(buffer))] == texts


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (-5, "-5"),
        (Decimal("-1234.50"), "-1234.50"),
        (Decimal("1E+5"), "100000"),
        (-0.5, "-0.5"),
        (None, ""),
        (True, "true"),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31, 14, 30), "2026-01-31 14:30:00"),
        ("-5", "'-5"),
        ("+86 138", "'+86 138"),
    ],
)
def test_numbers_stay_numbers_and_texts_stay_texts(value, cell):
    assert csv_cell(value) == cell
