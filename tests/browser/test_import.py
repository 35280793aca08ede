"""Files through the pages, written by the jobs process."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_small_file_becomes_customers(window):
    page = window()
    page.goto("/imports/new?entity=customer")
    rows = "客户名称,城市\n青石茶行,杭州\n白鹭纸业,厦门\n".encode()
    page.set_input_files("input[type=file]", {"name": "customers.csv", "mimeType": "text/csv", "buffer": rows})
    page.click(".save-bar button[type=submit]")
    expect(page).to_have_url(re.compile(r"/imports/\d+"))
    page.click("button[name=step][value=check]")
    page.locator("button[name=step][value=run]").click(timeout=30_000)
    expect(page.locator(".import-actions .btn-primary")).to_be_visible(timeout=30_000)
    page.click(".import-actions .btn-primary")
    for name in ("青石茶行", "白鹭纸业"):
        expect(page.locator("#list-table")).to_contain_text(name)


def test_a_pipeline_with_a_misspelt_product_reaches_the_funnel_report(window):
    """Customers and products first, then opportunities that refer to them: one name is explained on the page."""
    page = window()
    bring_in(page, "product", "product,sales_price\nGTX Pro,4821\n")
    bring_in(page, "customer", "account,office_location\nCancity,Norway\n")
    pipeline = "opportunity_id,product,account,deal_stage,engage_date,close_date,close_value\n"
    rows = ["P1,GTX Pro,Cancity,Won,2017-01-02,2017-03-01,54321", "P2,GTX Proo,Cancity,Lost,2017-01-02,2017-03-02,0"]
    upload(page, "opportunity", pipeline + "\n".join(rows))
    check(page)
    expect(page.locator(".import-words")).to_contain_text("GTX Proo")
    page.click(".import-words [data-choose]")
    check(page)
    expect(page.locator(".import-words [name^='value:product_id']")).to_have_value(re.compile(r"\d+"))
    run(page)
    page.goto("/funnel/report")
    expect(page.locator("main")).to_contain_text("54,321")


def bring_in(page, entity, text):
    upload(page, entity, text)
    check(page)
    run(page)


def upload(page, entity, text):
    page.goto(f"/imports/new?entity={entity}")
    page.set_input_files("input[type=file]", {"name": f"{entity}.csv", "mimeType": "text/csv", "buffer": text.encode()})
    page.click(".save-bar button[type=submit]")
    expect(page).to_have_url(re.compile(r"/imports/\d+"))


def check(page):
    page.click("button[name=step][value=check]")
    expect(page.locator(".figures")).to_be_visible(timeout=30_000)


def run(page):
    page.locator("button[name=step][value=run]").click(timeout=30_000)
    expect(page.locator(".import-actions .btn-primary")).to_be_visible(timeout=30_000)
