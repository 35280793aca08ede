"""The first visit, in both languages."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import fill_wizard, serving

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "html_language"), [("zh", "zh-CN"), ("en", "en")])
def test_the_wizard_leads_home(stranger, tmp_path: Path, language: str, html_language: str):
    with serving(tmp_path) as fresh:
        page = stranger(fresh.url)
        page.goto("/")
        expect(page).to_have_url(f"{fresh.url}/setup/")
        fill_wizard(page, again="Something-Else-77")
        page.check(f"input[name=language][value={language}]")
        page.click("main button[type=submit]")
        expect(page.locator(".field:has(#again) .field-error")).to_be_visible()

        fill_wizard(page)
        page.click("main button[type=submit]")
        expect(page).to_have_url(f"{fresh.url}/")
        expect(page.locator("html")).to_have_attribute("lang", html_language)
        assert page.goto("/setup/").status == 404
