"""A customer's life through the pages."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_create_find_sort_and_change(window):
    page = window()
    page.goto("/customers/new")
    page.fill("#email", "no address")
    page.click("[data-save]")
    expect(page.locator(".field:has(#name) .field-error")).to_be_visible()
    expect(page.locator(".field:has(#email) .field-error")).to_be_visible()

    page.fill("#name", "Harbour Lantern Works")
    page.fill("#email", "desk@lantern.example.com")
    page.fill("#city", "Ningbo")
    page.click("[data-save]")
    expect(page).to_have_url(re.compile(r"/customers/\d+$"))
    expect(page.locator("h1")).to_contain_text("Harbour Lantern Works")
    record = page.url

    page.goto("/customers/")
    page.fill("#list-q", "Lantern")
    expect(page).to_have_url(re.compile("q=Lantern"))
    expect(page.locator("#list-table tbody tr")).to_have_count(1)

    page.goto("/customers/?filter=city:eq:Ningbo")
    expect(page.locator("#list-chips .chip")).to_have_count(1)
    page.click("#sort-name")
    expect(page.locator("th:has(#sort-name)")).to_have_attribute("aria-sort", "ascending")
    page.click("#list-chips .chip-remove")
    expect(page.locator("#list-chips .chip")).to_have_count(0)

    page.goto(f"{record}/edit")
    page.fill("#city", "Wenzhou")
    page.click("[data-save]")
    expect(page).to_have_url(record)
    page.click("#tab-history")
    history = page.locator("#panel-history")
    expect(history).to_contain_text("Ningbo")
    expect(history).to_contain_text("Wenzhou")
