"""Every page of the side bar: accessible, no wider than a telephone, silent console."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import ROOT, wear

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

AXE = ROOT / "node_modules/axe-core/axe.min.js"
CHECK = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
    .filter(v => ['serious', 'critical'].includes(v.impact))
    .map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(' | ')}`)"""


def addresses(page: Page) -> list[str]:
    """All pages the side bar leads to, and the empty form of every entity that has one."""
    page.goto("/")
    listed = page.eval_on_selector_all(".sidebar-nav a", "links => links.map(a => a.getAttribute('href'))")
    made = page.eval_on_selector_all("a[data-palette=action]", "links => links.map(a => a.getAttribute('href'))")
    assert len(listed) > 10 and made
    return [*listed, *made]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_barrier(window, theme: str):
    page = window()
    source = AXE.read_text()
    problems = {}
    visited = addresses(page)
    wear(page, theme)
    for address in visited:
        page.goto(address)
        page.evaluate(source)
        if found := page.evaluate(CHECK):
            problems[address] = found
    assert problems == {}


def test_no_page_is_wider_than_a_telephone(window):
    page = window(390)
    wide = {}
    for address in addresses(page):
        assert page.goto(address).status == 200, address
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 390:
            wide[address] = width
    assert wide == {}
