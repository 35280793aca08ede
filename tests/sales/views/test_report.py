"""The funnel report through HTTP: every figure opens exactly the records that it counts."""

import csv
import io
import re
from html import unescape

import pytest

ROWS = [
    # who, stage, amount, opened, closed
    ("sales_a1", "won", "1000", "2025-01-10", "2025-02-09"),
    ("sales_a1", "won", "400", "2025-03-01", "2025-03-11"),
    ("sales_a1", "lost", "600", "2025-03-02", "2025-04-01"),
    ("sales_a2", "won", "100", "2025-04-01", "2025-04-03"),
    ("sales_a2", "proposal", "800", "2025-04-02", None),
    ("sales_b1", "lost", "50", "2025-01-01", "2025-05-05"),
    ("sales_b1", "engaging", None, "2025-02-01", None),
]


@pytest.fixture
def company(make):
    for who, stage, amount, opened, closed in ROWS:
        make(who, stage=stage, amount=amount, opened_on=opened, closed_on=closed)


def rows_of(client, table, query=""):
    answer = client.get(f"/funnel/report/{table}.csv?{query}")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_the_figures_of_everybody(client_of, company):
    rows = rows_of(client_of("reader"), "breakdown", "by=owner")
    total = dict(zip(rows[0], rows[-1], strict=True))
    assert (total["Open"], total["Won"], total["Lost"], total["Won amount"]) == ("2", "3", "2", "1500.00")
    assert (total["Win rate"], total["Average won"], total["Weighted"]) == ("60.00", "500.00", "400.00")
    assert (total["Cycle, mean"], total["Cycle, median"]) == ("14.00", "10")


def test_a_manager_counts_the_own_branch_only(client_of, company):
    rows = rows_of(client_of("manager_a"), "breakdown", "by=owner")
    assert [row[0] for row in rows[1:]] == ["Sales_A1 Test", "Sales_A2 Test", "All together"]
    assert dict(zip(rows[0], rows[-1], strict=True))["Won amount"] == "1500.00"


def test_quarters_and_months_follow_the_day_of_closing(client_of, company):
    quarters = rows_of(client_of("reader"), "breakdown", "by=quarter")
    assert [(row[0], row[1], row[3]) for row in quarters[1:-1]] == [("2025 Q1", "2", "0"), ("2025 Q2", "1", "2")]
    assert [row[0] for row in rows_of(client_of("reader"), "breakdown", "by=month")[1:-1]] == ["2025-02", "2025-03", "2025-04", "2025-05"]


def test_a_period_is_about_closing_and_leaves_open_ones_as_they_are(client_of, company):
    rows = rows_of(client_of("reader"), "breakdown", "start=2025-04-01&end=2025-04-30")
    total = dict(zip(rows[0], rows[-1], strict=True))
    assert (total["Open"], total["Won"], total["Lost"], total["Win rate"]) == ("2", "1", "1", "50.00")


def test_conversion_of_those_opened_in_the_period(client_of, company):
    rows = rows_of(client_of("reader"), "conversion")
    found = {row[0]: row[1:] for row in rows[1:]}
    assert found["Prospecting"] == ["7", "5", "71.43", "0", "0.00", "2"]
    assert found["Engaging"] == ["5", "4", "80.00", "1", "20.00", "0"]
    assert found["Proposal"] == ["4", "3", "75.00", "1", "25.00", "0"]
    april = {row[0]: row[1:3] for row in rows_of(client_of("reader"), "conversion", "start=2025-04-01&end=2025-04-30")[1:]}
    assert april["Proposal"] == ["2", "1"]


@pytest.mark.parametrize("who", ["reader", "manager_a", "sales_a1"])
@pytest.mark.parametrize(
    "query",
    ["by=owner", "by=department&start=2025-03-01", "by=manager", "by=product", "by=source", "by=quarter&end=2025-04-30", "by=month"],
)
def test_every_count_opens_exactly_its_records(client_of, company, who, query):
    client = client_of(who)
    page = client.get(f"/funnel/report?{query}").text
    body = page.split("<main", 1)[1]
    links = set(re.findall(r'<td class="cell-number"><a href="(/opportunities/\?[^"]*)">([\d,]+)</a></td>', body))
    heads = re.findall(r"<table.*?</table>", body, re.DOTALL)
    assert heads
    assert links
    checked = 0
    for table in heads:
        names = re.findall(r"<th scope=\"col\"[^>]*>([^<]+)</th>", table)
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", table.split("</thead>")[1], re.DOTALL):
            values = re.findall(r'<td class="cell-number">(?:<a href="([^"]+)">)?([^<]+)', row)
            for name, (url, text) in zip(names[1:], values, strict=True):
                if name in {"Open", "Won", "Lost", "Opportunities", "Reached", "Went on", "Still open here", "Lost here"} and url:
                    count = client.get(unescape(url).replace("/opportunities/", "/opportunities/count", 1)).text
                    assert count == text, (name, url)
                    checked += 1
    assert checked > 10


def test_the_number_of_statements(client_of, company, statements):
    client = client_of("manager_a")
    for dimension in ("owner", "manager", "department", "product", "source", "quarter", "month"):
        client.get(f"/funnel/report?by={dimension}")
        with statements() as seen:
            client.get(f"/funnel/report?by={dimension}")
        assert len(seen) <= 12, (dimension, seen)


def test_nothing_at_all_is_shown_without_a_division_by_zero(client_of):
    page = client_of("sales_a1").get("/funnel/report")
    assert page.status_code == 200
    assert "Won ÷ (won + lost)" in page.text


@pytest.mark.parametrize("query", ["by=weather", "start=soon", "owner_id=me"])
def test_nonsense_is_refused(client_of, query):
    assert client_of("sales_a1").get(f"/funnel/report?{query}").status_code == 400


def test_an_unknown_table_or_pipeline_is_not_found(client_of):
    assert client_of("sales_a1").get("/funnel/report/secrets.csv").status_code == 404
    assert client_of("sales_a1").get("/funnel/report?pipeline_id=4711").status_code == 404
