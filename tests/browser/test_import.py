"""A file of customers through the pages, written by the jobs process."""

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
