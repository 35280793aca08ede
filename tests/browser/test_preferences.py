"""Language and theme."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import wear

pytestmark = pytest.mark.browser


def test_switching_the_language_stays_on_the_page(window, server):
    page = window()
    page.goto("/customers/?q=tea")
    for language, shown in (("en", "en"), ("zh", "zh-CN")):
        page.click(".dropdown:has(form[action='/preferences/language']) > button")
        page.click(f"button[name=locale][value={language}]")
        expect(page.locator("html")).to_have_attribute("lang", shown)
        expect(page).to_have_url(f"{server.url}/customers/?q=tea")


def test_the_dark_theme_stays(window):
    page = window()
    for theme in ("light", "dark", "light"):
        page.goto("/customers/")
        wear(page, theme)
        page.goto("/contacts/")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
