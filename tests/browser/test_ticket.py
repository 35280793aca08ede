"""A ticket from its creation to its resolution."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_from_new_to_resolved(window):
    page = window()
    page.goto("/tickets/new")
    page.fill("#subject", "The lamp flickers")
    page.click("[data-save]")
    expect(page).to_have_url(re.compile(r"/tickets/\d+$"))
    ticket = page.url

    page.goto("/desk/?tab=unassigned")
    row = page.locator("tr.desk-row", has_text="The lamp flickers")
    row.locator("form[action$='/take'] button").click()
    expect(row.locator("form[action$='/take']")).to_have_count(0)

    page.goto(ticket)
    page.fill("form.reply [name=body]", "A new ballast is on its way.")
    page.click("form.reply button[type=submit]")
    expect(page.locator(".thread .message-out")).to_contain_text("A new ballast is on its way.")

    begin = page.locator(".moves form:has(input[name=target][value=in_progress]) button")
    if begin.count():
        begin.click()
    page.click("[data-open-dialog='#move-resolved']")
    page.fill("#resolution-resolved", "Ballast replaced.")
    page.locator("#cause-resolved").select_option(index=1)
    page.click("#move-resolved button[type=submit]")
    expect(page.locator("[data-open-dialog='#move-resolved']")).to_have_count(0)
    expect(page.locator(".alert-danger")).to_have_count(0)
