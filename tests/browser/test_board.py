"""The funnel board: by mouse, by menu, and with the question why a deal was lost."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser


def card_in(page: Page, name: str, column: int) -> Locator:
    return page.locator("[data-column]").nth(column).locator("[data-card]", has_text=name)


def new_deal(page: Page, name: str) -> None:
    page.goto("/opportunities/new")
    page.fill("#name", name)
    page.click("[data-save]")
    expect(page).to_have_url(re.compile(r"/opportunities/\d+$"))
    page.goto("/funnel/board")
    expect(card_in(page, name, 0)).to_be_visible()


def test_a_card_is_dragged_to_the_next_stage(window):
    page, name = window(), "Lighthouse glass"
    new_deal(page, name)
    card, target = card_in(page, name, 0), page.locator("[data-column]").nth(1).locator("[data-cards]")
    start, end = card.bounding_box(), target.bounding_box()
    page.mouse.move(start["x"] + 20, start["y"] + start["height"] - 8)
    page.mouse.down()
    page.mouse.move(start["x"] + 60, start["y"] + 40, steps=5)
    with page.expect_response(re.compile("/move")) as moved:
        page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 30, steps=15)
        page.mouse.up()
    assert moved.value.ok
    page.reload()
    expect(card_in(page, name, 1)).to_be_visible()


def test_the_menu_moves_and_a_loss_asks_why(window):
    page, name = window(), "Copper kettles"
    new_deal(page, name)
    second = page.locator("[data-column]").nth(1).get_attribute("data-name")
    lost = page.locator("[data-column][data-ask]").get_attribute("data-name")
    with page.expect_response(re.compile("/move")):
        card_in(page, name, 0).locator("[data-bs-toggle]").click()
        page.locator("[data-move-menu].show").get_by_role("button", name=second, exact=True).click()
    expect(card_in(page, name, 1)).to_be_visible()

    card_in(page, name, 1).locator("[data-bs-toggle]").click()
    page.locator("[data-move-menu].show").get_by_role("button", name=lost, exact=True).click()
    sheet = page.locator("#lost-sheet")
    expect(sheet).to_be_visible()
    sheet.locator("button[type=submit]").click()
    expect(sheet).to_be_visible()  # no reason, no move
    sheet.locator("select").select_option(index=1)
    with page.expect_response(re.compile("/move")) as moved:
        sheet.locator("button[type=submit]").click()
    assert moved.value.ok
    page.reload()
    expect(page.locator("[data-column][data-ask] [data-card]", has_text=name)).to_be_visible()
